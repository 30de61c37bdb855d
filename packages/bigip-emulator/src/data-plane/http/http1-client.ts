// HTTP/1 towards the client: reads requests in order, writes their responses in the same order, keeps the connection
// open as both sides wish.
import type * as net from 'node:net';
import type { Clock, Timer } from '@f5-lbaas/platform';
import type { ClientConnection } from '../client/client-connection.ts';
import type { TrafficMeter } from '../traffic-meter.ts';
import { BodyQueue } from './body-queue.ts';
import type { BodySink } from './body-decoder.ts';
import { ChunkedWriter } from './chunked-writer.ts';
import type { ClientStream } from './client-stream.ts';
import { requestFraming, type BodyFraming } from './framing.ts';
import type { Headers } from './headers.ts';
import { withoutHopByHop } from './hop-by-hop.ts';
import {
  isKeepAlive,
  parseRequestHead,
  serialiseResponse,
  type RequestHead,
  type ResponseHead,
} from './message-head.ts';
import { MessageReader, type HeadResult } from './message-reader.ts';

/** Read-ahead of pipelined requests; beyond it the client is not read. */
const PIPELINE_BYTES_MAX = 65_536;

export interface Http1ClientOptions {
  connection: ClientConnection;
  meter: TrafficMeter;
  clock: Clock;
  /** A client that needs longer for the head of a request is reset, however busy it keeps the connection. */
  headTimeoutMs: number | null;
}

export type ExchangeStarter = (stream: ClientStream) => void;

export class Http1Client {
  readonly connection: ClientConnection;
  readonly meter: TrafficMeter;
  readonly #start: ExchangeStarter;
  readonly #reader: MessageReader;
  readonly #socket: net.Socket;
  #stream: Http1Stream | null = null;
  #isEnded = false;
  #isDetached = false;
  readonly #options: Http1ClientOptions;
  /** Runs while a head is incomplete. */
  #headTimer: Timer | null = null;

  constructor(options: Http1ClientOptions, start: ExchangeStarter) {
    const { connection, meter } = options;
    this.#options = options;
    this.connection = connection;
    this.meter = meter;
    this.#start = start;
    this.#socket = connection.socket;
    this.#reader = new MessageReader((text) => this.#onHead(text));
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on('drain', () => this.#stream?.onDrain?.());
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', () => this.#onGone());
    this.#socket.on('close', () => this.#onGone());
  }

  write(data: string | Buffer): boolean {
    this.meter.countOut(data.length);
    return typeof data === 'string' ? this.#socket.write(data, 'latin1') : this.#socket.write(data);
  }

  /** The current response is complete. */
  done(keepAlive: boolean): void {
    this.#stream = null;
    if (!keepAlive) {
      this.#socket.end();
      return;
    }
    this.setFlowing(true);
    this.#guard(() => this.#reader.next());
    this.#watchHead();
    this.#closeIfFinished();
  }

  /** The client will send nothing more and nothing is owed to it. */
  #closeIfFinished(): void {
    if (this.#isEnded && this.#stream === null) this.#socket.end();
  }

  setFlowing(isFlowing: boolean): void {
    if (this.#isDetached) return;
    if (isFlowing) this.#socket.resume();
    else this.#socket.pause();
  }

  detach(): { socket: net.Socket; pending: Buffer | null } {
    this.#isDetached = true;
    this.#stream = null;
    this.#socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('drain');
    return { socket: this.#socket, pending: this.#reader.takePending() };
  }

  #onData(chunk: Buffer): void {
    this.meter.countIn(chunk.length);
    this.#guard(() => this.#reader.feed(chunk));
    this.#watchHead();
    if (this.#stream !== null && this.#reader.pendingBytes > PIPELINE_BYTES_MAX)
      this.setFlowing(false);
  }

  /** Most heads arrive in one piece and need no timer. */
  #watchHead(): void {
    const { clock, headTimeoutMs } = this.#options;
    if (!this.#reader.isInHead || headTimeoutMs === null) this.#stopHeadTimer();
    else
      this.#headTimer ??= clock.after(headTimeoutMs, () => {
        this.meter.countSlowKill();
        this.connection.abort();
      });
  }

  #stopHeadTimer(): void {
    this.#headTimer?.cancel();
    this.#headTimer = null;
  }

  /** A request that is no HTTP is answered with a reset, as the device does. */
  #guard(read: () => void): void {
    try {
      read();
    } catch {
      this.#onGone();
      this.connection.abort();
    }
  }

  #onHead(text: string): HeadResult {
    const request = parseRequestHead(text);
    const framing = requestFraming(request);
    const stream = new Http1Stream(this, request, framing);
    this.#stream = stream;
    this.#start(stream);
    return this.#isDetached ? 'raw' : { framing, sink: stream.body };
  }

  #onEnd(): void {
    if (this.#isDetached) return;
    this.#isEnded = true;
    if (!this.#reader.finish()) {
      this.#onGone();
      this.connection.abort();
    } else this.#closeIfFinished();
  }

  #onGone(): void {
    this.#stopHeadTimer();
    const stream = this.#stream;
    this.#stream = null;
    stream?.onAbort?.();
  }
}

class Http1Stream implements ClientStream {
  readonly connection: ClientConnection;
  readonly request: RequestHead;
  readonly requestFraming: BodyFraming;
  readonly httpVersion: '1.0' | '1.1';
  readonly body: BodyQueue;
  onAbort: (() => void) | null = null;
  onDrain: (() => void) | null = null;
  readonly #client: Http1Client;
  #chunked: ChunkedWriter | null = null;
  #keepAlive: boolean;
  /** Held back so that head and first piece of the body leave together. */
  #unsentHead = '';

  constructor(client: Http1Client, request: RequestHead, framing: BodyFraming) {
    this.#client = client;
    this.connection = client.connection;
    this.request = request;
    this.requestFraming = framing;
    this.httpVersion = request.version;
    this.#keepAlive = isKeepAlive(request);
    this.body = new BodyQueue((isFlowing) => client.setFlowing(isFlowing));
  }

  startBody(sink: BodySink): void {
    this.body.deliverTo(sink);
  }

  pauseBody(): void {
    this.body.pause();
  }

  resumeBody(): void {
    this.body.resume();
  }

  interim(head: ResponseHead): void {
    if (this.httpVersion === '1.1') this.#client.write(serialiseResponse(head));
  }

  respond(head: ResponseHead, framing: BodyFraming): void {
    const headers = withoutHopByHop(head.headers);
    const isChunked = framing.kind === 'chunked' && this.httpVersion === '1.1';
    if (isChunked) {
      headers.add('Transfer-Encoding', 'chunked');
      this.#chunked = new ChunkedWriter((data) => this.#client.write(data));
    } else if (framing.kind === 'chunked' || framing.kind === 'until-close')
      this.#keepAlive = false;
    if (!this.#keepAlive) headers.add('Connection', 'close');
    else if (this.httpVersion === '1.0') headers.add('Connection', 'keep-alive');
    this.#unsentHead = serialiseResponse({ ...head, version: '1.1', headers });
  }

  write(chunk: Buffer): boolean {
    if (this.#chunked !== null) {
      this.#sendHead();
      return this.#chunked.data(chunk);
    }
    if (this.#unsentHead === '') return this.#client.write(chunk);
    const first = Buffer.allocUnsafe(this.#unsentHead.length + chunk.length);
    first.write(this.#unsentHead, 0, 'latin1');
    chunk.copy(first, this.#unsentHead.length);
    this.#unsentHead = '';
    return this.#client.write(first);
  }

  end(trailers: Headers | null): void {
    this.#sendHead();
    this.#chunked?.end(trailers);
    // A request body nobody read to its end would be taken for the next request.
    const isRead = this.requestFraming.kind === 'none' || this.body.isDelivered;
    this.#client.done(this.#keepAlive && isRead);
  }

  #sendHead(): void {
    if (this.#unsentHead === '') return;
    const head = this.#unsentHead;
    this.#unsentHead = '';
    this.#client.write(head);
  }

  reset(): void {
    this.connection.abort();
  }

  detach(): { socket: net.Socket; pending: Buffer | null } {
    this.#sendHead();
    return this.#client.detach();
  }
}
