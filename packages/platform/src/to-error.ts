// What was thrown, or given as an abort reason, may be anything.

/** The value itself when it is an error, else an error that says what it was. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`Not an error: ${String(thrown)}`);
}
