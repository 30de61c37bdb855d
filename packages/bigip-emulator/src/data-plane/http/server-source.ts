// Finds the server connection for a request: the one bound to the client connection, an idle one (one-connect), or a
// new one; and decides what becomes of it afterwards.
import type { Clock } from '@f5-lbaas/platform';
import type { ClientConnection } from '../client/client-connection.ts';
import type { Flow, Member } from '../pool/member.ts';
import type { Pool } from '../pool/pool.ts';
import { dialAny, type DialSettings } from '../server/dial.ts';
import type { ConnectionReuse, ReuseSettings } from './connection-reuse.ts';
import type { ServerSource } from './http-exchange.ts';
import { ServerConnection } from './server-connection.ts';

/** Without one-connect a client connection stays with the server connection of its first request. */
export interface Binding {
  pool: Pool | null;
  server: ServerConnection | null;
}

export interface SourceOptions {
  client: ClientConnection;
  clock: Clock;
  pool: Pool;
  /** Member the client is bound to by persistence. */
  persisted: Member | undefined;
  dial: DialSettings;
  /** One-connect, null when the virtual server has none. */
  oneConnect: ReuseSettings | null;
  reuse: ConnectionReuse;
  /** Null where requests of one client run in parallel (HTTP/2). */
  binding: Binding | null;
  /** First bytes on a new server connection, from iRules. */
  greet: () => string;
}

export function serverSource(options: SourceOptions): ServerSource {
  return {
    acquire: (tried) => acquire(options, tried),
    release: (connection) => release(options, connection),
  };
}

function acquire(
  options: SourceOptions,
  tried: ReadonlySet<Member>,
): ReturnType<ServerSource['acquire']> {
  const bound = boundConnection(options, tried);
  if (bound !== undefined) return bound;
  const { persisted, pool, oneConnect, reuse, client } = options;
  const member =
    persisted !== undefined && !tried.has(persisted)
      ? persisted
      : pool.select(tried.size === 0 ? undefined : tried);
  if (member === undefined) return null;
  const idle =
    oneConnect === null ? undefined : reuse.take(oneConnect, member, client.remoteAddress);
  return idle ?? connect(options, member, tried);
}

function boundConnection(
  { binding, pool, persisted }: SourceOptions,
  tried: ReadonlySet<Member>,
): ServerConnection | undefined {
  const bound = binding?.pool === pool ? binding.server : null;
  if (bound === null || !bound.isReusable || tried.has(bound.member)) return undefined;
  return persisted === undefined || persisted === bound.member ? bound : undefined;
}

async function connect(
  options: SourceOptions,
  first: Member,
  triedBefore: ReadonlySet<Member>,
): Promise<ServerConnection | null> {
  const { client, clock, pool, dial } = options;
  const flow: Flow = { abort: () => client.abort() };
  const dialled = await dialAny(
    first,
    (tried) => pool.select(new Set([...triedBefore, ...tried])),
    {
      settings: dial,
      clock,
      flow,
      isWanted: () => client.isOpen,
    },
  );
  if (dialled === null) return null;
  const { member, socket } = dialled;
  const connection = new ServerConnection(member, socket, (self) => {
    member.closed(self);
    options.reuse.remove(self);
    if (options.binding?.server === self) options.binding.server = null;
  });
  member.handOver(flow, connection);
  const greeting = options.greet();
  if (greeting !== '') connection.write(greeting);
  return connection;
}

function release(options: SourceOptions, connection: ServerConnection): void {
  const { oneConnect, reuse, binding, client } = options;
  if (!connection.isReusable) return;
  if (oneConnect !== null) {
    if (!reuse.put(oneConnect, connection, client.remoteAddress)) connection.destroy();
  } else if (binding !== null && client.isOpen) {
    if (binding.server !== null && binding.server !== connection) binding.server.destroy();
    binding.server = connection;
    binding.pool = options.pool;
  } else connection.destroy();
}
