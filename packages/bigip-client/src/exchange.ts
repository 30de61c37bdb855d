// One request to the device, with everything that may be repeated without harm repeated here: expired tokens,
// a device that says "not now", reads whose answer was lost. A write whose fate is unknown is never repeated.
// Invariant: at most one write and `READS_AT_ONCE` reads of this client are on the wire at a time.
import {
  HttpError,
  backoffDelayMs,
  createKeyedLock,
  createLimiter,
  type Backoff,
  type Clock,
  type HttpClient,
  type Random,
} from '@f5-lbaas/platform';
import { classify, type Answer } from './classify.ts';
import { DeviceError, type DeviceErrorKind } from './errors.ts';
import type { JsonObject } from './json.ts';
import { absolutePath } from './paths.ts';
import type { Session } from './session.ts';

export interface RequestEvent {
  method: string;
  path: string;
  /** HTTP status, 0 when no answer came. */
  status: number;
  durationMs: number;
}

export interface ExchangeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/mgmt/tm` unless it starts with `/mgmt/`. */
  path: string;
  body?: JsonObject | undefined;
  /** Instead of a JSON body: bytes, sent as `application/octet-stream`. */
  bytes?: Buffer | undefined;
  headers?: Record<string, string> | undefined;
  timeoutMs?: number | undefined;
  /** Repeating the request does no harm even if it took effect. @default true for GET only */
  repeatable?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface RetryPolicy {
  /** Tries in all when the device says "not now" or cannot be reached. */
  attempts: number;
  backoff: Backoff;
}

export interface ExchangeOptions {
  http: HttpClient;
  session: Session;
  origin: string;
  clock: Clock;
  random: Random;
  retry: RetryPolicy;
  timeoutMs: number;
  onRequest: (event: RequestEvent) => void;
}

const READS_AT_ONCE = 4;

type Attempt =
  | { kind: 'answer'; answer: Answer; headers: Record<string, string> }
  | { kind: 'failure'; failure: HttpError }
  | { kind: 'login'; failure: DeviceError };

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #reads = createLimiter(READS_AT_ONCE);
  readonly #writes = createKeyedLock();

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** @throws DeviceError for everything but a 2xx answer; the signal's reason when aborted */
  async send(request: ExchangeRequest): Promise<Answer> {
    const { clock, random, retry } = this.#options;
    let loginsLeft = 1;
    for (let attempt = 1; ; attempt += 1) {
      request.signal?.throwIfAborted();
      const result = await this.#turn(request);
      if (result.kind === 'answer' && result.answer.kind === 'ok') return result.answer;
      if (
        result.kind === 'answer' &&
        result.answer.kind === 'unauthenticated' &&
        this.#options.session.rejected(result.headers) &&
        loginsLeft > 0
      ) {
        loginsLeft -= 1;
        continue;
      }
      const error = this.#errorOf(request, result);
      if (!this.#mayRepeat(request, error) || attempt >= retry.attempts) throw error;
      await clock.sleep(backoffDelayMs(retry.backoff, attempt, random), request.signal);
    }
  }

  #turn(request: ExchangeRequest): Promise<Attempt> {
    const once = (): Promise<Attempt> => this.#once(request);
    return request.method === 'GET'
      ? this.#reads.run(once)
      : this.#writes.run('write', once, request.signal);
  }

  async #once(request: ExchangeRequest): Promise<Attempt> {
    const { http, session, origin, clock } = this.#options;
    const path = absolutePath(request.path);
    const startedMs = clock.nowMs();
    let status = 0;
    let headers: Record<string, string>;
    try {
      headers = await session.headers();
    } catch (error) {
      if (error instanceof DeviceError) return { kind: 'login', failure: error };
      if (error instanceof HttpError) {
        return { kind: 'failure', failure: new HttpError('connect', error.message, error.cause) };
      }
      throw error;
    }
    try {
      const response = await http.request({
        method: request.method,
        url: origin + path,
        headers: { ...headers, ...request.headers, 'content-type': contentTypeOf(request) },
        timeoutMs: request.timeoutMs ?? this.#options.timeoutMs,
        signal: request.signal,
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...(request.bytes === undefined ? {} : { body: request.bytes }),
      });
      status = response.status;
      return { kind: 'answer', answer: classify(response.status, response.body), headers };
    } catch (error) {
      if (error instanceof HttpError) return { kind: 'failure', failure: error };
      throw error;
    } finally {
      const durationMs = clock.nowMs() - startedMs;
      this.#options.onRequest({ method: request.method, path, status, durationMs });
    }
  }

  #mayRepeat(request: ExchangeRequest, error: DeviceError): boolean {
    return error.kind === 'not_ready' || error.kind === 'unreachable'
      ? true
      : error.kind === 'unknown_outcome' && isRepeatable(request);
  }

  #errorOf(request: ExchangeRequest, result: Attempt): DeviceError {
    const name = `${request.method} ${absolutePath(request.path).split('?')[0] ?? ''}`;
    if (result.kind === 'login') return result.failure;
    if (result.kind === 'failure') {
      const { failure } = result;
      const kind = failure.phase === 'connect' ? 'unreachable' : lostKind(request);
      return new DeviceError({ kind, message: failure.message, request: name, cause: failure });
    }
    const { answer } = result;
    const kind = answer.kind === 'interrupted' ? 'unknown_outcome' : answer.kind;
    return new DeviceError({
      kind: kind === 'ok' ? 'refused' : kind,
      message: answer.message,
      request: name,
      status: answer.status,
      mcpCode: answer.mcpCode,
    });
  }
}

function contentTypeOf({ bytes }: ExchangeRequest): string {
  return bytes === undefined ? 'application/json' : 'application/octet-stream';
}

function isRepeatable(request: ExchangeRequest): boolean {
  return request.repeatable ?? request.method === 'GET';
}

/** A read has no effect, so one whose answer was lost is merely a device that cannot be reached. */
function lostKind(request: ExchangeRequest): DeviceErrorKind {
  return request.method === 'GET' ? 'unreachable' : 'unknown_outcome';
}
