// LBaaSBuilder: which config managers make which part of a load balancer, and how the parts fit together.
import type { ServicePool } from '@f5-lbaas/model';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { ServiceView } from '../compile/service-view.ts';
import { compileMembers } from '../config-managers/member/member.ts';
import { compileMemberMonitor, compileMonitor } from '../config-managers/monitor/monitor.ts';
import { compilePool } from '../config-managers/pool/pool.ts';
import { compileVirtualAddress } from '../config-managers/vip/virtual-address.ts';
import type { BuiltObjects } from './built-objects.ts';
import { buildListener } from './listener-builder.ts';

function buildPool(view: ServiceView, pool: ServicePool): BuiltObjects {
  const monitor = view.monitorOf(pool.id);
  const probe = monitor === undefined ? undefined : compileMonitor(view, monitor);
  const problems: CompileProblem[] =
    monitor === undefined || probe !== undefined
      ? []
      : [
          {
            owner: { kind: 'healthmonitors', id: monitor.id },
            reason: `Health monitors of type ${monitor.type} are not supported.`,
          },
        ];
  const ownProbes = new Map(
    view.membersOf(pool.id).flatMap((member) => {
      const own = compileMemberMonitor(view, monitor, member);
      return own === undefined ? [] : [[member.id, own] as const];
    }),
  );
  const objects = [
    ...(probe === undefined ? [] : [probe]),
    ...ownProbes.values(),
    compilePool(view, pool, probe?.path ?? null),
    ...compileMembers(view, pool, ({ id }) => ownProbes.get(id)?.path ?? null),
  ];
  return { objects, problems };
}

/** Everything that should exist for the load balancer; nothing when it goes. */
export function buildLoadBalancer(view: ServiceView): BuiltObjects {
  if (!view.stays) return { objects: [], problems: [] };
  const parts = [
    ...view.pools.map((pool) => buildPool(view, pool)),
    ...view.listeners.map((listener) => buildListener(view, listener)),
  ];
  // Pools of LBaaS v1 exist before there is an address for them.
  const hasAddress = view.loadbalancer.vip_address !== '';
  const address = hasAddress ? [compileVirtualAddress(view)] : [];
  return {
    objects: [...address, ...parts.flatMap(({ objects }) => objects)],
    problems: parts.flatMap(({ problems }) => problems),
  };
}
