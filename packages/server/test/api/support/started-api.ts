// A whole server over HTTP, its database in memory unless told otherwise, with small stand-ins for Keystone and Neutron, and an agent
// for each environment that does what it is told without a device.
import { RESOURCE_KINDS } from '@f5-lbaas/model';
import { createMemoryBroker, createMemoryTransport } from '@f5-lbaas/rpc';
import { silentLogger, systemClock, systemRandom, type Logger } from '@f5-lbaas/platform';
import { openStorage, type Storage } from '@f5-lbaas/storage';
import { waitFor } from '@f5-lbaas/testkit';

import { startServer, type ServerOptions } from '../../../src/index.ts';
import { environmentsOf } from '../../../src/providers/providers.ts';
import { startIdentity, type IdentityStandIn } from './identity-stand-in.ts';
import { startNetwork, type NetworkStandIn } from './network-stand-in.ts';
import { startObedientAgent, type ObedientAgent } from './obedient-agent.ts';

/** An object of the API under test. */
export type Item = Record<string, unknown> & { id: string };

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  body: unknown;
  /** What stands under the body's first key. */
  item: Item;
  /** The same when it is a list. */
  items: Item[];
}

interface SendOptions {
  token?: string | null;
  headers?: Record<string, string>;
  /** Sent as it is when a text. */
  body?: unknown;
}

export interface StartedApi {
  url: string;
  /** Of the network endpoint, when the options ask for one. */
  networkUrl: string | undefined;
  storage: Storage;
  identity: IdentityStandIn;
  network: NetworkStandIn;
  agent: ObedientAgent;
  /** Path below `/v2/lbaas` unless it starts with `~`, which stands for the server's root or a whole URL. */
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  get(path: string, options?: SendOptions): Promise<Reply>;
  post(path: string, body: unknown, options?: SendOptions): Promise<Reply>;
  put(path: string, body: unknown, options?: SendOptions): Promise<Reply>;
  remove(path: string, options?: SendOptions): Promise<Reply>;
  /** Waits until nothing is pending any more. */
  settled(): Promise<void>;
  /** Makes everything ACTIVE behind everybody's back, for tests that go on after a held change. */
  restoreActive(): Promise<void>;
  /** An ACTIVE load balancer on the first subnet. */
  loadBalancer(attributes?: Record<string, unknown>): Promise<Item>;
  stop(): Promise<void>;
}

/** Tokens: `tenant` and `other` (members), `reader`, `observer`, `admin`, `nobody` (no role), `unscoped`. */
export const TENANT = 'a'.repeat(32);
export const OTHER = 'b'.repeat(32);

export async function startApi({
  databaseUrl = 'sqlite://',
  ...options
}: Partial<ServerOptions> & { logger?: Logger; databaseUrl?: string } = {}): Promise<StartedApi> {
  const identity = await startIdentity();
  const network = await startNetwork();
  for (const [token, project, roles] of [
    ['tenant', TENANT, ['member', 'reader']],
    ['other', OTHER, ['member', 'reader']],
    ['reader', TENANT, ['reader']],
    ['observer', TENANT, ['load-balancer_observer']],
    ['lb-member', TENANT, ['load-balancer_member']],
    ['global', OTHER, ['load-balancer_global_observer']],
    ['quota-admin', OTHER, ['load-balancer_quota_admin']],
    ['admin', OTHER, ['admin']],
    ['nobody', TENANT, ['unrelated']],
    ['unscoped', null, []],
  ] as const) {
    identity.tokens.set(token, { project, roles: [...roles] });
  }
  const clock = systemClock;
  const random = systemRandom;
  const logger = options.logger ?? silentLogger;
  const storage = await openStorage({ url: databaseUrl, clock, logger });
  await storage.migrate();
  const broker = createMemoryBroker();
  const transport = createMemoryTransport({ broker, clock, random, logger });
  const agentTransport = createMemoryTransport({ broker, clock, random, logger });
  const server = await startServer({
    ...{ storage, transport, clock, random },
    listen: { host: '127.0.0.1', port: 0 },
    keystone: {
      authUrl: `${identity.url}/v3`,
      username: 'lbaas',
      password: 'service-password',
      projectName: 'service',
      userDomainName: 'Default',
      projectDomainName: 'Default',
    },
    neutron: { endpoint: network.url },
    ...options,
    logger,
  });
  const agent = await startObedientAgent(agentTransport);
  const others = await Promise.all(
    environmentsOf(options.settings?.providers ?? {})
      .filter((environment) => environment !== 'Project')
      .map((environment) =>
        startObedientAgent(agentTransport, { environment, host: `agent-of-${environment}` }),
      ),
  );

  const send = async (method: string, path: string, given: SendOptions = {}): Promise<Reply> => {
    const target = path.startsWith('~') ? path.slice(1) : `/v2/lbaas${path}`;
    const url = target.startsWith('http') ? target : `${server.url}${target}`;
    const response = await fetch(url, { method, ...requestOf(given) });
    return replyOf(response, await response.text());
  };
  const settled = async (): Promise<void> => {
    const isIdle = async () => (await storage.read.loadbalancers.listPending(1)).length === 0;
    await waitFor(isIdle, { pollMs: 2, what: 'all changes to be settled' });
  };

  return {
    ...{
      url: server.url,
      networkUrl: server.networkUrl,
      storage,
      identity,
      network,
      agent,
      send,
      settled,
    },
    get: (path, given) => send('GET', path, given),
    post: (path, body, given) => send('POST', path, { ...given, body }),
    put: (path, body, given) => send('PUT', path, { ...given, body }),
    remove: (path, given) => send('DELETE', path, given),
    async loadBalancer(attributes = {}) {
      const loadbalancer = { vip_subnet_id: network.subnetId, ...attributes };
      const reply = await send('POST', '/loadbalancers', { body: { loadbalancer } });
      if (reply.status !== 201) throw new Error(reply.text);
      await settled();
      return reply.item;
    },
    async restoreActive() {
      for (const kind of RESOURCE_KINDS) {
        const repository = storage.read.resource(kind);
        for (const { id } of await repository.list()) {
          await repository.update(id, { provisioning_status: 'ACTIVE', delete_requested: false });
        }
      }
      for (const { id, revision } of await storage.read.loadbalancers.list()) {
        const settled = { pending_since: null, applied_revision: revision };
        await storage.read.loadbalancers.update(id, settled);
      }
    },
    async stop() {
      // The agent first: what it is reporting still needs the server's answer.
      await Promise.all([agent, ...others].map((one) => one.stop()));
      await server.stop();
      await agentTransport.close();
      await transport.close();
      await storage.close();
      await Promise.all([identity.stop(), network.stop()]);
    },
  };
}

function requestOf({ token = 'tenant', body, headers = {} }: SendOptions): RequestInit {
  const own: Record<string, string> = token === null ? {} : { 'x-auth-token': token };
  if (body === undefined) return { headers: { ...own, ...headers } };
  return {
    headers: { ...own, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function replyOf(response: Response, text: string): Reply {
  const { status, headers } = response;
  const isJson = headers.get('content-type')?.includes('json') === true && text !== '';
  const parsed = (isJson ? JSON.parse(text) : {}) as Record<string, Item & Item[]>;
  const [first] = Object.values(parsed);
  return { status, headers, text, body: isJson ? parsed : undefined, item: first!, items: first! };
}
