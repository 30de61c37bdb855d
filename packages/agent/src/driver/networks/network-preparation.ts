// Before a service is applied: its networks are allocated, and what is missing of them is made on every device.
import type { DeviceItem } from '@f5-lbaas/bigip-client';
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { COMMON, segmentPortName } from '../../adapters/network-names.ts';
import { allocate, type AllocatedDevice } from '../../allocate/allocate.ts';
import type { NetworkNeeds } from '../../allocate/needs.ts';
import type { NetworkPorts } from '../../allocate/ports.ts';
import type { PlacementContext } from '../../allocate/service-networks.ts';
import type { DeviceObjects } from '../../object-types/device-object.ts';
import type { Device } from '../device.ts';
import type { GroupNetworks } from './group-networks.ts';
import { blamed, type PreparedNetworks } from './prepared-networks.ts';
import { makeSubnets } from './subnets-on-device.ts';

export interface NetworkTask {
  service: ServiceDefinition;
  devices: readonly Device[];
  /** Nothing is written, neither to devices nor to Neutron. */
  isDryRun: boolean;
}

/** Stands where a new address would. */
const NEW_ADDRESS = 'new-address';

/** Ports that are only thought of. */
const NO_PORTS: Pick<NetworkPorts, 'ensure'> = {
  ensure: ({ address }) => Promise.resolve(address ?? NEW_ADDRESS),
};

const NOTHING: DeviceObjects = new Map();

export class NetworkPreparation {
  readonly #group: GroupNetworks;

  constructor(group: GroupNetworks) {
    this.#group = group;
  }

  /** A segment comes when the network is bound on the devices' physical network; until then nobody can go on. */
  async waitForSegments(
    { unready }: NetworkNeeds,
    { isDryRun }: NetworkTask,
    signal: AbortSignal,
  ): Promise<void> {
    if (unready.length === 0) return;
    const opflex = unready.filter((network) => network['provider:network_type'] === 'opflex');
    for (const { id } of isDryRun ? [] : opflex) {
      await this.#group.options.ports.ensureOnNetwork(segmentPortName(id), id, signal);
    }
    throw new LbaasError(
      'unavailable',
      'ERR_NETWORK_NOT_READY',
      'Network segment(s) definition incomplete: waiting until the networks are bound.',
      { context: { networks: unready.map(({ id }) => id) } },
    );
  }

  /** @throws LbaasError `unavailable` */
  async prepare(
    { service, devices, isDryRun }: NetworkTask,
    needs: NetworkNeeds,
    signal: AbortSignal,
  ): Promise<PreparedNetworks> {
    const context = this.#group.placement(service.loadbalancer.tenant_id);
    const loaded = await this.#load(devices, needs, context, signal);
    const ports = isDryRun ? NO_PORTS : this.#group.options.ports;
    const { byDevice: allocations, failures } = await allocate(
      service,
      needs,
      [...loaded.values()],
      { context, ports, ids: this.#group.ids },
      signal,
    );
    const usable = {
      ...needs,
      subnets: needs.subnets.filter(({ subnet }) => !failures.has(subnet.id)),
    };
    const made = await this.#group.options.onEach([...loaded.keys()], async (device) => {
      const facts = loaded.get(device);
      const allocation = allocations.get(device.host);
      if (facts === undefined || allocation === undefined) return undefined;
      const task = { service, needs: usable, facts, allocation, context, isDryRun };
      return makeSubnets(this.#group, device, task, signal);
    });
    const done = made.flatMap(({ device, result }) => (result ? [{ device, ...result }] : []));
    const problems = [
      ...needs.problems,
      ...[failures, ...done.map(({ refused }) => refused)].flatMap((reasons) =>
        blamed(service, needs, reasons),
      ),
    ];
    return {
      needs,
      byDevice: new Map(done.map(({ device, networks }) => [device, networks])),
      planned: new Map(done.map(({ device, planned }) => [device, planned])),
      problems: problems.map((one) => ({ ...one, keepsOld: true })),
    };
  }

  /** What the devices have of the networks. */
  async #load(
    devices: readonly Device[],
    { subnets, touchesCommon }: NetworkNeeds,
    { partition }: PlacementContext,
    signal: AbortSignal,
  ): Promise<Map<Device, AllocatedDevice>> {
    const loaded = await this.#group.options.onEach(devices, async (device) => {
      const networks = this.#group.on(device);
      return {
        ...(await networks.facts(subnets, signal)),
        listRouteDomains: (listSignal: AbortSignal) => this.#listRouteDomains(device, listSignal),
        tenant: await networks.cache.load(partition, signal),
        common: touchesCommon ? await networks.cache.load(COMMON, signal) : NOTHING,
      };
    });
    return new Map(loaded.map(({ device, result }) => [device, result]));
  }

  /** @throws LbaasError `unavailable` when the device is lost: what it has is not known, so no number can be given */
  async #listRouteDomains(device: Device, signal: AbortSignal): Promise<DeviceItem[]> {
    const [answer] = await this.#group.options.onEach([device], ({ client }) =>
      client.list('/net/route-domain', {}, signal),
    );
    return answer?.result ?? [];
  }
}
