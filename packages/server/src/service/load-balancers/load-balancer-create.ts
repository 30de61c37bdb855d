// Creating a load balancer, alone or with everything below it.
// Order: all checks that only read, then the VIP port, then one transaction; the port is taken back if that fails.
import { RESOURCE_KINDS, type LoadBalancer, type LoadBalancerTree } from '@f5-lbaas/model';
import { isoNow } from '@f5-lbaas/platform';

import { acceptChange } from '../change/accept-change.ts';
import { TreeBuilder } from './fully-populated.ts';
import { newLoadBalancer, type LoadBalancerCreate } from './load-balancer-row.ts';
import { checkSubnets } from '../vip/network-objects.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import { checkSecrets, lookAtSecrets, refsOfListener, refsOfPool } from '../tls-refs.ts';
import { settleVipClaim } from '../vip/vip-claims.ts';
import type { VipPlan } from '../vip/vip-plan.ts';
import type { VipColumns, VipService } from '../vip/vip-service.ts';

function resolveProvider(input: LoadBalancerCreate, settings: ServiceDeps['settings']): string {
  if (input.flavor_id) throw refuse('ERR_FLAVOR', {});
  if (input.availability_zone) throw refuse('ERR_AVAILABILITY_ZONE', {});
  const provider = input.provider ?? settings.defaultProvider;
  if (!Object.hasOwn(settings.providers, provider)) {
    throw refuse('ERR_PROVIDER_NOT_ENABLED', { provider });
  }
  return provider;
}

/** VIP columns as far as they are known before there is a port; enough to judge the tree. */
function foreseen(plan: VipPlan): VipColumns {
  return {
    vip_address: plan.address,
    vip_port_id: plan.port?.id ?? null,
    vip_subnet_id: plan.subnetId,
    vip_network_id: plan.networkId,
    vip_qos_policy_id: plan.qosPolicyId,
    vip_sg_ids: plan.securityGroupIds,
    additional_vips: plan.additional.map((vip) => ({ ...vip, port_id: null })),
    vip_port_owned: plan.port === undefined,
  };
}

function memberSubnets(input: LoadBalancerCreate): (string | null | undefined)[] {
  const listeners = input.listeners ?? [];
  const pools = [
    ...(input.pools ?? []),
    ...listeners.map((listener) => listener.default_pool),
    ...listeners.flatMap((l) => (l.l7policies ?? []).map((policy) => policy.redirect_pool)),
  ];
  return pools.flatMap((pool) => (pool?.members ?? []).map((member) => member.subnet_id));
}

/** Octavia does not count L7 policies and rules here. */
function counts(tree: LoadBalancerTree) {
  return {
    loadbalancers: 1,
    listeners: tree.listeners.length,
    pools: tree.pools.length,
    healthmonitors: tree.healthmonitors.length,
    members: tree.members.length,
  };
}

export async function createLoadBalancer(
  deps: ServiceDeps,
  vips: VipService,
  caller: Caller,
  request: { projectId: string; input: LoadBalancerCreate },
): Promise<LoadBalancerTree> {
  const { input, projectId } = request;
  const { settings, storage, random } = deps;
  const plan = await vips.plan(caller, input);
  const provider = resolveProvider(input, settings);
  const identity = { id: random.uuid(), projectId, provider, now: isoNow(deps.clock) };
  const build = (vip: VipColumns): LoadBalancerTree =>
    new TreeBuilder(newLoadBalancer(input, identity, vip), deps, () => random.uuid()).build(input);

  const draft = build(foreseen(plan));
  await checkSubnets(deps, caller, memberSubnets(input));
  await checkTlsRefs(deps, caller, draft);
  await checkQuota(storage.read, settings.quotas, projectId, counts(draft));
  const vip = await vips.claim(plan, identity.id, projectId);
  try {
    return await store(deps, build(vip));
  } catch (error) {
    if (vip.vip_port_id !== null)
      await vips.release(identity.id, vip.vip_port_id, vip.vip_port_owned);
    throw error;
  }
}

async function checkTlsRefs(
  deps: ServiceDeps,
  caller: Caller,
  { listeners, pools }: LoadBalancerTree,
): Promise<void> {
  const refs = [...pools.map(refsOfPool), ...listeners.map(refsOfListener)];
  const problems = await lookAtSecrets(deps, refs, caller);
  for (const one of refs) checkSecrets(problems, one);
}

async function store(deps: ServiceDeps, tree: LoadBalancerTree): Promise<LoadBalancerTree> {
  const { id, project_id: projectId }: LoadBalancer = tree.loadbalancer;
  return acceptChange(deps, async (unit) => {
    await checkQuota(unit.repositories, deps.settings.quotas, projectId, counts(tree));
    await settleVipClaim(unit.repositories, id);
    await unit.insert('loadbalancers', tree.loadbalancer);
    // Pools before listeners and policies, which point to them.
    for (const kind of RESOURCE_KINDS.filter((k) => k !== 'loadbalancers' && k !== 'listeners')) {
      if (kind === 'l7policies')
        for (const row of tree.listeners) await unit.insert('listeners', row);
      for (const row of tree[kind]) await unit.insert(kind, row);
    }
    const change = { verb: 'create', kind: 'loadbalancers', id, loadbalancerId: id } as const;
    return { change, answer: tree };
  });
}
