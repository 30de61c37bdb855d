// Why something could not be had from Barbican. Messages name references, never contents.

/**
 * absent: no such secret or container. forbidden: the account may not read it. malformed: not a reference, or not what
 * the reference should hold. unavailable: Barbican or Keystone cannot be asked now; another try may help.
 */
export type BarbicanErrorKind = 'absent' | 'forbidden' | 'malformed' | 'unavailable';

export class BarbicanError extends Error {
  readonly kind: BarbicanErrorKind;

  constructor(kind: BarbicanErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BarbicanError';
    this.kind = kind;
  }
}
