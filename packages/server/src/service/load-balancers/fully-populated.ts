// A whole load balancer in one request: finds the pools that it names, and makes every row of the tree. Pure.
// A pool object that carries only a name refers to another definition in the same request.
import type { LoadBalancer, LoadBalancerTree, Pool } from '@f5-lbaas/model';

import {
  checkNewHealthMonitor,
  newHealthMonitor,
  type HealthMonitorSpec,
} from '../health-monitors/health-monitor-row.ts';
import { newL7Policy, newL7Rule, type L7PolicySpec, type L7RuleSpec } from '../l7/l7-rows.ts';
import { checkL7Rule } from '../l7/l7rule-rules.ts';
import { RULES_PER_POLICY_MAX } from '../l7/l7rule-service.ts';
import { checkListener, checkListenerLate } from '../listeners/listener-rules.ts';
import { newListener, type ListenerSpec, type RowIdentity } from '../listeners/listener-row.ts';
import { checkCidrs, checkPoolProtocol, findPortConflict } from '../listeners/listener-service.ts';
import { checkMember, newMember, type MemberSpec } from '../members/member-row.ts';
import { checkPool, newPool, type PoolSpec } from '../pools/pool-row.ts';
import { refuse } from '../refusals.ts';
import type { ApiRules } from '../api-rules.ts';
import type { LbaasSettings } from '../settings.ts';
import type { ServiceDeps } from '../service-deps.ts';
import { noSuch } from '../change/state-gate.ts';

/** A pool inside the request: a definition, or a reference by name. */
export interface TreePool extends Partial<PoolSpec> {
  members?: readonly MemberSpec[] | null;
  healthmonitor?: HealthMonitorSpec | null;
}
export interface TreeL7Policy extends L7PolicySpec {
  redirect_pool?: TreePool | null;
  rules?: readonly L7RuleSpec[] | null;
}
export interface TreeListener extends ListenerSpec {
  default_pool?: TreePool | null;
  l7policies?: readonly TreeL7Policy[] | null;
}
export interface TreeSpec {
  listeners?: readonly TreeListener[] | null;
  pools?: readonly TreePool[] | null;
}

/** Attributes that do not make a pool object a definition. */
const REFERENCE_ATTRIBUTES = ['name', 'admin_state_up', 'tags'];

function isReference(pool: TreePool): boolean {
  return Object.keys(pool).every((attribute) => REFERENCE_ATTRIBUTES.includes(attribute));
}

/** Every pool that the request defines, in order, wherever it stands. @throws for unnamed, doubled, dangling ones */
function collectPools(spec: TreeSpec, { namesPools }: ApiRules): TreePool[] {
  const listeners = spec.listeners ?? [];
  const policies = listeners.flatMap((listener) => listener.l7policies ?? []);
  const inner = [
    ...listeners.map((listener) => listener.default_pool),
    ...policies.map((policy) => policy.redirect_pool),
  ].filter((pool) => pool !== null && pool !== undefined);
  if (!namesPools) return [...(spec.pools ?? []), ...inner];
  const definitions = [...(spec.pools ?? []), ...inner.filter((pool) => !isReference(pool))];

  if ([...definitions, ...inner].some((pool) => !pool.name)) throw refuse('ERR_POOL_UNNAMED', {});
  const names = new Set(definitions.map((pool) => pool.name ?? ''));
  if (names.size !== definitions.length) throw refuse('ERR_POOL_NAME_REPEATED', {});
  for (const reference of inner.filter(isReference)) {
    const name = reference.name ?? '';
    if (!names.has(name)) throw refuse('ERR_POOL_REFERENCE', { name });
  }
  return definitions;
}

function completePool(pool: TreePool): PoolSpec {
  const { protocol, lb_algorithm } = pool;
  const name = pool.name ?? '';
  if (protocol === undefined) {
    throw refuse('ERR_POOL_INCOMPLETE', { name, attribute: 'protocol' });
  }
  if (lb_algorithm === undefined) {
    throw refuse('ERR_POOL_INCOMPLETE', { name, attribute: 'lb_algorithm' });
  }
  return { ...pool, protocol, lb_algorithm };
}

/** Makes the rows below a new load balancer. @throws LbaasError for the first rule that is broken */
export class TreeBuilder {
  readonly tree: LoadBalancerTree;
  readonly #settings: LbaasSettings;
  readonly #rules: ApiRules;
  readonly #newId: () => string;
  readonly #pools = new Map<TreePool, Pool>();
  readonly #poolsByName = new Map<string, Pool>();

  constructor(
    loadbalancer: LoadBalancer,
    { settings, rules }: Pick<ServiceDeps, 'settings' | 'rules'>,
    newId: () => string,
  ) {
    this.#settings = settings;
    this.#rules = rules;
    this.#newId = newId;
    this.tree = {
      loadbalancer,
      listeners: [],
      pools: [],
      members: [],
      healthmonitors: [],
      l7policies: [],
      l7rules: [],
    };
  }

  build(spec: TreeSpec): LoadBalancerTree {
    for (const pool of collectPools(spec, this.#rules)) this.#addPool(pool);
    for (const listener of spec.listeners ?? []) this.#addListener(listener);
    return this.tree;
  }

  #identity(): RowIdentity {
    const { id, project_id: projectId, created_at: now } = this.tree.loadbalancer;
    return { id: this.#newId(), projectId, loadbalancerId: id, now };
  }

  #addPool(definition: TreePool): void {
    const spec = completePool(definition);
    const pool = newPool(spec, this.#identity(), this.#settings);
    checkPool(pool, pool, this.#settings, 'create');
    this.tree.pools.push(pool);
    this.#pools.set(definition, pool);
    this.#poolsByName.set(pool.name, pool);
    const members = new Set<string>();
    for (const member of definition.members ?? []) {
      checkMember(member, this.#settings.reservedIps);
      const { address, protocol_port } = member;
      const key = `${address} ${protocol_port}`;
      if (members.has(key)) throw refuse('ERR_MEMBER_EXISTS', { address, protocol_port });
      members.add(key);
      // Octavia answers NO_MONITOR here even when a monitor comes along.
      this.tree.members.push(newMember(member, { ...this.#identity(), poolId: pool.id }, false));
    }
    if (definition.healthmonitor) this.#addMonitor(definition.healthmonitor, pool);
  }

  #addMonitor(spec: HealthMonitorSpec, pool: Pool): void {
    const monitor = newHealthMonitor(spec, { ...this.#identity(), poolId: pool.id });
    checkNewHealthMonitor(monitor, pool.protocol, this.#settings);
    this.tree.healthmonitors.push(monitor);
  }

  #addListener(spec: TreeListener): void {
    // A pool that exists already belongs to another load balancer.
    if (spec.default_pool_id) throw noSuch('pools', spec.default_pool_id);
    const pool = spec.default_pool ? this.#poolOf(spec.default_pool) : undefined;
    if (pool !== undefined) checkPoolProtocol(this.#rules, pool.protocol, spec.protocol);
    const listener = newListener(
      { ...spec, default_pool_id: pool?.id ?? null },
      this.#identity(),
      this.#settings,
    );
    checkListener(listener, listener, this.#settings, 'create');
    const taken = findPortConflict(this.#rules, listener, this.tree.listeners);
    if (taken !== undefined) throw refuse('ERR_LISTENER_PORT_IN_USE', taken);
    checkCidrs(listener, this.tree.loadbalancer);
    checkListenerLate(listener, listener, this.#settings, 'create');
    this.tree.listeners.push(listener);
    (spec.l7policies ?? []).forEach((policy, index) => {
      this.#addPolicy(policy, listener.id, spec.protocol, index + 1);
    });
  }

  #addPolicy(
    spec: TreeL7Policy,
    listenerId: string,
    protocol: ListenerSpec['protocol'],
    position: number,
  ): void {
    if (protocol === 'PROMETHEUS') throw refuse('ERR_LISTENER_TAKES_NO_CHILDREN', { protocol });
    const pool = spec.redirect_pool ? this.#poolOf(spec.redirect_pool) : undefined;
    if (pool !== undefined) checkPoolProtocol(this.#rules, pool.protocol, protocol);
    const policy = newL7Policy(
      { ...spec, redirect_pool_id: pool?.id ?? null },
      { ...this.#identity(), listenerId, position },
    );
    this.tree.l7policies.push(policy);
    const rules = spec.rules ?? [];
    if (rules.length > RULES_PER_POLICY_MAX) throw refuse('ERR_TOO_MANY_RULES', { id: policy.id });
    for (const rule of rules) {
      const row = newL7Rule(rule, { ...this.#identity(), l7policyId: policy.id });
      checkL7Rule(row);
      this.tree.l7rules.push(row);
    }
  }

  #poolOf(pool: TreePool): Pool {
    const name = pool.name ?? '';
    const found = this.#pools.get(pool) ?? this.#poolsByName.get(name);
    if (found === undefined) throw refuse('ERR_POOL_REFERENCE', { name });
    return found;
  }
}
