// LBaaSBuilder: which config managers make which part of a load balancer, and how the parts fit together.
import type { ServiceHealthMonitor, ServicePool } from '@f5-lbaas/model';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { ServiceView } from '../compile/service-view.ts';
import { compileMembers } from '../config-managers/member/member.ts';
import { compileMemberMonitors, compileMonitor } from '../config-managers/monitor/monitor.ts';
import { compilePool } from '../config-managers/pool/pool.ts';
import { compileVirtualAddress } from '../config-managers/vip/virtual-address.ts';
import type { DeviceObject } from '../object-types/device-object.ts';
import type { BuiltObjects } from './built-objects.ts';
import { buildListener } from './listener-builder.ts';

function buildPool(view: ServiceView, pool: ServicePool): BuiltObjects {
  const monitors = view.monitorsOf(pool.id);
  const probes: DeviceObject[] = [];
  const problems: CompileProblem[] = [];
  for (const monitor of monitors) {
    const probe = compileMonitor(view, monitor);
    if (probe === undefined) problems.push(unsupported(monitor));
    else probes.push(probe);
  }
  const ownProbes = new Map(
    view
      .membersOf(pool.id)
      .map((member) => [member.id, compileMemberMonitors(view, monitors, member)] as const),
  );
  const pathsOf = (objects: readonly DeviceObject[] = []) => objects.map(({ path }) => path);
  const objects = [
    ...probes,
    ...[...ownProbes.values()].flat(),
    compilePool(view, pool, pathsOf(probes)),
    ...compileMembers(view, pool, ({ id }) => pathsOf(ownProbes.get(id))),
  ];
  return { objects, problems };
}

function unsupported({ id, type }: ServiceHealthMonitor): CompileProblem {
  return {
    owner: { kind: 'healthmonitors', id },
    reason: `Health monitors of type ${type} are not supported.`,
  };
}

/** A VIP on a user's port that has no address in the subnet. */
function missingAddresses({ loadbalancer }: ServiceView): CompileProblem[] {
  const missing = loadbalancer.additional_vips.filter(({ ip_address: ip }) => ip === null);
  return missing.map(({ subnet_id: subnet }) => ({
    owner: { kind: 'loadbalancers', id: loadbalancer.id },
    reason: `The additional VIP in subnet ${subnet} has no address: its port has none there.`,
  }));
}

/** Its VIPs; pools of LBaaS v1 exist before there is one. */
export function buildAddresses(view: ServiceView): BuiltObjects {
  const objects = view.vips.map((vip) => compileVirtualAddress(view, vip));
  return { objects, problems: missingAddresses(view) };
}

/** Everything that should exist for the load balancer; nothing when it goes. */
export function buildLoadBalancer(view: ServiceView): BuiltObjects {
  if (!view.stays) return { objects: [], problems: [] };
  const parts = [
    buildAddresses(view),
    ...view.pools.map((pool) => buildPool(view, pool)),
    ...view.listeners.map((listener) => buildListener(view, listener)),
  ];
  return {
    objects: parts.flatMap(({ objects }) => objects),
    problems: parts.flatMap(({ problems }) => problems),
  };
}
