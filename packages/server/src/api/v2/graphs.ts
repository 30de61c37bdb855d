// /lbaas/graphs: a load balancer with everything below it in one request.
import type { L7Policy, Listener, LoadBalancerTree, Pool } from '@f5-lbaas/model';

import type {
  TreeL7Policy,
  TreeListener,
  TreePool,
} from '../../service/load-balancers/fully-populated.ts';
import type { Route } from '../shared/http-call.ts';
import { checkCreatable, type NeutronApi } from '../shared/neutron/access.ts';
import { isDictionary } from '../shared/neutron/attribute-types.ts';
import type { View } from '../shared/neutron/list-query.ts';
import { ownerOf, readNested, unwrapBody } from '../shared/neutron/parse-body.ts';
import { badRequest } from '../shared/neutron/request-error.ts';
import { healthMonitorView, plainMonitorAttributes, withoutUnfit } from './health-monitors.ts';
import { l7PolicyView, plainPolicyAttributes, redirectOf } from './l7policies.ts';
import { l7RuleAttributes, l7RuleView } from './l7rules.ts';
import { listenerView, plainListenerAttributes } from './listeners.ts';
import { createWhole, loadBalancerAttributes, loadBalancerView } from './load-balancers.ts';
import { memberAttributes, memberView } from './members.ts';
import { plainPoolAttributes, poolView } from './pools.ts';

export function graphRoutes(api: NeutronApi): Route[] {
  return [
    {
      path: '/lbaas/graphs',
      methods: {
        POST: async (call) => {
          const graph = unwrapBody(call.body, 'graph');
          const [given, listeners] = without(dictionary('loadbalancer', graph.loadbalancer), [
            'listeners',
          ]);
          const projectId = ownerOf(given, call.identity);
          checkCreatable(api, call, 'loadbalancers', projectId);
          const input = {
            ...readNested(loadBalancerAttributes, given),
            listeners: list('listeners', listeners.listeners).map(listenerOf),
          };
          const tree = await createWhole(api, call, { projectId, input });
          return { status: 201, body: { graph: { loadbalancer: treeView(tree) } } };
        },
      },
    },
  ];
}

type Given = Record<string, unknown>;

function dictionary(name: string, value: unknown): Given {
  if (isDictionary(value)) return value;
  throw badRequest(`Invalid input for ${name}. Reason: Data is not a dictionary.`);
}

function list(name: string, value: unknown): Given[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw badRequest(`Invalid input for ${name}. Reason: Data is not a list.`);
  }
  return value.map((item) => dictionary(name, item));
}

/** The plain attributes, and those that hold other objects. */
function without(given: Given, names: readonly string[]): [Given, Given] {
  const entries = Object.entries(given);
  return [
    Object.fromEntries(entries.filter(([name]) => !names.includes(name))),
    Object.fromEntries(entries.filter(([name]) => names.includes(name))),
  ];
}

function optionalDictionary(name: string, value: unknown): Given | undefined {
  const isEmpty = isDictionary(value) && Object.keys(value).length === 0;
  return value === undefined || value === null || isEmpty ? undefined : dictionary(name, value);
}

function listenerOf(given: Given): TreeListener {
  const [plain, below] = without(given, ['default_pool', 'l7policies']);
  const pool = optionalDictionary('default_pool', below.default_pool);
  return {
    ...readNested(plainListenerAttributes, plain),
    default_pool: pool === undefined ? null : poolOf(pool),
    l7policies: list('l7policies', below.l7policies).map(policyOf),
  };
}

function poolOf(given: Given): TreePool {
  const [plain, below] = without(given, ['members', 'healthmonitor']);
  const monitor = optionalDictionary('healthmonitor', below.healthmonitor);
  return {
    ...readNested(plainPoolAttributes, plain),
    members: list('members', below.members).map((member) => readNested(memberAttributes, member)),
    healthmonitor:
      monitor === undefined ? null : withoutUnfit(readNested(plainMonitorAttributes, monitor)),
  };
}

function policyOf(given: Given): TreeL7Policy {
  const [plain, below] = without(given, ['rules', 'redirect_pool']);
  const { redirect_url, ...policy } = readNested(plainPolicyAttributes, plain);
  const pool = optionalDictionary('redirect_pool', below.redirect_pool);
  // The pool has no id yet; that one is named is what counts.
  const named = pool === undefined ? null : 'redirect_pool';
  const target = redirectOf(policy.action, { redirect_pool_id: named, redirect_url });
  const toPool = policy.action === 'REDIRECT_TO_POOL' && pool !== undefined;
  return {
    ...policy,
    redirect_url: target.redirect_url,
    redirect_pool: toPool ? poolOf(pool) : null,
    rules: list('rules', below.rules).map((rule) => readNested(l7RuleAttributes, rule)),
  };
}

function treeView(tree: LoadBalancerTree): View {
  const { loadbalancer } = tree;
  const [view] = without(loadBalancerView({ loadbalancer, listenerIds: [], poolIds: [] }), [
    'pools',
  ]);
  return { ...view, listeners: tree.listeners.map((row) => listenerTree(tree, row)) };
}

function listenerTree(tree: LoadBalancerTree, listener: Listener): View {
  const policies = tree.l7policies.filter((policy) => policy.listener_id === listener.id);
  return {
    ...listenerView({ listener }),
    default_pool: poolTree(tree, listener.default_pool_id),
    l7policies: policies.map((policy) => policyTree(tree, policy)),
  };
}

function policyTree(tree: LoadBalancerTree, policy: L7Policy): View {
  const rules = tree.l7rules.filter((rule) => rule.l7policy_id === policy.id);
  return {
    ...l7PolicyView({ l7policy: policy, ruleIds: [] }),
    redirect_pool: poolTree(tree, policy.redirect_pool_id),
    rules: rules.map(l7RuleView),
  };
}

function poolTree(tree: LoadBalancerTree, id: string | null): View | null {
  const pool: Pool | undefined = tree.pools.find((one) => one.id === id);
  if (pool === undefined) return null;
  const monitor = tree.healthmonitors.find((one) => one.pool_id === pool.id);
  const detail = { pool, listenerIds: [], healthmonitorId: monitor?.id, memberIds: [] };
  return {
    ...poolView(detail),
    members: tree.members.filter((member) => member.pool_id === pool.id).map(memberView),
    healthmonitor: monitor === undefined ? null : healthMonitorView(monitor),
  };
}
