// Neutron's own documents (extensions, quotas, service providers) as far as they are also about load balancing:
// what the real Neutron says, when there is one behind, with ours put in.
import { HttpError, type HttpClient } from '@f5-lbaas/platform';

import type { Answer, Call } from '../api/shared/http-call.ts';
import { isDictionary } from '../api/shared/neutron/attribute-types.ts';
import { neutronError } from '../api/shared/neutron/request-error.ts';

export interface NeutronDocuments {
  /**
   * Sends a request on the caller's behalf.
   * @param path with `/v2.0` and query
   * @returns undefined when there is no Neutron behind, or it does not know the path
   * @throws LbaasError kind `unavailable`
   */
  request(
    call: Pick<Call, 'identity'>,
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Answer | undefined>;
}

const TIMEOUT_MS = 30_000;

export function neutronDocuments(http: HttpClient, upstream: string | undefined): NeutronDocuments {
  return {
    async request({ identity }, method, path, body) {
      if (upstream === undefined) return undefined;
      const headers = { 'x-auth-token': identity.token, 'content-type': 'application/json' };
      try {
        const answer = await http.request({
          ...{ method, url: `${upstream}${path}`, headers, timeoutMs: TIMEOUT_MS },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (answer.status === 404) return undefined;
        return { status: answer.status, body: parsed(answer.body) };
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        const message = 'The network service does not answer.';
        throw neutronError('unavailable', 'ServiceUnavailable', message);
      }
    },
  };
}

function parsed(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The list under `key` of a document; empty when it is not one. */
export function listIn(answer: Answer | undefined, key: string): Record<string, unknown>[] {
  const list = isDictionary(answer?.body) ? answer.body[key] : undefined;
  return Array.isArray(list) ? list.filter(isDictionary) : [];
}

/** Neutron's own refusal, which goes to the client as it is. */
export function refusalIn(answer: Answer | undefined): Answer | undefined {
  return answer !== undefined && answer.status >= 400 ? answer : undefined;
}
