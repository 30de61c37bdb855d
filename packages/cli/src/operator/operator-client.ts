// The server's API for operators, `/operator/v1`, over REST.
import { LbaasError } from '@f5-lbaas/model';
import { createHttpClient } from '@f5-lbaas/platform';
import { asked, logIn, trustOf, type OpenstackVariables } from './openstack-session.ts';

interface ErrorEntry {
  kind: string;
  id: string;
  name: string;
  loadbalancer_id: string;
  project_id: string;
  reason: string | null;
  updated_at: string | null;
}

interface UnfinishedEntry {
  kind: string;
  id: string;
  name: string;
  provisioning_status: string;
  reason: string | null;
}

export interface LoadBalancerState {
  id: string;
  name: string;
  project_id: string;
  provisioning_status: string;
  operating_status: string;
  reason: string | null;
  revision: number;
  applied_revision: number;
  pending_since: string | null;
  agent: { host: string; alive: boolean; admin_state_up: boolean } | null;
  objects: UnfinishedEntry[];
}

export interface ErrorList {
  errors: ErrorEntry[];
  is_truncated: boolean;
}

/**
 * @param path below `/operator/v1/`
 * @param url base of the load-balancing API instead of the catalog's
 * @throws LbaasError with a sentence for the user
 */
export async function askServer<T>(
  path: string,
  variables: OpenstackVariables,
  url?: string,
): Promise<T> {
  const http = createHttpClient({ tls: trustOf(variables) });
  try {
    const session = await logIn(http, variables, url);
    const answer = await asked('The server', () =>
      http.request({
        method: 'GET',
        url: `${session.url.replace(/\/+$/, '')}/operator/v1/${path}`,
        headers: { 'X-Auth-Token': session.token, Accept: 'application/json' },
      }),
    );
    if (answer.status === 200) return JSON.parse(answer.body) as T;
    throw new LbaasError(
      'bad_request',
      'ERR_REFUSED',
      `The server refused (${answer.status}): ${wordsOf(answer.body)}`,
    );
  } finally {
    await http.close();
  }
}

function wordsOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: string } };
    return error?.message ?? body;
  } catch {
    return body;
  }
}
