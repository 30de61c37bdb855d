// Errors as Neutron answers them: `{"NeutronError": {"type", "message", "detail"}}`, by kind of error unless the
// API has words of its own for the code.
import type { ErrorKind, LbaasError } from '@f5-lbaas/model';

import { UNAUTHENTICATED_BODY } from '../authentication.ts';
import type { Answer } from '../http-call.ts';
import { NEUTRON_REFUSAL } from './request-error.ts';

export interface Words {
  type: string;
  /** @default what the error says itself */
  message?: string;
  /** @default that of the error's kind */
  status?: number;
}

/** Code of an error -> its words in one API. */
export type FaultWords = Readonly<Record<string, (error: LbaasError) => Words>>;

const BY_KIND: Record<ErrorKind, { status: number; type: string }> = {
  bad_request: { status: 400, type: 'BadRequest' },
  unauthenticated: { status: 401, type: 'Unauthorized' },
  forbidden: { status: 403, type: 'PolicyNotAuthorized' },
  quota: { status: 409, type: 'OverQuota' },
  not_found: { status: 404, type: 'NotFound' },
  conflict: { status: 409, type: 'Conflict' },
  bug: { status: 500, type: 'HTTPInternalServerError' },
  device: { status: 500, type: 'DriverError' },
  unsupported: { status: 400, type: 'NotSupported' },
  unavailable: { status: 503, type: 'ServiceUnavailable' },
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Codes that mean the same whichever API asks. */
const COMMON: FaultWords = {
  [NEUTRON_REFUSAL]: ({ context }) => ({ type: textOf(context.type) }),
  ERR_NEUTRON_REFUSED: ({ context }) => ({
    type: textOf(context.type) || 'BadRequest',
    status: Number(context.status),
    message: textOf(context.detail),
  }),
  ERR_UNKNOWN_MARKER: () => ({ type: 'HTTPBadRequest' }),
  ERR_NO_SUCH_NETWORK_OBJECT: ({ context }) => ({
    type: `${textOf(context.resource)}NotFound`,
    status: 404,
    message: `${textOf(context.resource)} ${textOf(context.id)} could not be found.`,
  }),
  ERR_VIP_IN_USE: () => ({ type: 'IpAddressInUse' }),
};

export function neutronBody(type: string, message: string): object {
  return { NeutronError: { type, message, detail: '' } };
}

export function neutronFault(error: LbaasError, words: FaultWords): Answer {
  if (error.kind === 'unauthenticated') return { status: 401, body: UNAUTHENTICATED_BODY };
  if (error.kind === 'bug') return internalFault();
  const kind = BY_KIND[error.kind];
  const own = words[error.code] ?? COMMON[error.code];
  const worded = { ...kind, message: error.userMessage, ...own?.(error) };
  return { status: worded.status, body: neutronBody(worded.type, worded.message) };
}

/** Nothing about the cause: that is in the log under the request id. */
export function internalFault(): Answer {
  const message = 'Request Failed: internal server error while processing your request.';
  return { status: 500, body: neutronBody('HTTPInternalServerError', message) };
}
