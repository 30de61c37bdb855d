// HTTP/2 towards the client: every stream is one exchange; towards the member it becomes HTTP/1.1.
import * as http2 from 'node:http2';
import type { ClientConnection } from '../client/client-connection.ts';
import type { TrafficMeter } from '../traffic-meter.ts';
import { BodyQueue } from './body-queue.ts';
import type { BodySink } from './body-decoder.ts';
import type { ClientStream } from './client-stream.ts';
import type { BodyFraming } from './framing.ts';
import { Headers } from './headers.ts';
import { withoutHopByHop } from './hop-by-hop.ts';
import type { ExchangeStarter } from './http1-client.ts';
import { isRequestLine, type RequestHead, type ResponseHead } from './message-head.ts';

/** Default of the device's http2 profile. */
const STREAMS_MAX = 10;

export function serveHttp2(
  connection: ClientConnection,
  meter: TrafficMeter,
  start: ExchangeStarter,
): void {
  const session = http2.performServerHandshake(connection.socket, {
    settings: { maxConcurrentStreams: STREAMS_MAX },
  });
  session.on('error', () => undefined);
  const onStream = (
    stream: http2.ServerHttp2Stream,
    _headers: http2.IncomingHttpHeaders,
    _flags: number,
    rawHeaders: string[],
  ): void => {
    stream.on('error', () => undefined);
    const request = requestHead(rawHeaders);
    if (request === undefined) stream.close(http2.constants.NGHTTP2_PROTOCOL_ERROR);
    else start(new Http2Stream(connection, meter, stream, request));
  };
  session.on('stream', onStream);
}

/** @param raw names and values alternating, pseudo headers first */
function requestHead(raw: readonly string[]): RequestHead | undefined {
  const pseudo = new Map<string, string>();
  const headers = new Headers();
  const cookies: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (name === 'cookie') cookies.push(value);
    else headers.add(name, value);
  }
  // HTTP/2 may split the cookie field; HTTP/1 may not.
  if (cookies.length > 0) headers.add('cookie', cookies.join('; '));
  const authority = pseudo.get(':authority');
  if (authority !== undefined) headers.set('Host', authority);
  const [method, target] = [pseudo.get(':method'), pseudo.get(':path')];
  if (method === undefined || target === undefined) return undefined;
  if (!isRequestLine(method, target)) return undefined;
  return { method, target, version: '1.1', headers };
}

class Http2Stream implements ClientStream {
  readonly connection: ClientConnection;
  readonly request: RequestHead;
  readonly requestFraming: BodyFraming;
  readonly httpVersion = '2';
  onAbort: (() => void) | null = null;
  onDrain: (() => void) | null = null;
  readonly #meter: TrafficMeter;
  readonly #stream: http2.ServerHttp2Stream;
  readonly #body: BodyQueue;
  #trailers: Headers | null = null;
  #isDone = false;

  constructor(
    connection: ClientConnection,
    meter: TrafficMeter,
    stream: http2.ServerHttp2Stream,
    request: RequestHead,
  ) {
    this.connection = connection;
    this.request = request;
    this.#meter = meter;
    this.#stream = stream;
    this.requestFraming = framingOf(stream, request);
    this.#body = new BodyQueue((isFlowing) => (isFlowing ? stream.resume() : stream.pause()));
    meter.countIn(request.headers.serialise().length);
    stream.on('data', (chunk: Buffer) => {
      meter.countIn(chunk.length);
      this.#body.data(chunk);
    });
    stream.on('end', () => this.#body.end(null));
    stream.on('drain', () => this.onDrain?.());
    stream.on('wantTrailers', () => stream.sendTrailers(fieldsOf(this.#trailers)));
    stream.on('close', () => {
      if (!this.#isDone) this.onAbort?.();
    });
  }

  startBody(sink: BodySink): void {
    this.#body.deliverTo(sink);
  }

  pauseBody(): void {
    this.#body.pause();
  }

  resumeBody(): void {
    this.#body.resume();
  }

  interim(head: ResponseHead): void {
    if (head.status !== 101 && this.#isOpen)
      this.#stream.additionalHeaders({ ':status': head.status, ...fieldsOf(head.headers) });
  }

  respond(head: ResponseHead, framing: BodyFraming): void {
    if (!this.#isOpen) return;
    const headers = withoutHopByHop(head.headers);
    this.#meter.countOut(headers.serialise().length);
    this.#stream.respond(
      { ':status': head.status, ...fieldsOf(headers) },
      { waitForTrailers: framing.kind === 'chunked' },
    );
  }

  write(chunk: Buffer): boolean {
    if (!this.#isOpen) return true;
    this.#meter.countOut(chunk.length);
    return this.#stream.write(chunk);
  }

  end(trailers: Headers | null): void {
    this.#isDone = true;
    this.#trailers = trailers;
    if (this.#isOpen) this.#stream.end();
  }

  reset(): void {
    this.#isDone = true;
    this.#stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** HTTP/2 has no way to hand a connection over. */
  detach(): null {
    return null;
  }

  get #isOpen(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }
}

function framingOf(stream: http2.ServerHttp2Stream, request: RequestHead): BodyFraming {
  if (stream.endAfterHeaders) return { kind: 'none' };
  const length = request.headers.get('content-length');
  return length === undefined ? { kind: 'chunked' } : { kind: 'length', length: Number(length) };
}

function fieldsOf(headers: Headers | null): http2.OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of headers ?? []) {
    const lower = name.toLowerCase();
    const current = fields[lower];
    if (current === undefined) fields[lower] = value;
    else fields[lower] = Array.isArray(current) ? [...current, value] : [current, value];
  }
  return fields;
}
