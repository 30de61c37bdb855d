// The demo's way to the lab: Keystone for a token, then the load-balancer API, as any tenant's program would.
import { type ErrorKind, LbaasError } from '@f5-lbaas/model';
import type { HttpClient } from '@f5-lbaas/platform';
import { isObject, type JsonObject } from '../http/fields.ts';
import type { CloudEntry, LabDescription } from '../lab/lab-description.ts';

export interface OpenstackClient {
  /** `path` below the load-balancer endpoint; answers the body's object, empty when there is no body. */
  send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<JsonObject>;
}

export interface ConnectOptions {
  http: HttpClient;
  lab: LabDescription;
  cloud: CloudEntry;
  /** Ends every request. */
  signal: AbortSignal;
}

const KINDS: Record<number, ErrorKind> = { 404: 'not_found', 409: 'conflict' };

function refused(method: string, url: string, status: number, body: string): LbaasError {
  const kind = KINDS[status] ?? 'unavailable';
  return new LbaasError(kind, 'ERR_REFUSED', `${method} ${url} answered ${status}: ${body.trim()}`);
}

function parse(body: string): JsonObject {
  const value: unknown = body === '' ? {} : JSON.parse(body);
  return isObject(value) ? value : {};
}

async function fetchToken(options: ConnectOptions): Promise<string> {
  const { http, lab, cloud, signal } = options;
  const domain = { id: 'default' };
  const user = { name: cloud.username, password: cloud.password, domain };
  const url = `${lab.auth_url}/auth/tokens`;
  const auth = {
    identity: { methods: ['password'], password: { user } },
    scope: { project: { name: cloud.project, domain } },
  };
  const answer = await http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
    signal,
  });
  const token = answer.headers['x-subject-token'];
  if (answer.status !== 201 || token === undefined) {
    throw refused('POST', url, answer.status, answer.body);
  }
  return token;
}

/**
 * @throws LbaasError kind `not_found` for a 404, `conflict` for a 409, `unavailable` for other refusals, with the API's own words
 */
export async function connect(options: ConnectOptions): Promise<OpenstackClient> {
  const { http, lab } = options;
  const token = await fetchToken(options);
  return {
    async send(method, path, body) {
      const url = `${lab.load_balancer_url}${path}`;
      const answer = await http.request({
        method,
        url,
        headers: { 'x-auth-token': token, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: options.signal,
      });
      if (answer.status >= 300) throw refused(method, url, answer.status, answer.body);
      return parse(answer.body);
    },
  };
}
