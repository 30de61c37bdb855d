// The status tree of a load balancer. Pure. What is down makes everything above it DEGRADED; what is switched off
// makes itself and everything below it DISABLED.
// @see neutron-lbaas `services/loadbalancer/data_models.py`
import type {
  HealthMonitor,
  L7Policy,
  Listener,
  LoadBalancerTree,
  Member,
  Pool,
  Resource,
} from '@f5-lbaas/model';

import { monitorOf } from '../../service/reading/status-tree.ts';
import { operatingStatus } from './operating-status.ts';

interface Node {
  view: Record<string, unknown>;
  isDegraded: boolean;
}

const FINE = ['ONLINE', 'NO_MONITOR'];

export function statusesView(tree: LoadBalancerTree): object {
  const { loadbalancer } = tree;
  const isOff = !loadbalancer.admin_state_up;
  const listeners = tree.listeners.map((listener) => listenerNode(tree, listener, isOff));
  const pools = tree.pools.map((pool) => poolNode(tree, pool, isOff));
  const node = withStatus(loadbalancer, isOff, [...listeners, ...pools], {
    id: loadbalancer.id,
    name: loadbalancer.name,
  });
  const below = { listeners: listeners.map(({ view }) => view) };
  // A disabled load balancer shows its listeners only.
  return {
    loadbalancer: {
      ...node.view,
      ...below,
      ...(isOff ? {} : { pools: pools.map(({ view }) => view) }),
    },
  };
}

function listenerNode(tree: LoadBalancerTree, listener: Listener, parentOff: boolean): Node {
  const isOff = parentOff || !listener.admin_state_up;
  const pools = tree.pools
    .filter((pool) => pool.id === listener.default_pool_id)
    .map((pool) => poolNode(tree, pool, isOff));
  const policies = tree.l7policies
    .filter((policy) => policy.listener_id === listener.id)
    .sort((a, b) => a.position - b.position)
    .map((policy) => policyNode(tree, policy));
  const head = { id: listener.id, name: listener.name };
  const node = withStatus(listener, isOff, [...pools, ...policies], head);
  node.view.pools = pools.map(({ view }) => view);
  node.view.l7policies = policies.map(({ view }) => view);
  return node;
}

function poolNode(tree: LoadBalancerTree, pool: Pool, parentOff: boolean): Node {
  const isOff = parentOff || !pool.admin_state_up;
  const members = tree.members
    .filter((member) => member.pool_id === pool.id)
    .map((member) => memberNode(member, isOff));
  const monitor = monitorOf(tree, pool.id);
  const monitors = monitor === undefined ? [] : [monitorNode(monitor)];
  const head = { id: pool.id, name: pool.name };
  const node = withStatus(pool, isOff, [...members, ...monitors], head);
  node.view.members = members.map(({ view }) => view);
  node.view.healthmonitor = monitors[0]?.view ?? {};
  return node;
}

function memberNode(member: Member, parentOff: boolean): Node {
  const { id, name, address, protocol_port } = member;
  const isOff = parentOff || !member.admin_state_up;
  const node = withStatus(member, isOff, [], { id, name, address, protocol_port });
  if (!isOff) node.view.operating_status = operatingStatus(member.operating_status);
  return node;
}

/** Monitors, policies and rules have no operating status of their own. */
function monitorNode({ id, name, type, provisioning_status }: HealthMonitor): Node {
  const view = { id, name, type, provisioning_status };
  return { view, isDegraded: provisioning_status === 'ERROR' };
}

function policyNode(tree: LoadBalancerTree, policy: L7Policy): Node {
  const rules = tree.l7rules
    .filter((rule) => rule.l7policy_id === policy.id)
    .map(({ id, type, provisioning_status }): Node => {
      const isDegraded = provisioning_status === 'ERROR';
      const degraded = isDegraded ? { operating_status: 'DEGRADED' } : {};
      return { view: { id, type, provisioning_status, ...degraded }, isDegraded };
    });
  const { id, name, action, provisioning_status } = policy;
  const isDegraded = provisioning_status === 'ERROR' || rules.some((rule) => rule.isDegraded);
  const view = {
    ...{ id, name, action, provisioning_status },
    ...(isDegraded ? { operating_status: 'DEGRADED' } : {}),
    rules: rules.map((rule) => rule.view),
  };
  return { view, isDegraded };
}

function withStatus(
  row: Resource,
  isOff: boolean,
  below: readonly Node[],
  head: Record<string, unknown>,
): Node {
  const { provisioning_status } = row;
  const own = operatingStatus(row.operating_status);
  const isDegraded =
    !isOff &&
    (provisioning_status === 'ERROR' ||
      !FINE.includes(own) ||
      below.some((node) => node.isDegraded));
  const operating_status = isOff ? 'DISABLED' : isDegraded ? 'DEGRADED' : own;
  return { view: { ...head, provisioning_status, operating_status }, isDegraded };
}
