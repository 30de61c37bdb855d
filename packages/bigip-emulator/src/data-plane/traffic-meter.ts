// Counts the traffic of one virtual server or pool member in the device's units (bits, packets, connections).
// EMULATOR: packets are not visible to a program; they are counted as full-size segments of the bytes that passed.
import type { TrafficCounters } from './contract.ts';

/** Payload of one Ethernet-sized TCP segment. */
const SEGMENT_BYTES = 1460;

export class TrafficMeter {
  #bytesIn = 0;
  #bytesOut = 0;
  #pktsIn = 0;
  #pktsOut = 0;
  #curConns = 0;
  #maxConns = 0;
  #totConns = 0;
  #totRequests = 0;
  #totHandshakes = 0;
  #slowKilled = 0;

  get curConns(): number {
    return this.#curConns;
  }

  /** Towards the server: what the client sent (virtual server), what the member was sent (member). */
  countIn(bytes: number): void {
    this.#bytesIn += bytes;
    this.#pktsIn += Math.ceil(bytes / SEGMENT_BYTES);
  }

  /** Towards the client. */
  countOut(bytes: number): void {
    this.#bytesOut += bytes;
    this.#pktsOut += Math.ceil(bytes / SEGMENT_BYTES);
  }

  opened(): void {
    this.#totConns += 1;
    this.#curConns += 1;
    if (this.#curConns > this.#maxConns) this.#maxConns = this.#curConns;
  }

  closed(): void {
    this.#curConns -= 1;
  }

  countRequest(): void {
    this.#totRequests += 1;
  }

  countHandshake(): void {
    this.#totHandshakes += 1;
  }

  countSlowKill(): void {
    this.#slowKilled += 1;
  }

  snapshot(): TrafficCounters {
    return {
      bitsIn: this.#bytesIn * 8,
      bitsOut: this.#bytesOut * 8,
      pktsIn: this.#pktsIn,
      pktsOut: this.#pktsOut,
      curConns: this.#curConns,
      maxConns: this.#maxConns,
      totConns: this.#totConns,
      totRequests: this.#totRequests,
      totHandshakes: this.#totHandshakes,
      slowKilled: this.#slowKilled,
    };
  }

  /** Open connections stay counted. */
  reset(): void {
    this.#bytesIn = this.#bytesOut = this.#pktsIn = this.#pktsOut = 0;
    this.#totConns = this.#totRequests = this.#totHandshakes = this.#slowKilled = 0;
    this.#maxConns = this.#curConns;
  }
}
