// What Neutron's refusals become: its own status and words, kept for the API that passes them on.
import { LbaasError, type ErrorKind } from '@f5-lbaas/model';
import type { HttpResponse } from '@f5-lbaas/platform';

export function neutronUnavailable(why: string, cause?: unknown): LbaasError {
  return new LbaasError('unavailable', 'ERR_NEUTRON_UNAVAILABLE', `Neutron: ${why}`, {
    userMessage: 'The network service is not available. Please try again.',
    cause,
  });
}

const KINDS: Record<number, ErrorKind> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
};

/** Longest text that is passed on. */
const DETAIL_CHARACTERS_MAX = 500;

/** @param path of the call, for the operator */
export function neutronFailure(answer: HttpResponse, path: string): LbaasError {
  const { status } = answer;
  const kind = KINDS[status];
  if (kind === undefined) return neutronUnavailable(`${path} answered ${status}.`);
  const detail = messageOf(answer.body).slice(0, DETAIL_CHARACTERS_MAX);
  return new LbaasError(kind, 'ERR_NEUTRON_REFUSED', `Neutron refused ${path}: ${detail}`, {
    context: { status, detail },
    userMessage: detail,
  });
}

/** `{"NeutronError": {"message": ...}}`, or whatever text came. */
function messageOf(body: string): string {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return body;
  }
  return findMessage(document) ?? body;
}

function findMessage(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  if ('message' in document && typeof document.message === 'string') return document.message;
  return 'NeutronError' in document ? findMessage(document.NeutronError) : undefined;
}
