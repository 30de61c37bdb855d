// One accepted client connection of a virtual server: who it is, and how to end it.
import type { X509Certificate } from 'node:crypto';
import type * as net from 'node:net';
import { plainAddress } from '../address.ts';
import type { Flow } from '../pool/member.ts';

/** What the TLS handshake with the client brought. */
export interface ClientTls {
  /** SNI; null when the client sent none. */
  serverName: string | null;
  protocol: string;
  cipher: string;
  /** Null when the client showed no certificate. */
  peerCertificate: X509Certificate | null;
  peerCommonName: string | null;
  /** Why the certificate is not trusted; null when it is, or when there is none. */
  verifyError: string | null;
}

/** Addresses and TLS facts of a client, whatever it is connected by. */
export interface ClientFacts {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Null on a plain connection. */
  readonly tls: ClientTls | null;
}

export class ClientConnection implements Flow, ClientFacts {
  /** The TCP connection; below TLS where TLS is terminated. */
  readonly raw: net.Socket;
  /** What the client and we talk over: `raw`, or the TLS socket on top of it. */
  socket: net.Socket;
  /** Null on a plain connection. */
  tls: ClientTls | null = null;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;

  constructor(raw: net.Socket) {
    this.raw = raw;
    this.socket = raw;
    this.remoteAddress = plainAddress(raw.remoteAddress ?? '');
    this.remotePort = raw.remotePort ?? 0;
    this.localAddress = plainAddress(raw.localAddress ?? '');
    this.localPort = raw.localPort ?? 0;
  }

  get isOpen(): boolean {
    return !this.raw.destroyed;
  }

  get isTls(): boolean {
    return this.socket !== this.raw;
  }

  /** Sends a TCP reset, as the device does when it refuses or gives up a connection. */
  abort(): void {
    if (this.raw.destroyed) return;
    this.raw.resetAndDestroy();
    if (this.isTls) this.socket.destroy();
  }
}
