// One UDP socket for all virtual servers on the same address and port; a flow per client address and port.
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import type { Clock, Timer } from '@f5-lbaas/platform';
import { plainAddress } from '../address.ts';
import {
  BIND_RETRY_MS,
  bindErrorText,
  virtualFor,
  type Endpoint,
  type Listener,
} from '../virtual/listener.ts';
import type { Virtual } from '../virtual/virtual.ts';
import { UdpFlow } from './udp-flow.ts';

export class UdpListener implements Listener {
  readonly virtuals: Virtual[] = [];
  bindError: string | null = null;
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #flows = new Map<string, UdpFlow>();
  #socket: dgram.Socket | null = null;
  #retry: Timer | undefined;
  #isClosed = false;

  constructor(endpoint: Endpoint, clock: Clock) {
    this.#endpoint = endpoint;
    this.#clock = clock;
  }

  open(): Promise<void> {
    const socket = dgram.createSocket(net.isIPv6(this.#endpoint.address) ? 'udp6' : 'udp4');
    return new Promise((resolve) => {
      socket.once('error', (error) => {
        socket.close();
        this.bindError = bindErrorText(error, this.#endpoint);
        if (!this.#isClosed) this.#retry = this.#clock.after(BIND_RETRY_MS, () => void this.open());
        resolve();
      });
      socket.bind({ address: this.#endpoint.address, port: this.#endpoint.port }, () => {
        this.bindError = null;
        socket.removeAllListeners('error').on('error', () => undefined);
        socket.on('message', (message, from) => this.#receive(message, from));
        this.#socket = socket;
        if (this.#isClosed) void this.close();
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    for (const flow of [...this.#flows.values()]) flow.abort();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return Promise.resolve();
    return new Promise((resolve) => socket.close(() => resolve()));
  }

  #receive(message: Buffer, from: dgram.RemoteInfo): void {
    const key = `${from.address} ${from.port}`;
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      flow = this.#newFlow(from, key);
      if (flow === undefined) return;
      this.#flows.set(key, flow);
    }
    flow.fromClient(message);
  }

  /** Undefined when nobody serves this client; its datagram is dropped. */
  #newFlow(from: dgram.RemoteInfo, key: string): UdpFlow | undefined {
    const address = plainAddress(from.address);
    const virtual = virtualFor(this.virtuals, address);
    if (virtual === undefined) return undefined;
    return UdpFlow.start({
      virtual,
      client: {
        remoteAddress: address,
        remotePort: from.port,
        localAddress: this.#endpoint.address,
        localPort: this.#endpoint.port,
        tls: null,
      },
      reply: (message) => this.#socket?.send(message, from.port, from.address),
      onEnd: () => this.#flows.delete(key),
    });
  }
}
