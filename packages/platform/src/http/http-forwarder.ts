// Passes requests on to another HTTP server as they come, bodies as streams in both directions.
// What belongs to one connection only (RFC 9110, 7.6.1) stays behind; everything else goes through unchanged.
import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import { HttpError, describeFailure, failurePhase } from './http-error.ts';
import { tlsConnector, type TlsTrust } from './tls-connector.ts';

export type HeaderMap = Record<string, string | string[] | undefined>;

interface ForwardedRequest {
  method: string;
  /** Absolute URL of the server, without a trailing slash. */
  base: string;
  /** Below it, with query: sent as it is, without the rewriting that goes with parsing URLs. */
  path: string;
  headers: HeaderMap;
  /** Null: the request has no body. */
  body: Readable | null;
  signal: AbortSignal;
}

interface ForwardedAnswer {
  status: number;
  reason: string;
  headers: HeaderMap;
  body: Readable;
}

export interface HttpForwarder {
  /** @throws HttpError when there is no answer; the signal's reason when aborted */
  forward(request: ForwardedRequest): Promise<ForwardedAnswer>;
  /** Ends idle connections and waits for running requests. */
  close(): Promise<void>;
}

export interface HttpForwarderOptions {
  tls?: TlsTrust | undefined;
  /** Connections; further requests wait. @default 64 */
  connections?: number;
  /** Until the answer begins. @default 300000 */
  answerTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const OF_ONE_CONNECTION = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Answered on this connection already.
  'expect',
];

function passedOn(headers: HeaderMap): Record<string, string | string[]> {
  const named = [headers['connection']].flat().join(',').toLowerCase().split(',');
  const stay = new Set([...OF_ONE_CONNECTION, ...named.map((name) => name.trim())]);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || stay.has(name.toLowerCase()) ? [] : [[name, value] as const],
    ),
  );
}

/** @throws TypeError for a malformed `tls` */
export function createHttpForwarder(options: HttpForwarderOptions = {}): HttpForwarder {
  const dispatcher = new Agent({
    connections: options.connections ?? 64,
    pipelining: 1,
    connect: tlsConnector({
      tls: options.tls,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      serverName: undefined,
    }),
    headersTimeout: options.answerTimeoutMs ?? 300_000,
    bodyTimeout: 0,
  });
  return {
    async forward({ method, base, path, headers, body, signal }) {
      signal.throwIfAborted();
      const { origin, pathname } = new URL(base);
      try {
        const answer = await dispatcher.request({
          origin,
          path: `${pathname.replace(/\/$/, '')}${path}`,
          method,
          headers: passedOn(headers),
          body,
          signal,
        });
        return {
          status: answer.statusCode,
          reason: answer.statusText,
          headers: passedOn(answer.headers),
          body: answer.body,
        };
      } catch (error) {
        signal.throwIfAborted();
        const where = `${origin}${path.split('?', 1)[0] ?? ''}`;
        const message = `${method} ${where} failed: ${describeFailure(error)}`;
        throw new HttpError(failurePhase(error), message, error);
      }
    },
    close: () => dispatcher.close(),
  };
}
