// What Neutron's l2population messages have said of ports in tunnelled networks, for as long as this process runs.
// Service definitions say the same of members, later or earlier: a definition may have been built before a message
// came and be applied after it. So a message outranks definitions for as long as one of those can be under way;
// after that the definition, which is Neutron's later word, outranks what it contradicts.
// What no definition contradicts stays, so that a device that was away gets the entries that it missed.
import type { Clock } from '@f5-lbaas/platform';
import type { ForwardingChange, Peer, ReachedPeer } from './forwarding-change.ts';

/** Longest time between the building of a definition and its application: that of a call to the server. */
export const DEFINITION_UNDER_WAY_MS = 60_000;

interface Said {
  vtep: string;
  /** False: was said to have left that end point. */
  isThere: boolean;
  /** Addresses that it was said to have given up. */
  left: Set<string>;
  atMs: number;
}

export class ForwardingNews {
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** Network id -> MAC address -> what was said last. */
  readonly #said = new Map<string, Map<string, Said>>();

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  note({ action, networkId, peers }: ForwardingChange): void {
    const ports = this.#said.get(networkId) ?? new Map<string, Said>();
    this.#said.set(networkId, ports);
    this.#forgetLeft(ports);
    for (const peer of peers) this.#notePeer(ports, action, peer);
  }

  /** No device takes part in the network any more. */
  forget(networkId: string): void {
    this.#said.delete(networkId);
  }

  /** The port is in the network, as far as was said. */
  isThere(networkId: string, mac: string): boolean {
    return this.#said.get(networkId)?.get(mac)?.isThere === true;
  }

  /** The port was said to have given up the address, or to be gone, so lately that a definition may not know. */
  hasLeft(networkId: string, { mac, address }: Peer): boolean {
    const said = this.#said.get(networkId)?.get(mac);
    return said !== undefined && this.#isRecent(said) && (!said.isThere || said.left.has(address));
  }

  /** @param told MAC address -> end point, as a service definition has it. @returns the same as of now */
  recordsOf(networkId: string, told: Readonly<Record<string, string>>): Record<string, string> {
    const records = new Map(Object.entries(told));
    for (const [mac, said] of this.#said.get(networkId) ?? []) {
      const before = records.get(mac);
      if (before !== undefined && !this.#isRecent(said)) continue;
      if (said.isThere) records.set(mac, said.vtep);
      else if (before === said.vtep) records.delete(mac);
    }
    return Object.fromEntries(records);
  }

  #notePeer(
    ports: Map<string, Said>,
    action: ForwardingChange['action'],
    { mac, address, vtep }: ReachedPeer,
  ): void {
    const before = ports.get(mac);
    const isSamePlace = before === undefined || before.vtep === vtep;
    // It has come elsewhere meanwhile.
    if (action !== 'add' && !isSamePlace) return;
    const left = new Set(isSamePlace ? before?.left : []);
    if (action === 'give-up') left.add(address);
    else left.delete(address);
    ports.set(mac, { vtep, isThere: action !== 'remove', left, atMs: this.#clock.nowMs() });
  }

  /** Ports come and go; those that went need not be known for longer than a definition can be under way. */
  #forgetLeft(ports: Map<string, Said>): void {
    for (const [mac, said] of ports) {
      if (!said.isThere && !this.#isRecent(said)) ports.delete(mac);
    }
  }

  #isRecent({ atMs }: Said): boolean {
    return this.#clock.nowMs() - atMs < DEFINITION_UNDER_WAY_MS;
  }
}
