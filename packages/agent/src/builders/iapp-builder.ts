// Deployment mode `iapp`: every pool, with the listener in front of it, is one application service of the f5.lbaas
// template. The load balancer's address stays an object of its own.
import type { ServiceDefinition, ServiceListener, ServicePool } from '@f5-lbaas/model';
import { canonicalAddress } from '../adapters/addresses.ts';
import { applicationServicePath } from '../adapters/names.ts';
import type { CompiledService, CompileProblem } from '../compile/compiled-service.ts';
import type { ServiceView } from '../compile/service-view.ts';
import { compileMembers } from '../config-managers/member/member.ts';
import { compileMonitor } from '../config-managers/monitor/monitor.ts';
import { compilePool } from '../config-managers/pool/pool.ts';
import { foreignTemplateLimits } from '../iapp/foreign-template.ts';
import { listenerLimits, partLimits, poolLimits, problem } from '../iapp/limits.ts';
import {
  serviceVariables,
  type PoolObjects,
  type ServiceVariables,
} from '../iapp/service-variables.ts';
import { TEMPLATE_PATH } from '../iapp/template.ts';
import { partsOfListener, partsOfPool } from '../iapp/units.ts';
import { nodesOf, vipOf } from '../object-types/application-properties.ts';
import { isSameOwner, type DeviceObject } from '../object-types/device-object.ts';
import { buildAddresses } from './lbaas-builder.ts';
import { buildListener } from './listener-builder.ts';

type Parts = ReturnType<typeof partsOfPool>;
type Built = Required<Pick<CompiledService, 'problems' | 'untouched'>> & {
  objects: DeviceObject[];
};

/** What cannot be done whole is left as it is; whatever else was to be changed there has to wait. */
function leftAsItIs(parts: Parts, problems: readonly CompileProblem[]): Built {
  const [first] = problems;
  const others = parts.filter(
    ({ owner }) => !problems.some((one) => isSameOwner(one.owner, owner)),
  );
  const waiting = others
    .filter(({ isOpen }) => isOpen)
    .map(({ owner }) => ({ owner, reason: `Not applied: ${first?.reason ?? ''}` }));
  return {
    objects: [],
    problems: [...problems, ...waiting],
    untouched: parts.map(({ owner }) => owner),
  };
}

function frontOf(
  view: ServiceView,
  pool: ServicePool,
  listener: ServiceListener,
): { front: PoolObjects['front']; problems: CompileProblem[] } {
  const early = listenerLimits(view, listener);
  if (early.length > 0) return { front: undefined, problems: early };
  const built = buildListener(view, listener);
  const virtual = built.objects.find(({ type }) => type === 'virtual');
  const problems = [
    ...partLimits(view, listener, built.objects),
    ...built.problems.map((one): CompileProblem => ({ ...one, keepsOld: true })),
  ];
  if (virtual === undefined || problems.length > 0) return { front: undefined, problems };
  const others = built.objects.filter((object) => object !== virtual);
  const address = canonicalAddress(view.vips[0]?.address ?? '');
  const cookie = pool.session_persistence?.cookie_name ?? '';
  return { front: { virtual, others, address, cookie }, problems: [] };
}

function applicationService(
  view: ServiceView,
  pool: ServicePool,
  { variables, tables }: ServiceVariables,
): DeviceObject {
  return {
    type: 'application-service',
    path: applicationServicePath(view.partition, view.context.prefix, pool.id),
    properties: {
      template: TEMPLATE_PATH,
      strictUpdates: true,
      variables,
      tables,
      vip: vipOf(variables),
      nodes: nodesOf(view.partition, tables['pool__members']),
    },
  };
}

function buildPool(service: ServiceDefinition, view: ServiceView, pool: ServicePool): Built {
  const parts = partsOfPool(service, pool.id);
  const listeners = view.listeners.filter((one) => one.default_pool_id === pool.id);
  const [listener] = listeners;
  const limits = poolLimits(view, pool, listeners);
  const { front, problems } =
    listener === undefined || limits.length > 0
      ? { front: undefined, problems: [] }
      : frontOf(view, pool, listener);
  const monitors = view.monitorsOf(pool.id);
  const probes = monitors.flatMap((monitor) => compileMonitor(view, monitor) ?? []);
  const all = [
    ...limits,
    ...problems,
    ...monitors
      .filter((monitor) => compileMonitor(view, monitor) === undefined)
      .map(({ id, type }) => problem({ kind: 'healthmonitors', id }, `Monitors of type ${type}`)),
  ];
  if (all.length > 0) return leftAsItIs(parts, all);
  const variables = serviceVariables({
    pool: compilePool(view, pool, []),
    members: compileMembers(view, pool, () => []),
    monitors: probes,
    front,
  });
  if (view.context.iappTemplate === 'foreign') {
    const missing = foreignTemplateLimits(variables, pool, monitors, listener);
    if (missing.length > 0) return leftAsItIs(parts, missing);
  }
  return { objects: [applicationService(view, pool, variables)], problems: [], untouched: [] };
}

/** A listener without a pool has nothing to send to: there is nothing of it on the device. */
function buildWithoutPool(
  service: ServiceDefinition,
  view: ServiceView,
  listener: ServiceListener,
): Built {
  const problems = listenerLimits(view, listener);
  return problems.length === 0
    ? { objects: [], problems: [], untouched: [] }
    : leftAsItIs(partsOfListener(service, listener.id), problems);
}

/** Everything that should exist for the load balancer; nothing when it goes. */
export function buildWithTemplate(service: ServiceDefinition, view: ServiceView): Built {
  if (!view.stays) return { objects: [], problems: [], untouched: [] };
  const alone = view.listeners.filter(
    ({ default_pool_id: poolId }) => view.pool(poolId) === undefined,
  );
  const parts = [
    ...view.pools.map((pool) => buildPool(service, view, pool)),
    ...alone.map((listener) => buildWithoutPool(service, view, listener)),
  ];
  const addresses = buildAddresses(view);
  return {
    objects: [...addresses.objects, ...parts.flatMap(({ objects }) => objects)],
    problems: [...addresses.problems, ...parts.flatMap(({ problems }) => problems)],
    untouched: parts.flatMap(({ untouched }) => untouched),
  };
}
