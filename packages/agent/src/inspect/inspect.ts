// Looks at devices with the agent's settings, beside a running agent or before there is one: what would be sent for a
// load balancer, and what differs from what the server holds. Nothing is written, neither to devices nor to the server.
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { mapLimit, withDeadline, type Clock } from '@f5-lbaas/platform';
import type { AgentDriver, ServicePlan } from '../driver/agent-driver.ts';
import type { Orphan } from '../driver/orphans.ts';
import type { PluginApi } from '../manager/plugin-api.ts';
import { stepsInWords } from './planned-step.ts';

export interface InspectionDeps {
  driver: AgentDriver;
  plugin: Pick<PluginApi, 'listBindings' | 'findService'>;
  clock: Clock;
  /** Longest wait for the devices. */
  connectTimeoutMs: number;
  signal: AbortSignal;
}

export interface Inspection {
  plans: readonly ServicePlan[];
  /** Candidates: names of ours that no load balancer explains. */
  orphans: readonly Orphan[];
  /** Devices that could not be looked at, with the reason. */
  unreachable: Readonly<Record<string, string>>;
}

const LOOK_MS = 50;
const READS_AT_ONCE = 8;

/** Until every device is ready or has said why not. @throws LbaasError `unavailable` when none is */
async function connect({ driver, clock, connectTimeoutMs, signal }: InspectionDeps) {
  driver.start();
  const untilMs = clock.nowMs() + connectTimeoutMs;
  const isOpen = (): boolean =>
    Object.values(driver.endpoints()).some(
      ({ status }) => status !== 'active' && status !== 'error',
    );
  while (isOpen() && clock.nowMs() < untilMs) await clock.sleep(LOOK_MS, signal);
  const unreachable = Object.fromEntries(
    Object.entries(driver.endpoints())
      .filter(([, { status }]) => status !== 'active')
      .map(([host, { status, status_message: message }]) => [host, message || status]),
  );
  if (driver.operational) return unreachable;
  const reasons = Object.entries(unreachable).map(([host, reason]) => `${host}: ${reason}`);
  throw new LbaasError(
    'unavailable',
    'ERR_NO_DEVICE',
    `No device can be looked at. ${reasons.join('; ')}`,
  );
}

/** What the agent would do now for one load balancer. */
export async function inspectService(
  deps: InspectionDeps,
  service: ServiceDefinition,
): Promise<Inspection> {
  const unreachable = await connect(deps);
  const plans = await deps.driver.planService(service, deps.signal);
  return { plans, orphans: [], unreachable };
}

/** @throws LbaasError `not_found` when the server has no such load balancer for this agent */
export async function fetchService(
  { plugin, signal }: InspectionDeps,
  loadbalancerId: string,
): Promise<ServiceDefinition> {
  const service = await plugin.findService(loadbalancerId, signal);
  if (service !== undefined) return service;
  throw new LbaasError(
    'not_found',
    'ERR_NO_LOADBALANCER',
    `The server has no load balancer '${loadbalancerId}'.`,
  );
}

/**
 * Compares the devices with everything that is bound to this agent.
 * @param tenantIds only those; empty: all
 */
export async function inspectTenants(
  deps: InspectionDeps,
  tenantIds: readonly string[],
): Promise<Inspection> {
  const { driver, plugin, clock, signal } = deps;
  const unreachable = await connect(deps);
  const bindings = await plugin.listBindings(signal);
  const present = await driver.listTenants(signal);
  const all = [...new Set([...bindings.map((one) => one.tenant_id), ...present])].sort();
  const wanted = tenantIds.length === 0 ? all : all.filter((id) => tenantIds.includes(id));
  const plans: ServicePlan[] = [];
  const orphans: Orphan[] = [];
  for (const tenantId of wanted) {
    const ids = bindings.filter((one) => one.tenant_id === tenantId).map((one) => one.lb_id);
    const found = await mapLimit(ids, READS_AT_ONCE, (id) => plugin.findService(id, signal));
    const services = found.filter((service) => service !== undefined);
    const resync = await withDeadline(
      { clock, timeoutMs: deps.connectTimeoutMs * 10, what: `Tenant '${tenantId}'`, signal },
      (s) => driver.resyncTenant(tenantId, services, s, 'look'),
    );
    plans.push(...resync.differences);
    orphans.push(...resync.orphans);
  }
  return { plans, orphans, unreachable };
}

/** As text for people; one line says so when there is nothing to tell. */
export function inspectionInWords({ plans, orphans, unreachable }: Inspection): string[] {
  const differing = plans.filter(({ steps, problems }) => steps.length + problems.length > 0);
  const lines = [
    ...Object.entries(unreachable).map(
      ([host, reason]) => `device ${host}: not looked at: ${reason}`,
    ),
    ...differing.flatMap(({ loadbalancerId, device, steps, problems }) => [
      `load balancer ${loadbalancerId} on ${device}`,
      ...problems.map(({ kind, id, reason }) => `  cannot be made: ${kind} ${id}: ${reason}`),
      ...stepsInWords(steps),
    ]),
    ...orphans.map(
      ({ kind, id, device, fullPath }) =>
        `unexplained on ${device}: ${fullPath} (${kind} ${id}); the agent removes it once the server has denied it twice`,
    ),
  ];
  return differing.length + orphans.length === 0 ? [...lines, 'nothing to do'] : lines;
}

/** Something differs, or could not be looked at. */
export function isClean({ plans, orphans, unreachable }: Inspection): boolean {
  const isQuiet = plans.every(({ steps, problems }) => steps.length + problems.length === 0);
  return isQuiet && orphans.length === 0 && Object.keys(unreachable).length === 0;
}
