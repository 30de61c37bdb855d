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
import { buildNetworks } from '../../builders/network-builder.ts';
import type { ServiceNetworks } from '../../compile/service-networks.ts';
import type { NetworkSettings } from '../../config/network-settings.ts';
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
  const { service, needs, facts, allocation, context } = task;
  const unreachable = withoutEndPoint(needs, facts, context.settings);
  const reachable = needs.subnets.filter(({ subnet }) => !unreachable.has(subnet.id));
  const planned: Step[] = [];
  const assurance = { ...task, group, device, planned };
  const refused = new Map([...unreachable, ...(await assureEach(assurance, reachable, signal))]);
  const made = needs.subnets.filter(({ subnet }) => !refused.has(subnet.id));
  const placed = { ...needs, subnets: made };
  const networks = serviceNetworks(service, placed, facts, allocation, context);
  await bind(group, service, networks, signal);
  return { networks, planned, refused };
}

interface Assurance extends SubnetsTask {
  group: GroupNetworks;
  device: Device;
  planned: Step[];
}

/** @returns why a device has not taken a subnet, by its id */
async function assureEach(
  task: Assurance,
  subnets: readonly SubnetNeed[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const refusal = await assure(task, subnets, signal);
  if (refusal === undefined) return new Map();
  if (subnets.length === 1) return new Map([[subnets[0]?.subnet.id ?? '', refusal]]);
  const refused = new Map<string, string>();
  for (const need of subnets) {
    const reason = await assure(task, [need], signal);
    if (reason !== undefined) refused.set(need.subnet.id, reason);
  }
  return refused;
}

/** @returns the device's refusal */
async function assure(
  { group, device, service, needs, facts, allocation, context, isDryRun, planned }: Assurance,
  subnets: readonly SubnetNeed[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { partition } = context;
  const networks = serviceNetworks(service, { ...needs, subnets }, facts, allocation, context);
  const built = buildNetworks(partition, networks);
  const on = group.on(device);
  const how = { networks, isDryRun, planned };
  if (built.common.length > 0) {
    const request = { ...how, partition: COMMON, wanted: built.common };
    const refusal = await group.writing(device, COMMON, () => on.assure(request, signal), signal);
    if (refusal !== undefined) return refusal;
  }
  return on.assure({ ...how, partition, wanted: built.tenant }, signal);
}

/** Addresses that devices answer for, on the ports through which they are reached. */
async function bind(
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
function withoutEndPoint(
  { subnets }: NetworkNeeds,
  { host, localAddress }: AllocatedDevice,
  { vtep }: NetworkSettings,
): Map<string, string> {
  const tunnelled = subnets.filter(({ kind }) => kind === 'vxlan' || kind === 'gre');
  const reason = `Device ${host} is missing the VTEP self IP /${vtep?.folder ?? ''}/${vtep?.selfIpName ?? ''}.`;
  return new Map(
    localAddress === undefined ? tunnelled.map(({ subnet }) => [subnet.id, reason]) : [],
  );
}
