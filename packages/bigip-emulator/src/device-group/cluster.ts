// The devices of one emulator together: who is active for which traffic group, config sync, and the commands
// that act on either. A device alone is a cluster of one.
import type { Clock, Logger } from '@f5-lbaas/platform';
import type { EmulatedDevice, GroupView } from '../device/emulated-device.ts';
import type { CommandHandler } from '../rest/commands.ts';
import { deviceCommands } from '../rest/device-commands.ts';
import type { FailoverState } from '../schema/runtime.ts';
import { FLOATING_TRAFFIC_GROUP, LOCAL_TRAFFIC_GROUP } from '../tables/sys/folder.ts';
import type { DeviceGroupSettings } from '../options.ts';
import { DeviceGroup, STANDALONE } from './device-group.ts';
import { Failover } from './failover.ts';
import { groupCommands } from './group-commands.ts';

const FORCED_OFFLINE_FACT = 'forced_offline';

export interface ClusterDeps {
  names: readonly string[];
  settings: DeviceGroupSettings | undefined;
  clock: Clock;
  logger: Logger;
}

export class Cluster implements GroupView {
  readonly #deps: ClusterDeps;
  /** One failover for a group; one per device where devices stand alone. */
  readonly #failovers = new Map<string, Failover>();
  readonly #devices = new Map<string, EmulatedDevice>();
  #group: DeviceGroup | undefined;

  constructor(deps: ClusterDeps) {
    this.#deps = deps;
    const shared = deps.settings === undefined ? undefined : new Failover(deps.names, deps.clock);
    for (const name of deps.names) {
      this.#failovers.set(name, shared ?? new Failover([name], deps.clock));
    }
  }

  /** Takes the started devices in; call once, when all exist. */
  join(devices: readonly EmulatedDevice[]): void {
    for (const device of devices) {
      this.#devices.set(device.name, device);
      const isForced = device.engine.fact(FORCED_OFFLINE_FACT) === true;
      if (isForced) this.#failover(device.name).setForcedOffline(device.name, true);
    }
    for (const failover of new Set(this.#failovers.values())) {
      failover.onChange(() => void this.#moveTraffic());
    }
    const { settings, clock, logger } = this.#deps;
    if (settings === undefined) return;
    const members = devices.map((device) => ({
      name: device.name,
      engine: device.engine,
      isConnected: () =>
        this.#failover(device.name).isUp(device.name) && !device.faults.has('lose-config-sync'),
    }));
    this.#group = new DeviceGroup(settings, members, { clock, logger });
  }

  failoverStateOf(device: string): FailoverState {
    const failover = this.#failovers.get(device);
    return failover?.stateOf(device, this.#trafficGroups(device)) ?? 'offline';
  }

  isActive(device: string, trafficGroup: string): boolean {
    const failover = this.#failover(device);
    return failover.activeDevice(trafficGroup) === device;
  }

  statusOf(device: string): ReturnType<GroupView['statusOf']> {
    return {
      syncStatus: () => this.#group?.status(device) ?? STANDALONE,
      activeTrafficGroups: () =>
        this.#trafficGroups(device).filter((group) => this.isActive(device, group)),
      trafficGroupStates: () => this.#trafficGroupStates(device),
      stateSinceMs: () => this.#failover(device).sinceMs(device),
    };
  }

  reconnect(): void {
    this.#group?.reconnect();
  }

  setUp(device: string, isUp: boolean): void {
    this.#failover(device).setUp(device, isUp);
    if (isUp) this.reconnect();
  }

  commandsFor(device: EmulatedDevice): readonly CommandHandler[] {
    return [
      ...groupCommands({
        push: () => this.#group?.pushFrom(device.name),
        pull: () => this.#group?.pullTo(device.name),
        groupPath: () => this.#group?.path,
        standby: (trafficGroup) =>
          this.#failover(device.name).standby(
            device.name,
            trafficGroup === undefined ? this.#trafficGroups(device.name) : [trafficGroup],
          ),
        setForcedOffline: (isForced) => {
          device.engine.saveFact(FORCED_OFFLINE_FACT, isForced);
          this.#failover(device.name).setForcedOffline(device.name, isForced);
        },
      }),
      ...deviceCommands(device),
    ];
  }

  stop(): void {
    this.#group?.stop();
  }

  #failover(device: string): Failover {
    const failover = this.#failovers.get(device);
    if (failover === undefined) throw new Error(`No device '${device}'`);
    return failover;
  }

  /** Floating traffic groups that a device knows. */
  #trafficGroups(device: string): string[] {
    const store = this.#devices.get(device)?.engine.store;
    if (store === undefined) return [FLOATING_TRAFFIC_GROUP];
    return store
      .list('cm/traffic-group')
      .map(({ fullPath }) => fullPath)
      .filter((path) => path !== LOCAL_TRAFFIC_GROUP);
  }

  #trafficGroupStates(
    device: string,
  ): ReturnType<ReturnType<GroupView['statusOf']>['trafficGroupStates']> {
    const failover = this.#failover(device);
    const names = this.#group === undefined ? [device] : [...this.#deps.names];
    return this.#trafficGroups(device).flatMap((trafficGroup) =>
      names.map((name) => ({
        trafficGroup,
        deviceName: `/Common/${name}`,
        failoverState: failover.activeDevice(trafficGroup) === name ? 'active' : 'standby',
        nextActive: failover.nextDevice(trafficGroup) === name,
      })),
    );
  }

  /** Who lets go of addresses does so before another takes them. */
  async #moveTraffic(): Promise<void> {
    const devices = [...this.#devices.values()];
    const isGaining = (device: EmulatedDevice): boolean =>
      this.failoverStateOf(device.name) === 'active';
    await Promise.all(
      devices.filter((device) => !isGaining(device)).map((device) => device.feed.flush()),
    );
    await Promise.all(devices.filter(isGaining).map((device) => device.feed.flush()));
  }
}
