// Networks below load balancers, on the devices: allocate, make what is missing before a service is applied, and
// take away what nobody uses afterwards. docs/adr/0010-allocation-and-networks.md has the reasons.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { networkNeeds } from '../../allocate/needs.ts';
import type { Device } from '../device.ts';
import { GroupNetworks, type NetworkProvisionerOptions } from './group-networks.ts';
import { NetworkPreparation, type NetworkTask } from './network-preparation.ts';
import { NetworkRelease } from './network-release.ts';
import type { PreparedNetworks } from './prepared-networks.ts';
import { TunnelForwarding } from './tunnel-forwarding.ts';

export class NetworkProvisioner {
  readonly tunnels: TunnelForwarding;
  readonly #group: GroupNetworks;
  readonly #preparation: NetworkPreparation;
  readonly #release: NetworkRelease;

  constructor(options: NetworkProvisionerOptions) {
    this.#group = new GroupNetworks(options);
    this.tunnels = new TunnelForwarding(this.#group);
    this.#preparation = new NetworkPreparation(this.#group);
    this.#release = new NetworkRelease(this.#group);
  }

  /** Whatever was known of the device may be wrong now. */
  forget(device: Device): void {
    this.#group.on(device).clear();
    this.#group.addresses?.refresh();
  }

  /** The next look at the tenant's networks reads them. */
  drop(device: Device, partition: string): void {
    this.#group.on(device).drop(partition);
    this.#group.addresses?.refresh();
  }

  /** Something may be in use no more. */
  suspect(device: Device, partition: string): void {
    this.#group.on(device).suspect(partition);
  }

  /**
   * Runs work on a service whose networks are there.
   * @throws LbaasError `unavailable` when networks or ports cannot be had now: nothing is decided, try again
   */
  async around<T>(
    task: NetworkTask,
    work: (prepared: PreparedNetworks) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const needs = networkNeeds(task.service, this.#group.options.settings);
    await this.#preparation.waitForSegments(needs, task, signal);
    const subnets = needs.subnets.map(({ subnet }) => subnet.id);
    return this.#group.holding(subnets, async () => {
      const prepared = await this.#preparation.prepare(task, needs, signal);
      return work(prepared);
    });
  }

  /**
   * After the work: removes the tenant's networks, shared ones and ports that nobody uses any more. Costs nothing
   * when nothing was given up.
   */
  finish(
    tenantId: string,
    services: readonly ServiceDefinition[],
    devices: readonly Device[],
    signal: AbortSignal,
  ): Promise<void> {
    return this.#release.finish(tenantId, services, devices, signal);
  }
}
