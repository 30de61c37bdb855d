// A whole server with its network endpoint: LBaaS v2 and v1 beside Octavia.
import type { ServerOptions } from '../../../src/index.ts';
import { startApi, type Item, type Reply, type StartedApi } from '../../api/support/started-api.ts';

export interface NetworkApi {
  api: StartedApi;
  /** `path` is below `/v2.0`. */
  send(method: string, path: string, body?: unknown, token?: string | null): Promise<Reply>;
  get(path: string, token?: string | null): Promise<Reply>;
  /** Sends, expects success, waits until nothing is pending; answers the object. */
  make(path: string, body: Record<string, object>, token?: string): Promise<Item>;
  change(path: string, body: Record<string, object>): Promise<Item>;
  drop(path: string): Promise<void>;
}

export async function startNetworkApi(
  endpoint: Partial<NonNullable<ServerOptions['networkEndpoint']>> = {},
  options: Parameters<typeof startApi>[0] = {},
): Promise<NetworkApi> {
  const api = await startApi({
    ...options,
    networkEndpoint: { listen: { host: '127.0.0.1', port: 0 }, ...endpoint },
  });
  const send = (
    method: string,
    path: string,
    body?: unknown,
    token: string | null = 'tenant',
  ): Promise<Reply> => {
    const given = body === undefined ? { token } : { token, body };
    return api.send(method, `~${api.networkUrl ?? ''}/v2.0${path}`, given);
  };
  const succeeded = async (method: string, path: string, body?: unknown, token = 'tenant') => {
    const reply = await send(method, path, body, token);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    await api.settled();
    return reply;
  };
  return {
    api,
    send,
    get: (path, token) => send('GET', path, undefined, token),
    make: async (path, body, token) => (await succeeded('POST', path, body, token)).item,
    change: async (path, body) => (await succeeded('PUT', path, body)).item,
    drop: async (path) => {
      await succeeded('DELETE', path);
    },
  };
}

/** Type and message of a refusal. */
export function refusalOf(reply: Reply): { status: number; type: string; message: string } {
  const { NeutronError } = reply.body as { NeutronError: { type: string; message: string } };
  return { status: reply.status, type: NeutronError.type, message: NeutronError.message };
}
