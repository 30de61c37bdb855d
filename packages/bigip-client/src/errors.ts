// The one error of this package; `kind` says what a caller can do about it.

/**
 * absent: the target, or an object that the request refers to, does not exist (the message says which).
 * exists: an object of that name is already there. in_use: something still refers to it.
 * refused: the device does not accept the request for another reason; nothing changed.
 * forbidden, unauthenticated: the account may not; the password is wrong.
 * not_ready: the device is restarting or busy, and stayed so for all tries; nothing changed.
 * unreachable: no connection for all tries; nothing changed.
 * unknown_outcome: a write was sent and its answer lost, or the device lost it half-way. Read before repeating.
 */
export type DeviceErrorKind =
  | 'absent'
  | 'exists'
  | 'in_use'
  | 'refused'
  | 'forbidden'
  | 'unauthenticated'
  | 'not_ready'
  | 'unreachable'
  | 'unknown_outcome';

export interface DeviceErrorDetails {
  kind: DeviceErrorKind;
  /** What the device said, or what happened to the connection. */
  message: string;
  /** `POST /mgmt/tm/ltm/pool` */
  request: string;
  /** HTTP status; absent when no answer came. */
  status?: number | undefined;
  /** `01020036:3`; absent when the message carries none. */
  mcpCode?: string | undefined;
  cause?: unknown;
}

export class DeviceError extends Error {
  readonly kind: DeviceErrorKind;
  /** What the device said, without the request. */
  readonly deviceMessage: string;
  readonly request: string;
  readonly status: number | undefined;
  readonly mcpCode: string | undefined;

  constructor(details: DeviceErrorDetails) {
    super(
      `${details.request}: ${details.message}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = 'DeviceError';
    this.kind = details.kind;
    this.deviceMessage = details.message;
    this.request = details.request;
    this.status = details.status;
    this.mcpCode = details.mcpCode;
  }
}

export function isDeviceError(
  error: unknown,
  ...kinds: readonly DeviceErrorKind[]
): error is DeviceError {
  return error instanceof DeviceError && (kinds.length === 0 || kinds.includes(error.kind));
}
