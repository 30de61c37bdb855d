// Turns the X-Auth-Token of a request into an identity, or into the answer that Keystone's middleware gives.
import { LbaasError } from '@f5-lbaas/model';

import type { TokenCache } from '../../auth/token-cache.ts';
import type { Identity } from '../../policy/identity.ts';

/** @see keystonemiddleware auth_token */
export const UNAUTHENTICATED_BODY = {
  error: {
    code: 401,
    title: 'Unauthorized',
    message: 'The request you have made requires authentication.',
  },
};

/**
 * @param token value of X-Auth-Token
 * @throws LbaasError kind `unauthenticated` for a missing or refused token, `unavailable` without Keystone
 */
export async function authenticate(
  tokens: Pick<TokenCache, 'facts'>,
  token: string | string[] | undefined,
): Promise<Identity> {
  const one = typeof token === 'string' && token !== '' ? token : undefined;
  const facts = one === undefined ? undefined : await tokens.facts(one);
  if (one === undefined || facts === undefined) {
    throw new LbaasError('unauthenticated', 'ERR_TOKEN', 'The request has no valid token.');
  }
  const { userId, projectId, roles } = facts;
  return { userId, projectId, roles, token: one };
}
