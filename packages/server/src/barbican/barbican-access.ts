// Barbican for the server: as the service user, and as whoever makes a request.
import { LbaasError } from '@f5-lbaas/model';
import { BarbicanClient, BarbicanError, type HttpClient } from '@f5-lbaas/platform';

import type { KeystoneClient } from '../auth/keystone-client.ts';
import { BarbicanTlsSecrets, type TlsSecrets } from './tls-secrets.ts';

/** Keystone's failures are those of whoever wanted to read a secret. */
async function orBarbicanError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LbaasError) {
      throw new BarbicanError('unavailable', error.message, error);
    }
    throw error;
  }
}

export function tlsSecrets(
  http: HttpClient,
  keystone: Pick<KeystoneClient, 'serviceToken' | 'serviceUserId' | 'dropToken'>,
  endpoint: string,
): TlsSecrets {
  const at = { endpoint: () => Promise.resolve(endpoint) };
  return new BarbicanTlsSecrets({
    asService: new BarbicanClient(http, {
      ...at,
      token: () => orBarbicanError(keystone.serviceToken()),
      dropToken: (token) => keystone.dropToken(token),
    }),
    as: (token) =>
      new BarbicanClient(http, {
        ...at,
        token: () => Promise.resolve(token),
        dropToken: () => undefined,
      }),
    serviceUserId: () => orBarbicanError(keystone.serviceUserId()),
  });
}
