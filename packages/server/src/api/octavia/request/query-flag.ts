// Yes-or-no query parameters.
import type { Call } from '../../shared/http-call.ts';
import { toBoolean } from './convert-scalar.ts';

/** Anything that is not a clear yes is a no. */
export function queryFlag(call: Pick<Call, 'query'>, name: string): boolean {
  const value = call.query.get(name);
  try {
    return value !== null && toBoolean(value);
  } catch {
    return false;
  }
}
