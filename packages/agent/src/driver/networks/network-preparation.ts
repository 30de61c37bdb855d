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
import { GroupSubnets } from './subnets-in-group.ts';
import { makeSubnets, type SubnetsOnDevice, type SubnetsTask } from './subnets-on-device.ts';

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
    const { configSync } = this.#group.options;
    const all = [...devices, ...(configSync?.peers() ?? [])];
    const loaded = await this.#load(all, needs, context, signal);
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
    const tasks = new Map<Device, SubnetsTask>();
    for (const [device, facts] of loaded) {
      const allocation = allocations.get(device.host);
      if (allocation === undefined) continue;
      tasks.set(device, { service, needs: usable, facts, allocation, context, isDryRun });
    }
    const made = await this.#make(tasks, signal);
    const refused = new Set([failures, ...[...made.values()].map((one) => one.refused)]);
    const problems = [
      ...needs.problems,
      ...[...refused].flatMap((reasons) => blamed(service, needs, reasons)),
    ];
    const written = [...made].filter(([device]) => devices.includes(device));
    return {
      needs,
      byDevice: new Map(written.map(([device, { networks }]) => [device, networks])),
      planned: new Map([...made].map(([device, { planned }]) => [device, planned])),
      problems: problems.map((one) => ({ ...one, keepsOld: true })),
    };
  }

  async #make(
    tasks: ReadonlyMap<Device, SubnetsTask>,
    signal: AbortSignal,
  ): Promise<Map<Device, SubnetsOnDevice>> {
    const { onEach, configSync } = this.#group.options;
    if (configSync !== undefined) {
      return new GroupSubnets(this.#group, configSync, tasks, signal).make();
    }
    const made = await onEach([...tasks.keys()], async (device) => {
      const task = tasks.get(device);
      return task && makeSubnets(this.#group, device, task, signal);
    });
    return new Map(made.flatMap(({ device, result }) => (result ? [[device, result]] : [])));
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
