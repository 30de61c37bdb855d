// One listening socket for all virtual servers on the same address and port; they differ in the clients they serve.
// A socket that cannot be bound is tried again until it can or nobody wants it any more.
import * as net from 'node:net';
import type { Clock, Timer } from '@f5-lbaas/platform';
import { formatEndpoint, plainAddress } from '../address.ts';
import type { Virtual } from './virtual.ts';

export const BIND_RETRY_MS = 1_000;
const BACKLOG = 1024;

export interface Endpoint {
  address: string;
  port: number;
}

/** What is bound and can be closed: TCP or UDP. */
export interface Listener {
  /** Served here; changed in place when the configuration changes. */
  readonly virtuals: Virtual[];
  /** Null when bound. */
  readonly bindError: string | null;
  /** Resolves when bound, or when the first attempt failed. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The virtual server with the longest source prefix that contains the client. */
export function virtualFor(
  virtuals: readonly Virtual[],
  clientAddress: string,
): Virtual | undefined {
  let best: Virtual | undefined;
  for (const virtual of virtuals)
    if (
      virtual.source.length > (best?.source.length ?? -1) &&
      virtual.source.matches(clientAddress)
    )
      best = virtual;
  return best;
}

/** `EADDRNOTAVAIL 192.0.2.1:80` */
export function bindErrorText(error: NodeJS.ErrnoException, endpoint: Endpoint): string {
  return `${error.code ?? error.message} ${formatEndpoint(endpoint.address, endpoint.port)}`;
}

export class TcpListener implements Listener {
  readonly virtuals: Virtual[] = [];
  bindError: string | null = null;
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;
  #server: net.Server | null = null;
  #retry: Timer | undefined;
  #isClosed = false;

  constructor(endpoint: Endpoint, clock: Clock) {
    this.#endpoint = endpoint;
    this.#clock = clock;
  }

  open(): Promise<void> {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    return new Promise((resolve) => {
      server.once('error', (error) => {
        this.#failed(error);
        resolve();
      });
      server.listen(
        { host: this.#endpoint.address, port: this.#endpoint.port, backlog: BACKLOG },
        () => {
          this.#server = server;
          server.removeAllListeners('error').on('error', () => undefined);
          this.bindError = null;
          resolve();
          if (this.#isClosed) server.close();
        },
      );
    });
  }

  /** Stops listening; connections already accepted belong to their virtual servers. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#server?.close();
    this.#server = null;
    return Promise.resolve();
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.bindError = bindErrorText(error, this.#endpoint);
    if (!this.#isClosed) this.#retry = this.#clock.after(BIND_RETRY_MS, () => void this.open());
  }

  #accept(socket: net.Socket): void {
    const virtual = virtualFor(this.virtuals, plainAddress(socket.remoteAddress ?? ''));
    if (virtual === undefined) socket.resetAndDestroy();
    else virtual.accept(socket);
  }
}
