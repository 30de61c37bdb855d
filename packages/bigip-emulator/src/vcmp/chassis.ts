// One vCMP host and its guests: a VLAN that the host assigns to a guest appears in the guest's /Common a moment
// later, with name and tag and without interfaces (iControl REST 6.22, `vcmp/guest`).
// A guest that has the tag already keeps its own VLAN. Nothing is taken from a guest when the host takes the VLAN back.
import type { Clock, Logger, Timer } from '@f5-lbaas/platform';
import type { ConfigEngine } from '../engine/config-engine.ts';
import { DeviceError } from '../errors.ts';
import { guestsOf, hostsOf, type DeviceOptions, type EmulatorOptions } from '../options.ts';
import { nameKey } from '../schema/schema.ts';
import type { ConfigRecord } from '../store/record.ts';
import type { Change } from '../store/unit-of-work.ts';

export interface ChassisDeps {
  host: ConfigEngine;
  /** By name of the guest on the host. */
  guests: ReadonlyMap<string, ConfigEngine>;
  /** From the assignment to the guest's VLAN. */
  delayMs: number;
  clock: Clock;
  logger: Logger;
}

const GUEST = 'vcmp/guest';
const GUEST_VLAN_DELAY_MS = 500;

function vlansOf(guest: ConfigRecord | undefined): string[] {
  const vlans = guest?.fields['vlans'];
  return Array.isArray(vlans) ? vlans.filter((one) => typeof one === 'string') : [];
}

export class Chassis {
  readonly #deps: ChassisDeps;
  readonly #timers = new Set<Timer>();

  constructor(deps: ChassisDeps) {
    this.#deps = deps;
    deps.host.onCommit(({ changes }) => changes.forEach((change) => this.#follow(change)));
  }

  /** Safe to repeat. */
  stop(): void {
    this.#timers.forEach((timer) => timer.cancel());
    this.#timers.clear();
  }

  #follow({ before, after }: Change): void {
    if (after?.type !== GUEST) return;
    const had = new Set(vlansOf(before));
    const added = vlansOf(after).filter((path) => !had.has(path));
    if (added.length === 0) return;
    const timer = this.#deps.clock.after(this.#deps.delayMs, () => {
      this.#timers.delete(timer);
      added.forEach((path) => this.#publish(after.name, path));
    });
    this.#timers.add(timer);
  }

  #publish(guestName: string, path: string): void {
    const { host, guests, logger } = this.#deps;
    const stillAssigned = vlansOf(host.store.find(nameKey(GUEST, guestName))).includes(path);
    const vlan = host.store.find(nameKey('vlan', path));
    const tag = vlan?.fields['tag'];
    if (vlan === undefined || tag === undefined || !stillAssigned) return;
    try {
      guests.get(guestName)?.change((editor) => {
        editor.create('net/vlan', [], { name: vlan.name, partition: 'Common', tag });
      });
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      logger.info({ guest: guestName, vlan: path, reason: error.message }, 'Guest keeps its VLAN.');
    }
  }
}

interface NamedEngine {
  name: string;
  engine: ConfigEngine;
}

/** @returns one for every host among the devices */
export function connectChassis(
  options: EmulatorOptions,
  devices: readonly NamedEngine[],
  parts: Pick<ChassisDeps, 'clock' | 'logger'>,
): Chassis[] {
  const engineOf = ({ name }: DeviceOptions): ConfigEngine => {
    const device = devices.find((one) => one.name === name);
    if (device === undefined) throw new Error(`No device '${name}'`);
    return device.engine;
  };
  return hostsOf(options.devices).map((host) => {
    const guests = guestsOf(host, options.devices);
    return new Chassis({
      host: engineOf(host),
      guests: new Map(guests.map((guest) => [guest.name, engineOf(guest)])),
      delayMs: options.guestVlanDelayMs ?? GUEST_VLAN_DELAY_MS,
      ...parts,
    });
  });
}
