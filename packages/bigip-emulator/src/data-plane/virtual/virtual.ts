// A virtual server at run time: takes an accepted client connection and serves it as its profiles say.
import type * as net from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { parsePrefix, type Prefix } from '../address.ts';
import { ClientConnection } from '../client/client-connection.ts';
import type { VirtualServer } from '../contract.ts';
import { ConnectionReuse } from '../http/connection-reuse.ts';
import type { RuleSession } from '../irule/rule-context.ts';
import { Persister } from '../persistence/persister.ts';
import type { Member } from '../pool/member.ts';
import { NodeLoads } from '../pool/node-load.ts';
import { Pool } from '../pool/pool.ts';
import type { DialSettings, ServerTls } from '../server/dial.ts';
import { ClientTlsTerminator } from '../tls/client-tls.ts';
import { serverTls } from '../tls/server-tls.ts';
import { TrafficMeter } from '../traffic-meter.ts';
import { nodePoolConfig } from './node-pool.ts';
import { Program } from './program.ts';
import { serveHttp } from './serve-http.ts';
import { serveTcp } from './serve-tcp.ts';
import type { Services } from './services.ts';
import type { VirtualRuntime } from './virtual-runtime.ts';

/** Longest time a timer of the platform can run. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class Virtual implements VirtualRuntime {
  readonly services: Services;
  readonly meter = new TrafficMeter();
  readonly persister: Persister;
  readonly reuse = new ConnectionReuse();
  config: VirtualServer;
  source!: Prefix;
  program!: Program;
  dial!: DialSettings;
  /** Why its TLS profiles cannot be used; it listens, but resets every connection. */
  tlsError: string | null = null;
  #clientTls: ClientTlsTerminator | null = null;
  readonly #connections = new Set<ClientConnection>();
  readonly #nodePools = new Map<string, Pool>();

  constructor(config: VirtualServer, services: Services) {
    this.config = config;
    this.services = services;
    this.persister = new Persister(services.clock);
    this.#compile();
  }

  /** Connections already open go on, unless the address went to another device. */
  update(config: VirtualServer): void {
    if (isDeepStrictEqual(config, this.config)) return;
    if (
      config.oneConnect === null ||
      config.translatesPort !== this.config.translatesPort ||
      !isDeepStrictEqual(config.serverSsl, this.config.serverSsl)
    )
      this.reuse.drop();
    const wasServed = this.config.isServed;
    this.config = config;
    this.#compile();
    if (wasServed && !config.isServed) this.close();
  }

  #compile(): void {
    const { config } = this;
    this.source = parsePrefix(config.source);
    this.program = new Program(config, this.services);
    this.tlsError = null;
    this.#compileTls();
  }

  #compileTls(): void {
    const { config } = this;
    let towardsMembers: ServerTls = null;
    try {
      this.#clientTls =
        config.clientSsl.length === 0
          ? null
          : new ClientTlsTerminator(config.clientSsl, alpnOf(config));
      towardsMembers = serverTls(config.serverSsl);
    } catch (error) {
      this.#clientTls = null;
      this.tlsError = (error as Error).message;
    }
    this.dial = {
      serverTls: towardsMembers,
      fixedPort: config.translatesPort ? null : config.port,
      defaultPort: config.port,
      idleTimeoutMs: this.#idleTimeoutMs,
    };
  }

  /** Of the tcp profile, for both sides; null = none. */
  get #idleTimeoutMs(): number | null {
    const { idleTimeoutSeconds } = this.config.tcp;
    return idleTimeoutSeconds === null ? null : Math.min(idleTimeoutSeconds * 1000, TIMER_MS_MAX);
  }

  get hasRoom(): boolean {
    const { connectionLimit, virtualAddress } = this.config;
    if (connectionLimit !== 0 && this.meter.curConns >= connectionLimit) return false;
    return (
      virtualAddress.connectionLimit === 0 ||
      this.services.connectionsOn(virtualAddress.path) < virtualAddress.connectionLimit
    );
  }

  accept(raw: net.Socket): void {
    const client = new ClientConnection(raw);
    raw.on('error', () => undefined);
    if (!this.hasRoom || this.config.type === 'reject' || this.tlsError !== null) {
      client.abort();
      return;
    }
    this.#track(client);
    const session = this.program.newSession(client);
    if (!this.program.run('CLIENT_ACCEPTED', session, null) || session.isRejected) {
      client.abort();
      return;
    }
    limitIdling(client, session);
    if (this.#clientTls === null) this.#serve(client, session, '');
    else
      this.#clientTls.accept(client, (alpn) => {
        this.meter.countHandshake();
        if (this.program.run('CLIENTSSL_HANDSHAKE', session, null) && !session.isRejected)
          this.#serve(client, session, alpn);
        else client.abort();
      });
  }

  #track(client: ClientConnection): void {
    this.#connections.add(client);
    this.meter.opened();
    client.raw.on('close', () => {
      this.#connections.delete(client);
      this.meter.closed();
    });
    client.raw.setNoDelay(true);
    if (this.dial.idleTimeoutMs !== null)
      client.raw.setTimeout(this.dial.idleTimeoutMs, () => client.abort());
  }

  #serve(client: ClientConnection, session: RuleSession, alpn: string): void {
    if (this.config.http !== null && this.config.type === 'standard')
      serveHttp(this, client, session, alpn);
    else void serveTcp(this, client, session);
  }

  nodePool(node: { address: string; port: number }): Pool {
    const config = nodePoolConfig(this.config.path, node);
    const pool = this.#nodePools.get(config.path) ?? new Pool(config, this.services.clock);
    if (pool.members.size === 0) pool.update(config, new NodeLoads());
    this.#nodePools.set(config.path, pool);
    return pool;
  }

  resetCounters(): void {
    this.meter.reset();
    this.program.resetCounters();
  }

  /** The member went down or away. */
  dropMember(member: Member): void {
    this.persister.forgetMember(member);
    this.reuse.drop(member);
  }

  /** Resets every connection. */
  close(): void {
    for (const client of this.#connections) client.abort();
    this.reuse.drop();
  }
}

/** As an iRule asked for; the profile's timeout is replaced. */
function limitIdling(client: ClientConnection, { idleTimeoutMs }: RuleSession): void {
  if (idleTimeoutMs === null) return;
  client.raw.removeAllListeners('timeout');
  client.raw.setTimeout(Math.min(idleTimeoutMs, TIMER_MS_MAX), () => client.abort());
}

/** Protocols offered to clients: HTTP/2 only where the virtual server speaks it. */
function alpnOf({ http2, clientSsl }: VirtualServer): string[] {
  const offered = clientSsl.flatMap((profile) => profile.alpn);
  if (http2) return ['h2', 'http/1.1'];
  return [...new Set(offered)].filter((name) => name !== 'h2');
}
