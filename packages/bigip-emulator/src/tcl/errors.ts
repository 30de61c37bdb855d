// How a script ends before its last command.

/** An error of the script; `catch` takes it. */
export class TclError extends Error {
  override readonly name: string = 'TclError';
  /** The innermost command that failed, as it was run. */
  command: string | undefined;
}

/** What the script asks for is not here; it may be on a device, so `catch` must not make it look like a refusal. */
export class UnsupportedCommandError extends Error {
  override readonly name = 'UnsupportedCommandError';
}

/** The script takes more steps than any sensible one does. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

export class ReturnSignal extends Error {
  readonly value: string;
  constructor(value: string) {
    super('return');
    this.value = value;
  }
}

/** `break` or `continue` on its way to the loop. */
export class LoopSignal extends Error {
  readonly kind: 'break' | 'continue';
  constructor(kind: 'break' | 'continue') {
    super(kind);
    this.kind = kind;
  }
}

export function wrongArguments(usage: string): TclError {
  return new TclError(`wrong # args: should be "${usage}"`);
}
