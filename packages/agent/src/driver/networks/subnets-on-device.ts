// Makes the subnets of one service on one device, all of them at once; when that is refused, each alone, so that one
// subnet's trouble stays its own.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { COMMON } from '../../adapters/network-names.ts';
import type { AllocatedDevice } from '../../allocate/allocate.ts';
import { vipAddresses, type NetworkNeeds, type SubnetNeed } from '../../allocate/needs.ts';
import {
  serviceNetworks,
  type Allocation,
  type PlacementContext,
} from '../../allocate/service-networks.ts';
import { buildNetworks, type BuiltNetworks } from '../../builders/network-builder.ts';
import type { ServiceNetworks } from '../../compile/service-networks.ts';
import type { Step } from '../../plan/step.ts';
import type { Device } from '../device.ts';
import type { GroupNetworks } from './group-networks.ts';

export interface SubnetsTask {
  service: ServiceDefinition;
  needs: NetworkNeeds;
  facts: AllocatedDevice;
  allocation: Allocation;
  context: PlacementContext;
  /** Nothing is sent. */
  isDryRun: boolean;
}

export interface SubnetsOnDevice {
  networks: ServiceNetworks;
  /** What was missing, as steps. */
  planned: readonly Step[];
  /** Why the device has not taken a subnet, by its id. */
  refused: ReadonlyMap<string, string>;
}

/** @throws DeviceError, LbaasError `unavailable` */
export async function makeSubnets(
  group: GroupNetworks,
  device: Device,
  task: SubnetsTask,
  signal: AbortSignal,
): Promise<SubnetsOnDevice> {
  const planned: Step[] = [];
  const unreachable = withoutEndPoint(task);
  const refused = await refusalsOf(task, unreachable, (subnets) =>
    assure(group, device, { task, subnets, planned }, signal),
  );
  const networks = networksWithout(task, refused);
  await bind(group, task.service, networks, signal);
  return { networks, planned, refused };
}

/**
 * Tries all subnets at once and, when that is refused, each alone.
 * @param unreachable subnets that are not to be tried, with the reason
 * @param attempt tells the refusal
 * @returns why a subnet is not there, by its id
 */
export async function refusalsOf(
  { needs }: SubnetsTask,
  unreachable: ReadonlyMap<string, string>,
  attempt: (subnets: readonly SubnetNeed[]) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, string>> {
  const subnets = needs.subnets.filter(({ subnet }) => !unreachable.has(subnet.id));
  const refusal = await attempt(subnets);
  if (refusal === undefined) return unreachable;
  const refused = new Map(unreachable);
  for (const need of subnets) {
    const reason = subnets.length === 1 ? refusal : await attempt([need]);
    if (reason !== undefined) refused.set(need.subnet.id, reason);
  }
  return refused;
}

/** What the service's networks are on the device, as far as they are there. */
export function networksWithout(
  { service, needs, facts, allocation, context }: SubnetsTask,
  refused: ReadonlyMap<string, string>,
): ServiceNetworks {
  const subnets = needs.subnets.filter(({ subnet }) => !refused.has(subnet.id));
  return serviceNetworks(service, { ...needs, subnets }, facts, allocation, context);
}

interface Attempt {
  task: SubnetsTask;
  subnets: readonly SubnetNeed[];
  planned: Step[];
}

/** What the subnets come to on the device, as objects. */
export function builtOn(
  { service, needs, facts, allocation, context }: SubnetsTask,
  subnets: readonly SubnetNeed[],
): BuiltNetworks & { networks: ServiceNetworks } {
  const networks = serviceNetworks(service, { ...needs, subnets }, facts, allocation, context);
  return { ...buildNetworks(context.partition, networks), networks };
}

export function hasTunnel(subnets: readonly SubnetNeed[]): boolean {
  return subnets.some(({ kind }) => kind === 'vxlan' || kind === 'gre');
}

/** @returns the device's refusal */
async function assure(
  group: GroupNetworks,
  device: Device,
  { task, subnets, planned }: Attempt,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { isDryRun, context } = task;
  const { tenant, common, networks } = builtOn(task, subnets);
  const on = group.on(device);
  const folder = { trafficGroup: networks.trafficGroup };
  const how = { networks, folder, isDryRun, planned };
  if (!isDryRun && hasTunnel(subnets)) await on.tunnels.ensureProfiles(signal);
  if (common.length > 0) {
    const request = { ...how, partition: COMMON, wanted: common };
    const refusal = await group.writing(device, COMMON, () => on.assure(request, signal), signal);
    if (refusal !== undefined) return refusal;
  }
  const request = { ...how, partition: context.partition, wanted: tenant };
  return on.assure(request, signal);
}

/** Addresses that devices answer for, on the ports through which they are reached. */
export async function bind(
  { addresses }: GroupNetworks,
  { loadbalancer }: ServiceDefinition,
  { subnets }: ServiceNetworks,
  signal: AbortSignal,
): Promise<void> {
  if (addresses === undefined || subnets.length === 0) return;
  for (const [subnet, address] of vipAddresses(loadbalancer)) {
    await addresses.bind(subnet, address, signal);
  }
  for (const { id, selfIp, snat, gateway } of subnets) {
    const own = [selfIp.address, ...snat.map(({ address }) => address)];
    for (const address of gateway === undefined ? own : [...own, gateway]) {
      await addresses.bind(id, address, signal);
    }
  }
}

/** Tunnelled subnets on a device that operators have given no end point, with the reason. */
export function withoutEndPoint({
  needs: { subnets },
  facts: { host, localAddress },
  context: { settings },
}: SubnetsTask): ReadonlyMap<string, string> {
  if (localAddress !== undefined) return new Map();
  const { folder = '', selfIpName = '' } = settings.vtep ?? {};
  const reason = `Device ${host} is missing the VTEP self IP /${folder}/${selfIpName}.`;
  const tunnelled = subnets.filter((need) => hasTunnel([need]));
  return new Map(tunnelled.map(({ subnet }) => [subnet.id, reason]));
}
