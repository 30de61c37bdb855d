// Refusals at the API's own edge, before the domain service is asked.
import { LbaasError, type ErrorKind } from '@f5-lbaas/model';

/** @param sentence goes to the client as it is */
export function badRequest(sentence: string): LbaasError {
  return new LbaasError('bad_request', 'ERR_REQUEST', sentence);
}

export function forbidden(): LbaasError {
  const sentence = 'Policy does not allow this request to be performed.';
  return new LbaasError('forbidden', 'ERR_POLICY', sentence);
}

/**
 * Octavia finds some mistakes before its handlers run, and words those in the router's form.
 * @see octavia api hooks
 */
export function routingFault(kind: ErrorKind, sentence: string): LbaasError {
  return new LbaasError(kind, 'ERR_ROUTING', sentence);
}

export function missingArgument(name: string): LbaasError {
  return badRequest(`Missing argument: "${name}"`);
}

/** @param attribute as the client wrote it @param shown the value as Python prints it */
export function invalidInput(attribute: string, shown: string, why: string): LbaasError {
  return badRequest(`Invalid input for field/attribute ${attribute}. Value: '${shown}'. ${why}`);
}
