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
import { addStatistics, listenerStatistics } from './statistics.ts';

export class DevicePolls {
  readonly #group: DeviceGroup;
  readonly #prefix: string;

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
    const listeners = new Map(
      services.flatMap((service) => service.listeners.map(({ id }) => [this.#prefix + id, id])),
    );
    if (listeners.size === 0) return {};
    const bodies = await Promise.all(
      this.#group.ready.map((device) =>
        this.#group.guard(device, () => device.client.get('/ltm/virtual/stats', signal)),
      ),
    );
    const sums: Record<string, Statistics> = {};
    for (const body of bodies.filter((one) => one !== undefined)) {
      for (const [id, counters] of listenerStatistics(body, (name) => listeners.get(name))) {
        sums[id] = sums[id] === undefined ? counters : addStatistics(sums[id], counters);
      }
    }
    return sums;
  }
}
