// The one error of the stand-ins: what a route throws, and each service renders in its own body.

export interface ApiFaultOptions {
  /** Fault name in the body, e.g. Neutron's `NetworkNotFound`. @default 'HTTPError' */
  type?: string;
  /** Extra text beside the message; most faults have none. */
  detail?: string;
}

/** @param status HTTP status that the caller sees */
export class ApiFault extends Error {
  readonly status: number;
  readonly type: string;
  readonly detail: string;

  constructor(status: number, message: string, options: ApiFaultOptions = {}) {
    super(message);
    this.name = 'ApiFault';
    this.status = status;
    this.type = options.type ?? 'HTTPError';
    this.detail = options.detail ?? '';
  }
}
