// Allocation: the only step before compiling that asks anyone. Addresses come from Neutron ports, numbers of route
// domains from the devices; both by name, so asking again gives the same. What a device already has is kept.
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { gatewayName, localSelfIpName } from '../adapters/network-names.ts';
import type { PlacedRouteDomain } from '../compile/service-networks.ts';
import { byKey, keyOf, type DeviceObjects } from '../object-types/device-object.ts';
import { bareAddress } from '../object-types/networks.ts';
import { asText } from '../object-types/property.ts';
import type { NetworkNeeds, SubnetNeed } from './needs.ts';
import type { NetworkPorts } from './ports.ts';
import { planRouteDomains, type NetworkToPlace } from './route-domains.ts';
import type { RouteDomainIds, RouteDomainSource } from './route-domain-ids.ts';
import {
  linkPath,
  partitionOfNeed,
  snatNames,
  type Allocation,
  type NetworkDevice,
  type PlacementContext,
} from './service-networks.ts';

/** A device, and the networks that it is known to have. */
export interface AllocatedDevice extends NetworkDevice {
  /** @throws LbaasError `unavailable` */
  listRouteDomains: RouteDomainSource;
  tenant: DeviceObjects;
  common: DeviceObjects;
}

export interface Allocator {
  context: PlacementContext;
  ports: Pick<NetworkPorts, 'ensure'>;
  ids: RouteDomainIds;
}

export interface AllocationResult {
  /** By host of the device. */
  byDevice: ReadonlyMap<string, Allocation>;
  /** Why a subnet cannot be had, by its id. */
  failures: ReadonlyMap<string, string>;
}

/** The networks of all devices together; where they differ, the first counts. */
function merged(devices: readonly AllocatedDevice[]): DeviceObjects {
  return byKey(devices.toReversed().flatMap(({ tenant }) => [...tenant.values()]));
}

function networksToPlace(
  needs: readonly SubnetNeed[],
  context: PlacementContext,
  host: string,
): NetworkToPlace[] {
  const own = context.settings.useNamespaces ? needs.filter(({ isCommon }) => !isCommon) : [];
  return [...new Set(own.map(({ network }) => network.id))].map((networkId) => {
    const here = own.filter(({ network }) => network.id === networkId);
    const [first] = here;
    const link = first === undefined ? '' : linkPath(first, context, host);
    return { networkId, link, cidrs: here.map(({ subnet }) => subnet.cidr) };
  });
}

/** A device keeps the number under which it has the route domain. */
function onDevice(
  placed: ReadonlyMap<string, PlacedRouteDomain>,
  device: AllocatedDevice,
): Map<string, PlacedRouteDomain> {
  return new Map(
    [...placed].map(([network, { path, id }]) => {
      const own = device.tenant.get(keyOf({ type: 'route-domain', path }));
      return [network, { path, id: own === undefined ? id : Number(own.properties['id']) }];
    }),
  );
}

type AddressedType = 'self' | 'snat-translation';

class Addresses {
  readonly #allocator: Allocator;
  readonly #service: ServiceDefinition;
  readonly #context: PlacementContext;
  readonly #signal: AbortSignal;

  constructor(allocator: Allocator, service: ServiceDefinition, signal: AbortSignal) {
    this.#allocator = allocator;
    this.#service = service;
    this.#context = allocator.context;
    this.#signal = signal;
  }

  /** Everything that a subnet needs, by name. @throws what NetworkPorts throws */
  async of(
    need: SubnetNeed,
    devices: readonly AllocatedDevice[],
  ): Promise<readonly (readonly [string, string])[]> {
    const local = devices.map((device) =>
      this.#one(need, 'self', localSelfIpName(device.deviceName, need.subnet.id), [device]),
    );
    const snat = snatNames(need.subnet.id, this.#context).map((name) =>
      this.#one(need, 'snat-translation', name, devices),
    );
    return Promise.all([...local, ...snat, ...this.#gateway(need)]);
  }

  #gateway({ subnet, members }: SubnetNeed): Promise<readonly [string, string]>[] {
    const { gateway_ip: address } = subnet;
    if (this.#context.settings.useSnat || members.length === 0 || address === null) return [];
    return [this.#port(subnet.id, gatewayName(subnet.id), address)];
  }

  #one(
    need: SubnetNeed,
    type: AddressedType,
    name: string,
    devices: readonly AllocatedDevice[],
  ): Promise<readonly [string, string]> {
    const partition = partitionOfNeed(need, this.#context.partition);
    const key = keyOf({ type, path: `/${partition}/${name}` });
    for (const { tenant, common } of devices) {
      const present = (need.isCommon ? common : tenant).get(key);
      const address = bareAddress(asText(present?.properties['address']));
      if (present !== undefined) return Promise.resolve([name, address]);
    }
    return this.#port(need.subnet.id, name);
  }

  async #port(
    subnetId: string,
    name: string,
    address?: string,
  ): Promise<readonly [string, string]> {
    const request = {
      name,
      subnetId,
      loadbalancerId: this.#service.loadbalancer.id,
      vnicType: this.#context.settings.vnicType,
      ...(address !== undefined && { address }),
    };
    return [name, await this.#allocator.ports.ensure(request, this.#signal)];
  }
}

/**
 * @param devices all that are to be written; at least one
 * @throws LbaasError `unavailable` when Neutron's server cannot be asked; DeviceError
 */
export async function allocate(
  service: ServiceDefinition,
  { subnets }: Pick<NetworkNeeds, 'subnets'>,
  devices: readonly AllocatedDevice[],
  allocator: Allocator,
  signal: AbortSignal,
): Promise<AllocationResult> {
  const { context } = allocator;
  const failures = new Map<string, string>();
  const toPlace = networksToPlace(subnets, context, devices[0]?.host ?? '');
  const sources = devices.map(({ listRouteDomains }) => listRouteDomains);
  const { partition, settings } = context;
  const { placed } = await planRouteDomains(partition, merged(devices), toPlace, settings, (name) =>
    allocator.ids.take(partition, name, sources, signal),
  );
  const needs = subnets.filter(({ subnet, network }) => {
    const isPlaced = placed.has(network.id) || !toPlace.some((one) => one.networkId === network.id);
    if (!isPlaced) failures.set(subnet.id, overlapReason(subnet.cidr, settings));
    return isPlaced;
  });
  const source = new Addresses(allocator, service, signal);
  const found = await Promise.all(
    needs.map((need) =>
      source.of(need, devices).catch((error: unknown) => {
        if (isUndecided(error, signal)) throw error;
        failures.set(need.subnet.id, error instanceof Error ? error.message : String(error));
        return [];
      }),
    ),
  );
  const addresses = new Map(found.flat());
  const byDevice = new Map(
    devices.map((device) => [
      device.host,
      {
        addresses,
        routeDomains: context.likeHost === undefined ? onDevice(placed, device) : placed,
      } satisfies Allocation,
    ]),
  );
  return { byDevice, failures };
}

function overlapReason(
  cidr: string,
  { routeDomainsPerTenant }: PlacementContext['settings'],
): string {
  return (
    `Cannot allocate a route domain for subnet ${cidr}: it overlaps another subnet in each of the ` +
    `${routeDomainsPerTenant} that the tenant may have (max_namespaces_per_tenant).`
  );
}

function isUndecided(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (error instanceof LbaasError && error.kind === 'unavailable');
}
