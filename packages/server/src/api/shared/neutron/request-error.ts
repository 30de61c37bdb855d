// Refusals that Neutron's request layer makes before a plugin is asked; `type` is what NeutronError calls them.
import { LbaasError, type ErrorKind } from '@f5-lbaas/model';

/** Code of errors that carry their NeutronError type along. */
export const NEUTRON_REFUSAL = 'ERR_NEUTRON';

export function neutronError(kind: ErrorKind, type: string, message: string): LbaasError {
  return new LbaasError(kind, NEUTRON_REFUSAL, message, { context: { type } });
}

export function badRequest(message: string): LbaasError {
  return neutronError('bad_request', 'HTTPBadRequest', message);
}

/** What clients are told of objects that they must not see. */
export function hidden(): LbaasError {
  return neutronError('not_found', 'HTTPNotFound', 'The resource could not be found.');
}

export function policyNotAuthorized(action: string): LbaasError {
  const message = `(rule:${action}) is disallowed by policy`;
  return neutronError('forbidden', 'PolicyNotAuthorized', message);
}
