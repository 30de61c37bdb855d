// Barbican (key manager, API v1) as this product uses it: containers, payloads of secrets, read access for a user.
// It never repeats a request but one whose token was refused.
import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { BarbicanError } from './barbican-error.ts';
import { parseSecretRef, type SecretRef } from './secret-ref.ts';

/** Where Barbican is and who asks. */
export interface BarbicanAccess {
  /** Base URL, with or without `/v1`. @throws BarbicanError `unavailable` */
  endpoint(): Promise<string>;
  /** @throws BarbicanError `unavailable` */
  token(): Promise<string>;
  /** Forgets a token that was refused. */
  dropToken(token: string): void;
}

export interface SecretPayload {
  content: Buffer;
  /** `text/plain`, `application/octet-stream`, `application/pkcs8` ... */
  contentType: string;
}

const REQUEST_TIMEOUT_MS = 10_000;

type Json = Record<string, unknown>;

function asJson(body: string, what: string): Json {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    // Falls through: the content may be secret, so the parser's message is not passed on.
  }
  throw new BarbicanError('unavailable', `Barbican answered something else than JSON for ${what}.`);
}

function failureOf(status: number, what: string): BarbicanError {
  if (status === 404) return new BarbicanError('absent', `${what} does not exist.`);
  if (status === 401 || status === 403) {
    return new BarbicanError('forbidden', `${what} may not be read.`);
  }
  return new BarbicanError('unavailable', `Barbican answered ${status} for ${what}.`);
}

export class BarbicanClient {
  readonly #http: HttpClient;
  readonly #access: BarbicanAccess;

  constructor(http: HttpClient, access: BarbicanAccess) {
    this.#http = http;
    this.#access = access;
  }

  /** Secrets of a container by name, e.g. `certificate`, `private_key`. @throws BarbicanError */
  async container(ref: SecretRef, signal?: AbortSignal): Promise<Map<string, SecretRef>> {
    const what = `Container ${ref.id}`;
    const document = asJson((await this.#get(`containers/${ref.id}`, what, { signal })).body, what);
    const entries = document['secret_refs'];
    if (!Array.isArray(entries)) throw new BarbicanError('malformed', `${what} has no secrets.`);
    return new Map(
      (entries as Json[]).map(({ name, secret_ref: secret }) => [
        String(name),
        parseSecretRef(String(secret)),
      ]),
    );
  }

  /** @throws BarbicanError */
  async payload({ id }: SecretRef, signal?: AbortSignal): Promise<SecretPayload> {
    const what = `Secret ${id}`;
    const document = asJson((await this.#get(`secrets/${id}`, what, { signal })).body, what);
    const types = document['content_types'] as Json | undefined;
    const contentType = types?.['default'];
    if (typeof contentType !== 'string') {
      throw new BarbicanError('malformed', `${what} has no payload.`);
    }
    const accept = contentType.split(';')[0] ?? contentType;
    const answer = await this.#get(`secrets/${id}/payload`, what, {
      signal,
      encoding: 'latin1',
      headers: { Accept: accept },
    });
    return { content: Buffer.from(answer.body, 'latin1'), contentType: accept };
  }

  /** Lets a user read a secret or container in addition to those who may already. @throws BarbicanError */
  async allowRead({ kind, id }: SecretRef, userId: string): Promise<void> {
    const what = `${kind === 'secrets' ? 'Secret' : 'Container'} ${id}`;
    const current = asJson((await this.#get(`${kind}/${id}/acl`, what, {})).body, what);
    const read = (current['read'] ?? {}) as Json;
    const users = Array.isArray(read['users']) ? (read['users'] as string[]) : [];
    if (users.includes(userId)) return;
    const acl = { read: { users: [...users, userId] } };
    await this.#send(`${kind}/${id}/acl`, what, {
      method: 'PATCH',
      body: JSON.stringify(acl),
      headers: { 'Content-Type': 'application/json' },
    });
  }

  #get(path: string, what: string, more: Partial<HttpRequest>): Promise<HttpResponse> {
    return this.#send(path, what, { method: 'GET', ...more });
  }

  async #send(path: string, what: string, request: Partial<HttpRequest>): Promise<HttpResponse> {
    let answer = await this.#once(path, request);
    if (answer.status === 401) answer = await this.#once(path, request);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw failureOf(answer.status, what);
  }

  async #once(path: string, request: Partial<HttpRequest>): Promise<HttpResponse> {
    const endpoint = (await this.#access.endpoint()).replace(/\/+(v1\/*)?$/, '');
    const token = await this.#access.token();
    try {
      const answer = await this.#http.request({
        method: 'GET',
        timeoutMs: REQUEST_TIMEOUT_MS,
        ...request,
        url: `${endpoint}/v1/${path}`,
        headers: { Accept: 'application/json', ...request.headers, 'X-Auth-Token': token },
      });
      if (answer.status === 401) this.#access.dropToken(token);
      return answer;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw new BarbicanError('unavailable', `Barbican: ${error.message}`, error);
    }
  }
}
