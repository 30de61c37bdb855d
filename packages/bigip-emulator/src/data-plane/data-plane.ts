// The data plane: keeps virtual servers, pools and monitors in line with the configuration and answers for their state.
// Invariants: apply() runs one at a time; after stop() nothing is opened any more.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type {
  DataPlane,
  DataPlaneConfig,
  FullPath,
  MemberFacts,
  MemberState,
  TrafficCounters,
  VirtualState,
} from './contract.ts';
import { MemberHealth, type MemberChange } from './monitor/member-health.ts';
import type { Member } from './pool/member.ts';
import { NodeLoads } from './pool/node-load.ts';
import { Pool } from './pool/pool.ts';
import { Listeners } from './virtual/listeners.ts';
import type { Services } from './virtual/services.ts';
import { Virtual } from './virtual/virtual.ts';

export interface DataPlaneDeps {
  clock: Clock;
  random: Random;
  logger: Logger;
}

type MemberListener = (pool: FullPath, member: string, state: MemberState) => void;

export class BigIpDataPlane implements DataPlane {
  readonly #deps: DataPlaneDeps;
  readonly #virtuals = new Map<FullPath, Virtual>();
  readonly #pools = new Map<FullPath, Pool>();
  readonly #nodes = new NodeLoads();
  readonly #listeners: Listeners;
  readonly #health: MemberHealth;
  readonly #memberListeners: MemberListener[] = [];
  #applying: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(deps: DataPlaneDeps) {
    this.#deps = deps;
    this.#listeners = new Listeners(deps.clock);
    this.#health = new MemberHealth(deps.clock, (change) => this.#memberChanged(change));
  }

  apply(config: DataPlaneConfig): Promise<void> {
    const run = this.#applying.then(() => this.#apply(config));
    this.#applying = run.catch(() => undefined);
    return run;
  }

  async #apply(config: DataPlaneConfig): Promise<void> {
    if (this.#isStopped) return;
    this.#updatePools(config);
    this.#health.update(this.#pools.values(), config.nodes ?? []);
    this.#updateVirtuals(config);
    await this.#listeners.update(this.#virtuals.values());
  }

  #updatePools(config: DataPlaneConfig): void {
    const wanted = new Set(config.pools.map((pool) => pool.path));
    for (const [path, pool] of this.#pools) {
      if (wanted.has(path)) continue;
      this.#pools.delete(path);
      for (const member of pool.members.values()) this.#dropMember(member);
    }
    for (const poolConfig of config.pools) {
      const pool = this.#pools.get(poolConfig.path) ?? new Pool(poolConfig, this.#deps.clock);
      this.#pools.set(poolConfig.path, pool);
      for (const member of pool.update(poolConfig, this.#nodes)) this.#dropMember(member);
    }
    this.#nodes.retain(
      new Set(config.pools.flatMap((pool) => pool.members.map((member) => member.address))),
    );
  }

  #updateVirtuals(config: DataPlaneConfig): void {
    const wanted = new Set(config.virtuals.map((virtual) => virtual.path));
    for (const [path, virtual] of this.#virtuals) {
      if (wanted.has(path)) continue;
      this.#virtuals.delete(path);
      virtual.close();
    }
    const services: Services = {
      ...this.#deps,
      pool: (path) => this.#pools.get(path),
      connectionsOn: (address) => this.#connectionsOn(address),
    };
    for (const virtualConfig of config.virtuals) {
      const current = this.#virtuals.get(virtualConfig.path);
      if (current !== undefined) current.update(virtualConfig);
      else this.#virtuals.set(virtualConfig.path, new Virtual(virtualConfig, services));
    }
  }

  #connectionsOn(address: FullPath): number {
    let sum = 0;
    for (const virtual of this.#virtuals.values())
      if (virtual.config.virtualAddress.path === address) sum += virtual.meter.curConns;
    return sum;
  }

  virtualState(path: FullPath): VirtualState | undefined {
    const virtual = this.#virtuals.get(path);
    if (virtual === undefined) return undefined;
    return {
      bindError: this.#listeners.bindError(virtual) ?? virtual.tlsError,
      rulesNotExecuted: [...virtual.program.rulesNotExecuted],
      rules: virtual.program.ruleCounters(),
      isFull: !virtual.hasRoom,
      counters: virtual.meter.snapshot(),
    };
  }

  memberState(pool: FullPath, member: string): MemberFacts | undefined {
    const found = this.#pools.get(pool)?.members.get(member);
    return found === undefined ? undefined : { ...found.state, isFull: !found.hasRoom };
  }

  nodeState(node: FullPath): MemberState | undefined {
    return this.#health.nodeState(node);
  }

  memberCounters(pool: FullPath, member: string): TrafficCounters | undefined {
    return this.#pools.get(pool)?.members.get(member)?.meter.snapshot();
  }

  resetCounters(path?: FullPath): void {
    for (const [virtualPath, virtual] of this.#virtuals)
      if (path === undefined || path === virtualPath) virtual.resetCounters();
    for (const [poolPath, pool] of this.#pools)
      if (path === undefined || path === poolPath)
        for (const member of pool.members.values()) member.meter.reset();
  }

  onMemberChange(listener: MemberListener): void {
    this.#memberListeners.push(listener);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#applying;
    this.#health.stop();
    for (const virtual of this.#virtuals.values()) virtual.close();
    this.#virtuals.clear();
    await this.#listeners.close();
  }

  #memberChanged({ pool, member, state }: MemberChange): void {
    if (!member.isHealthy) {
      this.#dropMember(member);
      const isDown = state.monitorStatus === 'down';
      // A member forced offline keeps what it has. EMULATOR: a flow cannot be dropped silently or moved to another
      // member half-way; it is reset and the client may connect again.
      if (isDown && pool.config.serviceDownAction !== 'none')
        for (const flow of [...member.flows]) flow.abort();
    }
    this.#deps.logger.info(
      { pool: pool.config.path, member: member.name, status: state.monitorStatus },
      'pool member changed state',
    );
    for (const listener of this.#memberListeners)
      listener(pool.config.path, member.name, member.state);
  }

  #dropMember(member: Member): void {
    for (const virtual of this.#virtuals.values()) virtual.dropMember(member);
  }
}
