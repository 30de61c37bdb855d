// The one configured HTTP(S) client: TLS trust, timeouts, abort, connection reuse, bounded pool.
// It never retries: whether a repetition is safe is known only to its users.
import { Agent, request as undiciRequest } from 'undici';
import { HttpError, describeFailure, failurePhase } from './http-error.ts';
import { tlsConnector, type TlsTrust } from './tls-connector.ts';

export interface HttpClientOptions {
  tls?: TlsTrust | undefined;
  /** Name to present and verify in TLS where it differs from the URL's host. */
  serverName?: string;
  /** @default 5000 */
  connectTimeoutMs?: number;
  /** From sending to the last byte of the answer, unless the request says otherwise. @default 30000 */
  requestTimeoutMs?: number;
  /** Connections per origin; further requests wait. @default 8 */
  connections?: number;
  /** Longest answer accepted. @default 256 MiB */
  bodyBytesMax?: number;
}

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Absolute URL. */
  url: string | URL;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** How the answer's bytes become text; `latin1` keeps each byte as one character. @default 'utf8' */
  encoding?: 'utf8' | 'latin1';
}

export interface HttpResponse {
  status: number;
  /** Names in lower case; repeated headers joined with `, `. */
  headers: Record<string, string>;
  body: string;
}

export interface HttpClient {
  /**
   * @returns the answer, whatever its status
   * @throws HttpError when there is none; the signal's reason when aborted
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Ends idle connections and waits for running requests. Idempotent. */
  close(): Promise<void>;
}

const DEFAULT_BODY_BYTES_MAX = 256 * 1024 * 1024;

function plainHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** @throws TypeError for a malformed `tls` */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
  const requestTimeoutMs = options.requestTimeoutMs ?? 30_000;
  const dispatcher = new Agent({
    connections: options.connections ?? 8,
    pipelining: 1,
    connect: tlsConnector({ tls: options.tls, connectTimeoutMs, serverName: options.serverName }),
    maxResponseSize: options.bodyBytesMax ?? DEFAULT_BODY_BYTES_MAX,
    // The whole exchange is bounded below; these two would cut long transfers for no gain.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function request(req: HttpRequest): Promise<HttpResponse> {
    req.signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(req.timeoutMs ?? requestTimeoutMs);
    const signal = req.signal === undefined ? timeout : AbortSignal.any([req.signal, timeout]);
    try {
      const response = await undiciRequest(req.url, {
        dispatcher,
        method: req.method,
        signal,
        ...(req.headers === undefined ? {} : { headers: req.headers }),
        ...(req.body === undefined ? {} : { body: req.body }),
      });
      const body =
        req.encoding === 'latin1'
          ? Buffer.from(await response.body.arrayBuffer()).toString('latin1')
          : await response.body.text();
      return { status: response.statusCode, headers: plainHeaders(response.headers), body };
    } catch (error) {
      req.signal?.throwIfAborted();
      const url = new URL(req.url);
      const why = timeout.aborted ? 'timed out' : `failed: ${describeFailure(error)}`;
      throw new HttpError(
        failurePhase(error),
        `${req.method} ${url.origin}${url.pathname} ${why}`,
        error,
      );
    }
  }

  let closing: Promise<void> | undefined;
  return {
    request,
    close: () => (closing ??= dispatcher.close()),
  };
}
