// A client connection without an HTTP profile: choose a member once, then copy bytes.
import type { ClientConnection } from '../client/client-connection.ts';
import type { RuleSession } from '../irule/rule-context.ts';
import type { Flow } from '../pool/member.ts';
import { dialAny } from '../server/dial.ts';
import { splice } from '../tcp/splice.ts';
import { connectionSubject } from './connection-subject.ts';
import { greeting } from './greeting.ts';
import type { VirtualRuntime } from './virtual-runtime.ts';

export async function serveTcp(
  virtual: VirtualRuntime,
  client: ClientConnection,
  session: RuleSession,
): Promise<void> {
  const { config, services, persister } = virtual;
  const path = session.pool ?? config.pool;
  const pool = path === null ? undefined : services.pool(path);
  if (pool === undefined) {
    client.abort();
    return;
  }
  const subject = connectionSubject(client);
  const order = [config.persistence, config.fallbackPersistence];
  const flow: Flow = { abort: () => client.abort() };
  const dialled = await dialAny(
    persister.find(order, pool, subject) ?? pool.select(),
    (tried) => pool.select(tried),
    { settings: virtual.dial, clock: services.clock, flow, isWanted: () => client.isOpen },
  );
  if (dialled === null) {
    client.abort();
    return;
  }
  const { member, socket } = dialled;
  socket.on('close', () => member.closed(flow));
  socket.on('error', () => undefined);
  if (!client.isOpen) {
    socket.destroy();
    return;
  }
  persister.remember(order, member, subject);
  const first = greeting(virtual, session);
  if (first !== '') socket.write(first, 'latin1');
  splice(
    {
      stream: client.socket,
      count: (bytes) => {
        virtual.meter.countIn(bytes);
        member.meter.countIn(bytes);
      },
      abort: () => client.abort(),
    },
    {
      stream: socket,
      count: (bytes) => {
        virtual.meter.countOut(bytes);
        member.meter.countOut(bytes);
      },
      abort: () => socket.destroy(),
    },
  );
}
