// Keeps the state of every pool member: which monitors it needs, what their verdicts make of it, who is told.
import type { Clock } from '@f5-lbaas/platform';
import { canonicalAddress } from '../address.ts';
import type { FullPath, MemberState, MonitorConfig, NodeConfig } from '../contract.ts';
import type { Member } from '../pool/member.ts';
import type { Pool } from '../pool/pool.ts';
import { memberStatus, nodeStatus } from './member-status.ts';
import type { MonitorVerdict } from './monitor-instance.ts';
import { isExecutable, monitorKey, MonitorPool, type MonitorDemand } from './monitor-pool.ts';

const CHECKING: MonitorVerdict = { status: 'checking', reason: '' };

/** A member with the monitors it depends on. */
interface Watch {
  pool: Pool;
  member: Member;
  own: { key: string; demand: MonitorDemand }[];
  node: { key: string; demand: MonitorDemand }[];
}

interface NodeWatch {
  config: NodeConfig;
  monitors: Watch['node'];
}

export interface MemberChange {
  pool: Pool;
  member: Member;
  state: MemberState;
}

export class MemberHealth {
  readonly #clock: Clock;
  readonly #onChange: (change: MemberChange) => void;
  readonly #monitors: MonitorPool;
  #watches = new Map<Member, Watch>();
  #watchesByKey = new Map<string, Watch[]>();
  #nodes = new Map<FullPath, NodeWatch>();
  /** Members a manual-resume monitor took down. */
  readonly #latched = new Set<Member>();
  readonly #lastAdminState = new WeakMap<Member, string>();

  constructor(clock: Clock, onChange: (change: MemberChange) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#monitors = new MonitorPool(clock, (key) => {
      for (const watch of this.#watchesByKey.get(key) ?? []) this.#evaluate(watch);
    });
  }

  /** Follows a new configuration. Verdicts of monitors that stay are kept. */
  update(pools: Iterable<Pool>, nodes: Iterable<NodeConfig>): void {
    const known = this.#watches;
    this.#watches = new Map();
    this.#watchesByKey = new Map();
    const demands = new Map<string, MonitorDemand>();
    for (const pool of pools)
      for (const member of pool.members.values()) this.#watch(pool, member, demands);
    this.#nodes = new Map();
    for (const node of nodes) this.#watchNode(node, demands);
    for (const member of this.#latched)
      if (!this.#watches.has(member)) this.#latched.delete(member);
    for (const watch of this.#watches.values()) {
      watch.member.servedBefore = known.has(watch.member) && watch.member.isHealthy;
      this.#resumeIfEnabled(watch.member);
    }
    this.#monitors.retain(demands);
    for (const watch of this.#watches.values()) this.#evaluate(watch);
  }

  /** Undefined for a node without monitors. */
  nodeState(path: FullPath): MemberState | undefined {
    const watch = this.#nodes.get(path);
    return watch && nodeStatus(this.#verdicts(watch.monitors), watch.config.minMonitors);
  }

  stop(): void {
    this.#monitors.stop();
  }

  #watchNode(config: NodeConfig, demands: Map<string, MonitorDemand>): void {
    const host = canonicalAddress(config.address);
    const monitors = config.monitors
      .filter(isExecutable)
      .map((monitor) => keyed(nodeDemand(monitor, host)));
    this.#nodes.set(config.path, { config, monitors });
    for (const { key, demand } of monitors) demands.set(key, demand);
  }

  #watch(pool: Pool, member: Member, demands: Map<string, MonitorDemand>): void {
    const ownMonitors = (member.config.monitors ?? pool.config.monitors).filter(isExecutable);
    const nodeMonitors = member.config.nodeMonitors.filter(isExecutable);
    const own = ownMonitors.map((monitor) => keyed(memberDemand(monitor, member)));
    const node = nodeMonitors.map((monitor) => keyed(nodeDemand(monitor, member.host)));
    const watch: Watch = { pool, member, own, node };
    this.#watches.set(member, watch);
    for (const { key, demand } of [...own, ...node]) {
      demands.set(key, demand);
      const watches = this.#watchesByKey.get(key);
      if (watches === undefined) this.#watchesByKey.set(key, [watch]);
      else watches.push(watch);
    }
  }

  /** A member that waits for a manual resume is resumed by enabling it after it was disabled. */
  #resumeIfEnabled(member: Member): void {
    const { adminState } = member.config;
    const before = this.#lastAdminState.get(member);
    this.#lastAdminState.set(member, adminState);
    if (adminState === 'enabled' && before !== undefined && before !== 'enabled')
      this.#latched.delete(member);
  }

  #evaluate(watch: Watch): void {
    const { member, pool } = watch;
    this.#latchIfDown(watch);
    const next = memberStatus({
      member: member.config,
      verdicts: this.#verdicts(watch.own),
      nodeVerdicts: this.#verdicts(watch.node),
      minMonitors:
        member.config.monitors === null ? pool.config.minMonitors : member.config.minMonitors,
      isLatched: this.#latched.has(member),
    });
    const wasHealthy = member.isHealthy;
    const isChanged = next.monitorStatus !== member.state.monitorStatus;
    member.state = next;
    if (!wasHealthy) startRamp(member, this.#clock.nowMs());
    if (isChanged) this.#onChange({ pool, member, state: next });
  }

  #latchIfDown(watch: Watch): void {
    const manual = [...watch.own, ...watch.node].filter(
      ({ demand }) => demand.monitor.manualResume,
    );
    if (manual.length === 0) this.#latched.delete(watch.member);
    else if (manual.some(({ key }) => this.#monitors.verdict(key)?.status === 'down'))
      this.#latched.add(watch.member);
  }

  #verdicts(keys: Watch['own']): { path: string; verdict: MonitorVerdict }[] {
    return keys.map(({ key, demand }) => ({
      path: demand.monitor.path,
      verdict: this.#monitors.verdict(key) ?? CHECKING,
    }));
  }
}

/** Called for members that were not healthy; those that now are get new connections step by step. */
function startRamp(member: Member, nowMs: number): void {
  if (member.isHealthy) member.rampingSinceMs = nowMs;
}

function keyed(demand: MonitorDemand): { key: string; demand: MonitorDemand } {
  return { key: monitorKey(demand), demand };
}

function memberDemand(monitor: MonitorConfig, member: Member): MonitorDemand {
  const { address, port } = monitor.destination;
  return {
    monitor,
    target: {
      host: address === '*' ? member.host : address,
      port: port === '*' ? member.port : port,
    },
  };
}

/** A node has no port of its own. */
function nodeDemand(monitor: MonitorConfig, host: string): MonitorDemand {
  const { address, port } = monitor.destination;
  return {
    monitor,
    target: { host: address === '*' ? host : address, port: port === '*' ? 0 : port },
  };
}
