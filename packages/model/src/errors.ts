// One error class for everything that callers branch on; `kind` decides how it is handled and answered.

/**
 * bad_request, not_found, conflict, forbidden, quota: the caller's doing.
 * unavailable: try later. unsupported: this provider cannot. device: BIG-IP refused. bug: ours.
 */
export type ErrorKind =
  | 'bad_request'
  | 'not_found'
  | 'conflict'
  | 'unauthenticated'
  | 'forbidden'
  | 'quota'
  | 'unavailable'
  | 'unsupported'
  | 'device'
  | 'bug';

export interface LbaasErrorOptions {
  /** Plain data about the case: ids, field names, values. No secrets. */
  context?: Record<string, unknown>;
  /** What a tenant may read; no device names or URLs. Defaults to `message`. */
  userMessage?: string;
  cause?: unknown;
}

/**
 * @param code stable literal `ERR_*`; each API maps it to its own fault
 * @param message full sentence for operators
 */
export class LbaasError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly context: Record<string, unknown>;
  readonly userMessage: string;

  constructor(kind: ErrorKind, code: string, message: string, options: LbaasErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LbaasError';
    this.kind = kind;
    this.code = code;
    this.context = options.context ?? {};
    this.userMessage = options.userMessage ?? message;
  }
}

/** @throws LbaasError kind `bug` when a condition that the code guarantees does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new LbaasError('bug', 'ERR_INVARIANT', message);
}
