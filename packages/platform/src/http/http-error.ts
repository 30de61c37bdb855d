// The one error of the HTTP client: no answer arrived. An answer of any status is a result, not an error.

/**
 * connect: the request never left (name, route, refused, TLS): it certainly had no effect.
 * exchange: it may have arrived; whether it took effect is unknown.
 */
export type HttpFailurePhase = 'connect' | 'exchange';

/** `cause` holds the library's error. The message names origin and path, never headers or body. */
export class HttpError extends Error {
  readonly phase: HttpFailurePhase;

  constructor(phase: HttpFailurePhase, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'HttpError';
    this.phase = phase;
  }
}

const CONNECT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_CERTIFICATE_PIN_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** Which phase a library error belongs to; in doubt `exchange`, the careful answer. */
export function failurePhase(error: unknown): HttpFailurePhase {
  const code = codeOf(error);
  return CONNECT_CODES.has(code) || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')
    ? 'connect'
    : 'exchange';
}

export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  return code === '' || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}
