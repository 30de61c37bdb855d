// A pool at run time: who may take a new connection, and who does.
import type { Clock } from '@f5-lbaas/platform';
import type { MemberConfig, PoolConfig } from '../contract.ts';
import { Balancer, type Candidate } from './balancer.ts';
import { Member } from './member.ts';
import type { NodeLoads } from './node-load.ts';

export class Pool {
  readonly members = new Map<string, Member>();
  config: PoolConfig;
  readonly #clock: Clock;
  #balancer: Balancer<Member>;
  #lastEligible: Member[] = [];

  constructor(config: PoolConfig, clock: Clock) {
    this.config = config;
    this.#clock = clock;
    this.#balancer = new Balancer(config.loadBalancingMode);
  }

  /**
   * Takes over a new configuration; members that stay keep their state and load.
   * @returns members that left; their open flows go on, as on the device
   */
  update(config: PoolConfig, nodes: NodeLoads): Member[] {
    if (config.loadBalancingMode !== this.config.loadBalancingMode)
      this.#balancer = new Balancer(config.loadBalancingMode);
    this.config = config;
    const wanted = new Set(config.members.map((member) => member.name));
    const gone = [...this.members.values()].filter((member) => !wanted.has(member.name));
    for (const member of gone) this.members.delete(member.name);
    const kept = new Map(this.members);
    this.members.clear();
    for (const memberConfig of config.members)
      this.members.set(memberConfig.name, this.#memberFor(memberConfig, kept, nodes));
    return gone;
  }

  #memberFor(config: MemberConfig, kept: Map<string, Member>, nodes: NodeLoads): Member {
    const current = kept.get(config.name);
    const node = nodes.of(config.address);
    node.connectionLimit = config.nodeConnectionLimit;
    if (current?.config.address !== config.address || current.port !== config.port)
      return new Member(this.config.path, config, node);
    if (current.config.adminState !== 'enabled' && config.adminState === 'enabled')
      current.rampingSinceMs = this.#clock.nowMs();
    current.config = config;
    return current;
  }

  /**
   * The member for a new connection.
   * @param excluded members that just failed to answer
   * @returns undefined when no member is available
   */
  select(excluded?: ReadonlySet<Member>): Member | undefined {
    const eligible = this.#eligible(excluded);
    if (excluded === undefined && !isSameSet(eligible, this.#lastEligible)) {
      this.#balancer.forget();
      this.#lastEligible = eligible;
    }
    return this.#balancer.pick(eligible, (member) => this.#candidate(member));
  }

  /** Eligible members of the priority groups in use. */
  #eligible(excluded: ReadonlySet<Member> | undefined): Member[] {
    const available: Member[] = [];
    for (const member of this.members.values())
      if (member.isEligible && excluded?.has(member) !== true) available.push(member);
    return this.config.minActiveMembers === 0
      ? available
      : activePriorityGroups(available, this.config.minActiveMembers);
  }

  #candidate(member: Member): Candidate {
    return {
      ratio: Math.max(member.config.ratio, 1),
      nodeRatio: Math.max(member.config.nodeRatio, 1),
      memberConns: member.activeConns,
      nodeConns: member.node.activeConns,
      connectionLimit: member.config.connectionLimit,
      ramp: this.#rampOf(member),
    };
  }

  /**
   * EMULATOR: the slow ramp only shapes the modes that count connections, where an empty returned member would
   * otherwise take every new connection; rotations stay exact.
   */
  #rampOf(member: Member): number {
    const rampMs = this.config.slowRampTimeSeconds * 1000;
    if (member.rampingSinceMs === null || rampMs === 0) return 1;
    const share = (this.#clock.nowMs() - member.rampingSinceMs) / rampMs;
    if (share >= 1) member.rampingSinceMs = null;
    return Math.min(share, 1);
  }
}

/** Takes whole priority groups, highest first, until enough members are active. */
export function activePriorityGroups<T extends { config: { priorityGroup: number } }>(
  available: readonly T[],
  minActiveMembers: number,
): T[] {
  const groups = [...new Set(available.map((member) => member.config.priorityGroup))];
  groups.sort((a, b) => b - a);
  const active = new Set<number>();
  let count = 0;
  for (const group of groups) {
    if (count >= minActiveMembers) break;
    active.add(group);
    count += available.filter((member) => member.config.priorityGroup === group).length;
  }
  return available.filter((member) => active.has(member.config.priorityGroup));
}

function isSameSet(a: readonly Member[], b: readonly Member[]): boolean {
  return a.length === b.length && a.every((member, i) => member === b[i]);
}
