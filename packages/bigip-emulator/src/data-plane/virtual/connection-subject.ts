// What persistence may look at where there is no HTTP.
import type { ClientFacts } from '../client/client-connection.ts';
import type { PersistenceSubject } from '../persistence/persister.ts';

export function connectionSubject(client: ClientFacts): PersistenceSubject {
  return {
    clientAddress: client.remoteAddress,
    destinationAddress: client.localAddress,
    cookie: () => undefined,
    universal: null,
  };
}
