// Neutron's messages about tunnels: who is reached where (l2population), in both directions, and the introduction of
// the devices' end points.
// @see neutron `plugins/ml2/drivers/l2pop/rpc_manager/l2population_rpc.py`, `plugins/ml2/drivers/type_tunnel.py`
import type { Clock, Logger } from '@f5-lbaas/platform';
import type { RpcEndpoint, RpcServer, RpcTransport } from '@f5-lbaas/rpc';
import type { ForwardingChange, TunnelPeers } from '../allocate/tunnel-peers.ts';
import type { TunnelType } from '../config/network-settings.ts';
import type { AgentDriver } from '../driver/agent-driver.ts';
import { isRecord } from './readers.ts';

const L2POPULATION_TOPIC = 'q-agent-notifier-l2population-update';
const TUNNEL_TOPIC = 'q-agent-notifier-tunnel-update';
const NEUTRON_TOPIC = 'q-plugin';
const TUNNEL_SYNC_VERSION = '1.4';
const TUNNEL_SYNC_TIMEOUT_MS = 10_000;
/** Stands for every destination that is not known. */
const FLOODING = ['00:00:00:00:00:00', '0.0.0.0'] as const;

function isTunnelType(value: unknown): value is TunnelType {
  return value === 'vxlan' || value === 'gre';
}

function entryOf(value: unknown): { mac: string; address: string } | undefined {
  const [mac, address] = listOf(value);
  if (typeof mac !== 'string' || typeof address !== 'string' || mac === FLOODING[0]) {
    return undefined;
  }
  return { mac: mac.toLowerCase(), address };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `{ <network>: { network_type, segment_id, ports: { <vtep>: [[mac, ip]] } } }`; what is not understood is left out. */
export function forwardingChanges(entries: unknown, action: 'add' | 'remove'): ForwardingChange[] {
  if (!isRecord(entries)) return [];
  return Object.entries(entries).flatMap(([networkId, value]): ForwardingChange[] => {
    if (!isRecord(value) || !isTunnelType(value.network_type) || !isRecord(value.ports)) return [];
    const peers = Object.entries(value.ports).flatMap(([vtep, list]) =>
      listOf(list).flatMap((one) => {
        const entry = entryOf(one);
        return entry === undefined ? [] : [{ ...entry, vtep }];
      }),
    );
    const change = { networkId, type: value.network_type, key: Number(value.segment_id) };
    return peers.length === 0 ? [] : [{ action, ...change, peers }];
  });
}

export interface TunnelMessagesDeps {
  transport: RpcTransport;
  driver: AgentDriver;
  agentHost: string;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

export interface TunnelMessagesOptions {
  tunnelTypes: readonly string[];
  l2Population: boolean;
}

export class TunnelMessages {
  readonly #deps: TunnelMessagesDeps;
  readonly #options: TunnelMessagesOptions;
  readonly #introduced = new Set<string>();
  #servers: RpcServer[] = [];

  constructor(deps: TunnelMessagesDeps, options: TunnelMessagesOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Nothing without tunnels. @throws RpcUnavailableError */
  async start(): Promise<void> {
    const { tunnelTypes, l2Population } = this.#options;
    if (tunnelTypes.length === 0) return;
    const { transport, agentHost: server } = this.#deps;
    // End points of others come with the service definitions and with l2population.
    const endpoint: RpcEndpoint = { tunnel_update: () => Promise.resolve(null) };
    await this.stop();
    this.#servers.push(await transport.serve(TUNNEL_TOPIC, endpoint));
    if (!l2Population) return;
    this.#servers.push(await transport.serve(L2POPULATION_TOPIC, this.#endpoint(), { server }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    this.#servers = [];
  }

  /** Tells Neutron the end points of devices, each once; those that could not be told are told next time. */
  async introduce(): Promise<void> {
    const { driver, transport, logger, agentHost, signal } = this.#deps;
    const { tunnelTypes } = this.#options;
    for (const ip of tunnelTypes.length === 0 ? [] : await driver.tunnelEndPoints(signal)) {
      for (const type of tunnelTypes.filter((one) => !this.#introduced.has(`${one} ${ip}`))) {
        const args = { tunnel_ip: ip, tunnel_type: type, host: agentHost };
        const options = {
          version: TUNNEL_SYNC_VERSION,
          timeoutMs: TUNNEL_SYNC_TIMEOUT_MS,
          signal,
        };
        try {
          await transport.call(NEUTRON_TOPIC, 'tunnel_sync', args, options);
          this.#introduced.add(`${type} ${ip}`);
        } catch (error) {
          logger.warn({ tunnel_ip: ip, err: error }, 'Neutron was not told of a tunnel end point.');
        }
      }
    }
  }

  #endpoint(): RpcEndpoint {
    const handle =
      (action: 'add' | 'remove') =>
      async (args: Record<string, unknown>): Promise<null> => {
        await this.#apply(forwardingChanges(args['fdb_entries'], action));
        return null;
      };
    return {
      add_fdb_entries: handle('add'),
      remove_fdb_entries: handle('remove'),
      // DIFFERS: F5's agent ignores it. A port keeps its MAC address when its IP changes, so entries stay as they are.
      update_fdb_entries: () => Promise.resolve(null),
    };
  }

  async #apply(changes: readonly ForwardingChange[]): Promise<void> {
    const { driver, signal } = this.#deps;
    for (const change of changes) await driver.updateForwarding(change, signal);
  }
}

/** Tells Neutron's other agents that a device takes part in a network. */
export function createTunnelPeers(transport: RpcTransport): TunnelPeers {
  const send = async (
    method: string,
    { networkId, type, key, endPoint }: Parameters<TunnelPeers['announce']>[0],
    signal: AbortSignal,
  ): Promise<void> => {
    const fdb_entries = {
      [networkId]: { network_type: type, segment_id: key, ports: { [endPoint]: [[...FLOODING]] } },
    };
    await transport.fanout(L2POPULATION_TOPIC, method, { fdb_entries }, { signal });
  };
  return {
    announce: (tunnel, signal) => send('add_fdb_entries', tunnel, signal),
    withdraw: (tunnel, signal) => send('remove_fdb_entries', tunnel, signal),
  };
}
