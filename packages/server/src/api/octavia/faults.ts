// The one place where errors become Octavia's answers: status, body, reason.
import type { LbaasError } from '@f5-lbaas/model';
import { RESOURCE_KINDS, type ErrorKind, type ResourceKind } from '@f5-lbaas/model';

import { RESOURCE_NAMES } from '../../service/change/state-gate.ts';
import { isValidation } from '../../service/refusals.ts';
import { UNAUTHENTICATED_BODY } from '../shared/authentication.ts';

export interface Fault {
  status: number;
  body: object;
  /** Reason phrase where it is not the usual one. */
  reason?: string;
}

const STATUS: Record<ErrorKind, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  quota: 403,
  not_found: 404,
  conflict: 409,
  bug: 500,
  device: 500,
  unsupported: 501,
  unavailable: 503,
};

type Words = (error: LbaasError) => { status?: number; text: string };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function kindName(kind: unknown): string {
  const known = RESOURCE_KINDS.find((name): name is ResourceKind => name === kind);
  return known === undefined ? 'Resource' : RESOURCE_NAMES[known];
}

/** Codes of other layers whose words Octavia has its own way with; refusals bring theirs along. */
const WORDS: Readonly<Record<string, Words>> = {
  ERR_NOT_FOUND: ({ context }) => ({
    text: `${kindName(context.kind)} ${textOf(context.id)} not found.`,
  }),
  ERR_DUPLICATE: () => ({ text: 'Already an entity with that specified id.' }),
  ERR_UNKNOWN_MARKER: ({ context }) => ({
    text: `Supplied pagination marker '${textOf(context.marker)}' is not valid.`,
  }),
  ERR_NEUTRON_REFUSED: ({ context }) => ({
    status: Number(context.status),
    text: textOf(context.detail),
  }),
  ERR_DATABASE_BUSY: () => ({
    text: 'Project busy.  Unable to lock the project.  Please try again.',
  }),
};

/** What the provider's driver says; Octavia names the provider. */
const PROVIDER_KINDS: Partial<Record<ErrorKind, (provider: string, text: string) => string>> = {
  device: (provider, text) => `Provider '${provider}' reports error: ${text}`,
  unsupported: (provider, text) =>
    `Provider '${provider}' does not support a requested option: ${text}`,
};
const PROVIDER_CODES = new Set(['ERR_NO_ACTIVE_AGENT', 'ERR_NO_ELIGIBLE_AGENT']);

function wordsFor(error: LbaasError, provider: string): { status?: number; text: string } {
  const words = WORDS[error.code]?.(error);
  if (words !== undefined) return words;
  const text = error.userMessage;
  const ofProvider = PROVIDER_CODES.has(error.code)
    ? PROVIDER_KINDS.device
    : PROVIDER_KINDS[error.kind];
  if (ofProvider !== undefined) return { text: ofProvider(provider, text) };
  return { text: isValidation(error.code) ? `Validation failure: ${text}` : text };
}

/** `{"faultcode", "faultstring", "debuginfo"}` */
function handlerFault(status: number, text: string): Fault {
  const faultcode = status >= 400 && status < 500 ? 'Client' : 'Server';
  return { status, body: { faultcode, faultstring: text, debuginfo: null } };
}

/** Form of the router, for paths, methods and what is found before a handler runs. */
export function routerFault(status: number, title: string, description: string): Fault {
  return { status, body: { code: status, title, description } };
}

/** @param provider name for sentences about the provider */
export function faultOf(error: LbaasError, provider: string): Fault {
  const status = STATUS[error.kind];
  if (error.kind === 'unauthenticated') return { status, body: UNAUTHENTICATED_BODY };
  if (error.code === 'ERR_ROUTING') {
    const reason = 'Bad Request';
    return { ...routerFault(status, reason, error.userMessage), reason };
  }
  if (error.kind === 'bug') return internalFault();
  const words = wordsFor(error, provider);
  return handlerFault(words.status ?? status, words.text);
}

/** Nothing about the cause: that is in the log under the request id. */
export function internalFault(): Fault {
  return handlerFault(500, 'An unknown exception occurred.');
}

export function unsupportedMediaType(contentType: string): Fault {
  return handlerFault(415, `Unknown mimetype: ${contentType}`);
}
