// What load balancers do on the devices: health from the active one, counters from all. Constant numbers of calls.
import type { ServiceDefinition, Statistics } from '@f5-lbaas/model';
import { partitionName } from '../adapters/names.ts';
import type { DeviceGroup } from './device-group.ts';
import {
  hasMonitoredMembers,
  healthOf,
  memberStates,
  type HealthByKind,
  type MemberStates,
} from './health.ts';
import { GroupCounters, listenerCounters } from './statistics.ts';

export class DevicePolls {
  readonly #group: DeviceGroup;
  readonly #prefix: string;
  readonly #counters = new GroupCounters();

  constructor(group: DeviceGroup, prefix: string) {
    this.#group = group;
    this.#prefix = prefix;
  }

  /** Objects whose state is unknown are left out. */
  async health(services: readonly ServiceDefinition[], signal: AbortSignal): Promise<HealthByKind> {
    const states = services.some(hasMonitoredMembers)
      ? await this.#memberStates(services, signal)
      : new Map();
    if (states === undefined) return {};
    const health: HealthByKind = {};
    for (const service of services) {
      for (const [kind, statuses] of Object.entries(
        healthOf(service, { ...this.#group.facts, prefix: this.#prefix }, states),
      )) {
        Object.assign((health[kind as keyof HealthByKind] ??= {}), statuses);
      }
    }
    return health;
  }

  /** As the active device shows them; undefined when no device can be asked. */
  async #memberStates(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<MemberStates | undefined> {
    const device = this.#group.activeDevice;
    const partitions = new Set(
      services.map(({ loadbalancer }) => partitionName(this.#prefix, loadbalancer.tenant_id)),
    );
    const [partition] = partitions.size === 1 ? partitions : [];
    const pools =
      device &&
      (await this.#group.guard(device, () =>
        device.client.list('/ltm/pool', { partition, expand: true }, signal),
      ));
    return pools && memberStates(pools);
  }

  /** By listener id. */
  async statistics(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<Record<string, Statistics>> {
    const listeners = services.flatMap((service) => service.listeners);
    const listenerIds = listeners.map(({ id }) => id);
    const listenerOfPool = new Map(
      listeners.flatMap(({ id, default_pool_id: poolId }) =>
        poolId === null ? [] : [[poolId, id]],
      ),
    );
    if (listenerIds.length === 0) return {};
    const readings = await Promise.all(
      this.#group.devices.map(async (device) => {
        const body = device.ready
          ? await this.#group.guard(device, () => device.client.get('/ltm/virtual/stats', signal))
          : undefined;
        return [device.host, body && listenerCounters(body, this.#prefix, listenerOfPool)] as const;
      }),
    );
    return this.#counters.sum(new Map(readings), listenerIds);
  }
}
