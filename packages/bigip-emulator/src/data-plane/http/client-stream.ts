// What an exchange sees of its client, whatever the client's HTTP version.
import type * as net from 'node:net';
import type { ClientConnection } from '../client/client-connection.ts';
import type { BodySink } from './body-decoder.ts';
import type { BodyFraming } from './framing.ts';
import type { Headers } from './headers.ts';
import type { RequestHead, ResponseHead } from './message-head.ts';

/** One request and its response on the client side. */
export interface ClientStream {
  readonly connection: ClientConnection;
  readonly request: RequestHead;
  readonly requestFraming: BodyFraming;
  readonly httpVersion: '1.0' | '1.1' | '2';
  /** The client went away before the response was complete. */
  onAbort: (() => void) | null;
  /** The client takes more of the response body. */
  onDrain: (() => void) | null;
  /** Delivers the request body from its beginning. */
  startBody(sink: BodySink): void;
  pauseBody(): void;
  resumeBody(): void;
  interim(head: ResponseHead): void;
  /** @param framing how the response's source frames the body */
  respond(head: ResponseHead, framing: BodyFraming): void;
  /** @returns false when the caller should wait for onDrain */
  write(chunk: Buffer): boolean;
  end(trailers: Headers | null): void;
  /** Breaks the response off so that the client cannot take it for complete. */
  reset(): void;
  /** Ends HTTP on the connection: the raw socket and what was read ahead. Null where that is impossible (HTTP/2). */
  detach(): { socket: net.Socket; pending: Buffer | null } | null;
}
