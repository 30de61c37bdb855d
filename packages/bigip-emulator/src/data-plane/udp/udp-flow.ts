// The datagrams between one client and the pool member chosen for it, until the flow has been idle too long.
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import type { Timer } from '@f5-lbaas/platform';
import type { ClientFacts } from '../client/client-connection.ts';
import type { RuleSession } from '../irule/rule-context.ts';
import type { Flow, Member } from '../pool/member.ts';
import { serverPort } from '../server/dial.ts';
import { connectionSubject } from '../virtual/connection-subject.ts';
import type { VirtualRuntime } from '../virtual/virtual-runtime.ts';

/** Device default of the udp profile, for profiles that say `indefinite`. */
const IDLE_TIMEOUT_SECONDS = 60;
/** Datagrams held while the server-side socket is being set up. */
const QUEUE_MAX = 64;

export interface UdpFlowOptions {
  virtual: VirtualRuntime;
  client: ClientFacts;
  reply: (message: Buffer) => void;
  onEnd: () => void;
}

export class UdpFlow implements Flow {
  readonly #options: UdpFlowOptions;
  readonly #member: Member;
  readonly #socket: dgram.Socket;
  #queue: Buffer[] | null = [];
  #lastMs: number;
  #idle: Timer;
  #isOver = false;

  /** Undefined when the virtual server refuses the client or has no member for it. */
  static start(options: UdpFlowOptions): UdpFlow | undefined {
    const { virtual, client } = options;
    if (!virtual.hasRoom || virtual.config.type === 'reject') return undefined;
    const session = virtual.program.newSession(client);
    if (!virtual.program.run('CLIENT_ACCEPTED', session, null) || session.isRejected)
      return undefined;
    const member = chooseMember(virtual, client, session);
    return member === undefined ? undefined : new UdpFlow(options, member);
  }

  private constructor(options: UdpFlowOptions, member: Member) {
    this.#options = options;
    this.#member = member;
    const { clock } = options.virtual.services;
    this.#lastMs = clock.nowMs();
    options.virtual.meter.opened();
    member.opened(this);
    this.#socket = dgram.createSocket(net.isIPv6(member.host) ? 'udp6' : 'udp4');
    this.#socket.on('message', (message) => this.#fromMember(message));
    // A refused port: the flow ends, the client's next datagram starts a new one elsewhere.
    this.#socket.on('error', () => this.abort());
    this.#socket.connect(serverPort(member, options.virtual.dial), member.host, () =>
      this.#connected(),
    );
    this.#idle = clock.after(this.#timeoutMs, () => this.#checkIdle());
  }

  fromClient(message: Buffer): void {
    this.#lastMs = this.#options.virtual.services.clock.nowMs();
    this.#options.virtual.meter.countIn(message.length);
    this.#member.meter.countIn(message.length);
    if (this.#queue === null) this.#socket.send(message);
    else if (this.#queue.length < QUEUE_MAX) this.#queue.push(message);
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle.cancel();
    this.#socket.removeAllListeners('error').on('error', () => undefined);
    this.#socket.close();
    this.#member.closed(this);
    this.#options.virtual.meter.closed();
    this.#options.onEnd();
  }

  get #timeoutMs(): number {
    return (this.#options.virtual.config.udp.idleTimeoutSeconds ?? IDLE_TIMEOUT_SECONDS) * 1000;
  }

  #connected(): void {
    if (this.#isOver) return;
    for (const message of this.#queue ?? []) this.#socket.send(message);
    this.#queue = null;
  }

  #fromMember(message: Buffer): void {
    this.#lastMs = this.#options.virtual.services.clock.nowMs();
    this.#options.virtual.meter.countOut(message.length);
    this.#member.meter.countOut(message.length);
    this.#options.reply(message);
  }

  #checkIdle(): void {
    const { clock } = this.#options.virtual.services;
    const leftMs = this.#lastMs + this.#timeoutMs - clock.nowMs();
    if (leftMs <= 0) this.abort();
    else this.#idle = clock.after(leftMs, () => this.#checkIdle());
  }
}

function chooseMember(
  virtual: VirtualRuntime,
  client: ClientFacts,
  session: RuleSession,
): Member | undefined {
  const path = session.pool ?? virtual.config.pool;
  const pool = path === null ? undefined : virtual.services.pool(path);
  if (pool === undefined) return undefined;
  const order = [virtual.config.persistence, virtual.config.fallbackPersistence];
  const subject = connectionSubject(client);
  const member = virtual.persister.find(order, pool, subject) ?? pool.select();
  if (member !== undefined) virtual.persister.remember(order, member, subject);
  return member;
}
