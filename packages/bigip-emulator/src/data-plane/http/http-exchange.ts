// The life of one HTTP request: choose a member, send it there, bring the response back. Tries again elsewhere as
// long as nobody can have noticed.
// Invariants: `#server` is set while a server connection belongs to this exchange; after `#isOver` nothing is written.
import type { BodySink } from './body-decoder.ts';
import { ChunkedWriter } from './chunked-writer.ts';
import type { ClientStream } from './client-stream.ts';
import type { BodyFraming } from './framing.ts';
import type { Headers } from './headers.ts';
import { isUpgradeRequest } from './hop-by-hop.ts';
import { serialiseRequest, type RequestHead, type ResponseHead } from './message-head.ts';
import type { ResponseHandler, ServerConnection } from './server-connection.ts';
import type { Member } from '../pool/member.ts';
import { splice } from '../tcp/splice.ts';
import type { TrafficMeter } from '../traffic-meter.ts';

/** Where server connections of an exchange come from and go to. */
export interface ServerSource {
  /**
   * A connection to the wanted member, or to another one while the wanted one cannot be reached.
   * @param tried members that failed this exchange
   * @returns null when no member is available
   */
  acquire(tried: ReadonlySet<Member>): ServerConnection | null | Promise<ServerConnection | null>;
  /** The exchange is over; the connection may serve another. */
  release(connection: ServerConnection): void;
}

export interface ExchangeOptions {
  stream: ClientStream;
  /** As it goes to the member. */
  request: RequestHead;
  source: ServerSource;
  meter: TrafficMeter;
  /** Last changes to the response head before it goes to the client; false refuses it with a reset. */
  onResponse: (head: ResponseHead, server: ServerConnection) => boolean;
  /** A member was chosen and connected. */
  onServer: (server: ServerConnection) => void;
  /** No member is available: ends the stream. */
  onNoServer: () => void;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
/** A request body up to this size is kept until the response begins, so that it can be sent again. */
const REPLAY_BYTES_MAX = 65_536;
/** Attempts on connections that turned out stale, besides one attempt per member. */
const STALE_TRIES_MAX = 3;

/** Handles its own response and takes its body: one object per request, not one per callback. */
export class HttpExchange implements ResponseHandler, BodySink {
  readonly #options: ExchangeOptions;
  readonly #tried = new Set<Member>();
  #server: ServerConnection | null = null;
  #bodyWriter: ChunkedWriter | null = null;
  #staleTries = 0;
  #isRequestSent = false;
  #isResponseBegun = false;
  #isOver = false;
  #isBodyStarted = false;
  /** Null once the body is too large to be sent again. */
  #replay: Buffer[] | null = [];
  #replayBytes = 0;
  #replayTrailers: Headers | null = null;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  start(): void {
    const { stream } = this.#options;
    stream.onAbort = () => this.#abandon();
    stream.onDrain = () => this.#server?.socket.resume();
    this.#connect();
  }

  #connect(): void {
    const connection = this.#options.source.acquire(this.#tried);
    if (connection instanceof Promise) void connection.then((server) => this.#connected(server));
    else this.#connected(connection);
  }

  #connected(server: ServerConnection | null): void {
    if (this.#isOver) server?.destroy();
    else if (server === null) {
      this.#isOver = true;
      this.#options.onNoServer();
    } else this.#send(server);
  }

  #send(server: ServerConnection): void {
    const { stream, request } = this.#options;
    this.#server = server;
    server.onAbort = () => stream.reset();
    server.begin(request.method, this);
    this.#options.onServer(server);
    this.#bodyWriter =
      stream.requestFraming.kind === 'chunked'
        ? new ChunkedWriter((data) => server.write(data))
        : null;
    server.member.meter.countRequest();
    server.write(serialiseRequest(request));
    if (stream.requestFraming.kind === 'none') this.#requestSent();
    else if (!this.#isBodyStarted) this.#startBody();
    else this.#sendAgain();
  }

  #startBody(): void {
    this.#isBodyStarted = true;
    this.#options.stream.startBody({
      data: (chunk) => {
        if (this.#isOver) return;
        this.#keepForReplay(chunk);
        if (!this.#writeBody(chunk)) this.#options.stream.pauseBody();
      },
      end: (trailers) => {
        if (this.#isOver) return;
        this.#replayTrailers = trailers;
        this.#bodyWriter?.end(trailers);
        this.#requestSent();
      },
    });
  }

  #writeBody(chunk: Buffer): boolean {
    if (this.#bodyWriter !== null) return this.#bodyWriter.data(chunk);
    return this.#server?.write(chunk) ?? true;
  }

  #keepForReplay(chunk: Buffer): void {
    this.#replayBytes += chunk.length;
    if (this.#replayBytes > REPLAY_BYTES_MAX) this.#replay = null;
    this.#replay?.push(chunk);
  }

  #sendAgain(): void {
    for (const chunk of this.#replay ?? []) this.#writeBody(chunk);
    this.#bodyWriter?.end(this.#replayTrailers);
    this.#requestSent();
  }

  #requestSent(): void {
    this.#isRequestSent = true;
  }

  interim(head: ResponseHead): void {
    this.#options.stream.interim(head);
  }

  drained(): void {
    this.#options.stream.resumeBody();
  }

  response(head: ResponseHead, framing: BodyFraming): BodySink {
    const { stream, onResponse } = this.#options;
    this.#isResponseBegun = true;
    const server = this.#server;
    if (server !== null && !onResponse(head, server)) this.#refuse();
    else stream.respond(head, framing);
    return this;
  }

  /** Of the response's body. */
  data(chunk: Buffer): void {
    if (!this.#isOver && !this.#options.stream.write(chunk)) this.#server?.socket.pause();
  }

  end(trailers: Headers | null): void {
    if (this.#isOver) return;
    this.#finishServer();
    this.#isOver = true;
    this.#options.stream.end(trailers);
  }

  /** An answer before the end of the request leaves the server connection in an unknown state. */
  #finishServer(): void {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    server.onAbort = null;
    server.socket.resume();
    if (!this.#isRequestSent) server.retire();
    server.release();
    this.#options.source.release(server);
  }

  upgraded(head: ResponseHead): void {
    const { stream, meter } = this.#options;
    const server = this.#server;
    if (!asksForUpgrade(this.#options.request)) {
      this.#refuse();
      return;
    }
    stream.interim(head);
    const client = stream.detach();
    if (server === null || client === null) {
      this.#refuse();
      return;
    }
    this.#isOver = true;
    server.onAbort = () => stream.reset();
    const memberMeter = server.member.meter;
    const early = server.detach();
    if (client.pending !== null) server.write(client.pending);
    if (early !== null) client.socket.write(early);
    splice(
      {
        stream: client.socket,
        count: (bytes) => {
          meter.countIn(bytes);
          memberMeter.countIn(bytes);
        },
        abort: () => stream.connection.abort(),
      },
      {
        stream: server.socket,
        count: (bytes) => {
          meter.countOut(bytes);
          memberMeter.countOut(bytes);
        },
        abort: () => server.destroy(),
      },
    );
  }

  /** The server connection broke before the response was complete. */
  failed(): void {
    const server = this.#server;
    this.#server = null;
    if (this.#isOver || server === null) return;
    if (this.#isResponseBegun || !this.#mayTryAgain(server)) {
      this.#isOver = true;
      this.#options.stream.reset();
      return;
    }
    this.#isRequestSent = false;
    this.#connect();
  }

  /** Nothing of a response was seen, and a second execution does no harm. */
  #mayTryAgain(server: ServerConnection): boolean {
    const { request, stream } = this.#options;
    const isStale = server.uses > 1;
    if (!isStale) this.#tried.add(server.member);
    else if ((this.#staleTries += 1) > STALE_TRIES_MAX) return false;
    const isReplayable =
      stream.requestFraming.kind === 'none' || (this.#isRequestSent && this.#replay !== null);
    return isReplayable && IDEMPOTENT.has(request.method);
  }

  /** What the member sent must not reach the client. */
  #refuse(): void {
    this.#abandon();
    this.#options.stream.reset();
  }

  /** The client is gone. */
  #abandon(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#server?.destroy();
    this.#server = null;
  }
}

/** A member that changes the protocol unasked would make its next bytes pass for something they are not. */
function asksForUpgrade({ method, headers }: RequestHead): boolean {
  return method === 'CONNECT' || isUpgradeRequest(headers);
}
