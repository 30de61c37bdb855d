// Brings the set of listening sockets in line with the virtual servers.
import type { Clock } from '@f5-lbaas/platform';
import { UdpListener } from '../udp/udp-listener.ts';
import { TcpListener, type Listener } from './listener.ts';
import type { Virtual } from './virtual.ts';
import { planSockets, type WantedSocket } from './wanted-sockets.ts';

export class Listeners {
  readonly #clock: Clock;
  readonly #open = new Map<string, Listener>();
  /** Route domain by key of the open sockets. */
  readonly #held = new Map<string, number>();
  #refused = new Map<Virtual, string>();
  #byVirtual = new Map<Virtual, Listener[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Closes what nobody wants, then opens what is missing; resolves when every new socket is bound or refused. */
  async update(virtuals: Iterable<Virtual>): Promise<void> {
    const { sockets, refused } = planSockets(virtuals, this.#held);
    this.#refused = refused;
    this.#byVirtual = new Map();
    const closing: Promise<void>[] = [];
    for (const [key, listener] of this.#open) {
      if (sockets.has(key)) continue;
      this.#open.delete(key);
      this.#held.delete(key);
      closing.push(listener.close());
    }
    await Promise.all(closing);
    await Promise.all([...sockets].map(([key, wanted]) => this.#ensure(key, wanted)));
  }

  async close(): Promise<void> {
    await this.update([]);
  }

  /** Why the virtual server does not listen where it should; null when it does, or should not. */
  bindError(virtual: Virtual): string | null {
    const refusal = this.#refused.get(virtual);
    if (refusal !== undefined) return refusal;
    const failed = this.#byVirtual.get(virtual)?.find(({ bindError }) => bindError !== null);
    return failed?.bindError ?? null;
  }

  async #ensure(key: string, wanted: WantedSocket<Virtual>): Promise<void> {
    const { endpoint, protocol, routeDomain, virtuals } = wanted;
    const current = this.#open.get(key);
    const listener =
      current ??
      (protocol === 'tcp'
        ? new TcpListener(endpoint, this.#clock)
        : new UdpListener(endpoint, this.#clock));
    listener.virtuals.splice(0, listener.virtuals.length, ...virtuals);
    for (const virtual of virtuals)
      this.#byVirtual.set(virtual, [...(this.#byVirtual.get(virtual) ?? []), listener]);
    this.#held.set(key, routeDomain);
    if (current !== undefined) return;
    this.#open.set(key, listener);
    await listener.open();
  }
}
