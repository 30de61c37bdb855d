// Opens the server side: one connection to one member, or to the first member of a pool that answers.
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Clock } from '@f5-lbaas/platform';
import type { Flow, Member } from '../pool/member.ts';

/** A member that does not answer the connect within this is skipped. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Settings of a server-ssl profile, ready for a connection; null = plain TCP. */
export type ServerTls = tls.ConnectionOptions | null;

/** How a virtual server connects to its members. */
export interface DialSettings {
  serverTls: ServerTls;
  /** The port that clients asked for; null where ports are translated to the members'. */
  fixedPort: number | null;
  /** For members with port 0. */
  defaultPort: number;
  /** A server connection over which nothing goes for this long is closed; null = never. */
  idleTimeoutMs: number | null;
}

export function serverPort(
  member: Member,
  settings: Pick<DialSettings, 'fixedPort' | 'defaultPort'>,
): number {
  return settings.fixedPort ?? (member.port || settings.defaultPort);
}

/** @throws Error when the member refuses, does not answer in time, or fails the TLS handshake */
function dial(member: Member, settings: DialSettings, clock: Clock): Promise<net.Socket> {
  const { serverTls, idleTimeoutMs } = settings;
  return new Promise((resolve, reject) => {
    const port = serverPort(member, settings);
    const to = { host: member.host, port, noDelay: true, allowHalfOpen: true };
    const socket = serverTls === null ? net.connect(to) : tls.connect({ ...serverTls, ...to });
    const timer = clock.after(CONNECT_TIMEOUT_MS, () =>
      socket.destroy(new Error(`No answer from ${member.name} in ${CONNECT_TIMEOUT_MS} ms`)),
    );
    const settle = (): void => {
      timer.cancel();
      socket.off('error', onError);
      socket.off('close', onClose);
    };
    const onError = (error: Error): void => {
      settle();
      socket.destroy();
      socket.on('error', () => undefined);
      reject(error);
    };
    const onClose = (): void => onError(new Error(`${member.name} closed the connection`));
    socket.once(serverTls === null ? 'connect' : 'secureConnect', () => {
      settle();
      if (idleTimeoutMs !== null) socket.setTimeout(idleTimeoutMs, () => socket.destroy());
      resolve(socket);
    });
    socket.on('error', onError);
    socket.on('close', onClose);
  });
}

export interface Dialled {
  member: Member;
  socket: net.Socket;
}

/**
 * Connects to `first`, and when that fails to other members until one answers. The flow counts as a connection of
 * the member while it is tried, so that simultaneous clients see each other's choice.
 * @param next chooses a member other than those tried
 * @returns null when no member is left; on success the flow stays registered with the member
 */
export async function dialAny(
  first: Member | undefined,
  next: (tried: ReadonlySet<Member>) => Member | undefined,
  how: { settings: DialSettings; clock: Clock; flow: Flow; isWanted: () => boolean },
): Promise<Dialled | null> {
  const tried = new Set<Member>();
  let member = first;
  while (member !== undefined && how.isWanted()) {
    member.opened(how.flow);
    try {
      return { member, socket: await dial(member, how.settings, how.clock) };
    } catch {
      // Refusal and silence both mean "choose another"; the monitor decides about the member's state.
      member.closed(how.flow);
      tried.add(member);
    }
    member = next(tried);
  }
  return null;
}
