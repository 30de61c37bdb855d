// Access to Barbican with an account of its own, put together from its parts.
import { BarbicanClient, createHttpClient, type Clock, type TlsTrust } from '@f5-lbaas/platform';
import { KeystoneSession, type KeystoneAccount } from './keystone-session.ts';
import { BarbicanSecretReader, type SecretReader } from './secret-reader.ts';

export interface BarbicanReaderOptions {
  account: KeystoneAccount;
  /** Of Keystone's and Barbican's HTTPS. @default the system's authorities */
  tls?: TlsTrust | undefined;
  clock: Clock;
}

export interface ClosableSecretReader {
  reader: SecretReader;
  close(): Promise<void>;
}

export function createBarbicanReader(options: BarbicanReaderOptions): ClosableSecretReader {
  const http = createHttpClient({ tls: options.tls });
  const session = new KeystoneSession(http, options.account, options.clock);
  return {
    reader: new BarbicanSecretReader(new BarbicanClient(http, session)),
    close: () => http.close(),
  };
}
