// An administrator's log-in at Keystone (v3), as the `openstack` command takes it from the environment.
import { readFileSync } from 'node:fs';
import { LbaasError } from '@f5-lbaas/model';
import { HttpError, type HttpClient, type TlsTrust } from '@f5-lbaas/platform';

/** Variables by the names that the `openstack` command gives them. */
export type OpenstackVariables = Readonly<Record<string, string | undefined>>;

export interface OpenstackSession {
  token: string;
  /** Base URL of the load-balancing API. */
  url: string;
}

interface TokenDocument {
  token?: {
    catalog?: {
      type?: string;
      endpoints?: { interface?: string; region_id?: string; region?: string; url?: string }[];
    }[];
  };
}

const REQUEST_TIMEOUT_MS = 10_000;

function wrong(message: string): LbaasError {
  return new LbaasError('bad_request', 'ERR_OPENSTACK_LOGIN', message);
}

function required(variables: OpenstackVariables, name: string): string {
  const value = variables[name];
  if (value !== undefined && value !== '') return value;
  throw wrong(`${name} is not set: log in as for the openstack command.`);
}

/** Trust for HTTPS. @throws LbaasError `bad_request` */
export function trustOf(variables: OpenstackVariables): TlsTrust {
  const file = variables['OS_CACERT'];
  if (file === undefined || file === '') return {};
  try {
    return { ca: readFileSync(file, 'utf8') };
  } catch {
    throw wrong(`The file '${file}' of OS_CACERT cannot be read.`);
  }
}

function loginOf(variables: OpenstackVariables): object {
  const domain = (kind: 'USER' | 'PROJECT'): object => {
    const id = variables[`OS_${kind}_DOMAIN_ID`];
    const name = variables[`OS_${kind}_DOMAIN_NAME`] ?? 'Default';
    return id === undefined ? { name } : { id };
  };
  const user = {
    name: required(variables, 'OS_USERNAME'),
    password: required(variables, 'OS_PASSWORD'),
    domain: domain('USER'),
  };
  const project = { name: required(variables, 'OS_PROJECT_NAME'), domain: domain('PROJECT') };
  return {
    auth: { identity: { methods: ['password'], password: { user } }, scope: { project } },
  };
}

/** @throws LbaasError: variables are missing, Keystone refuses or cannot be reached, no endpoint */
export async function logIn(
  http: HttpClient,
  variables: OpenstackVariables,
  url: string | undefined,
): Promise<OpenstackSession> {
  const base = required(variables, 'OS_AUTH_URL').replace(/\/+(v\d[^/]*\/*)?$/, '');
  const body = JSON.stringify(loginOf(variables));
  const answer = await asked('Keystone', () =>
    http.request({
      ...{ method: 'POST', url: `${base}/v3/auth/tokens`, body, timeoutMs: REQUEST_TIMEOUT_MS },
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    }),
  );
  const token = answer.headers['x-subject-token'];
  if (answer.status !== 201 || token === undefined) {
    throw wrong(`Keystone refused the log-in (${answer.status}).`);
  }
  return { token, url: url ?? endpointIn(answer.body, variables) };
}

function endpointIn(body: string, variables: OpenstackVariables): string {
  const region = variables['OS_REGION_NAME'] ?? '';
  const wanted = variables['OS_INTERFACE'] ?? 'public';
  const { token } = JSON.parse(body) as TokenDocument;
  const service = token?.catalog?.find(({ type }) => type === 'load-balancer');
  const found = service?.endpoints?.find(
    (one) =>
      one.interface === wanted && (region === '' || (one.region_id ?? one.region) === region),
  );
  if (found?.url !== undefined) return found.url;
  throw wrong(`The catalog has no ${wanted} endpoint of type load-balancer: give --url.`);
}

/** @throws LbaasError `unavailable` when there is no answer */
export async function asked<T>(whom: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const message = `${whom} does not answer: ${error.message}`;
    throw new LbaasError('unavailable', 'ERR_NO_ANSWER', message, { cause: error });
  }
}
