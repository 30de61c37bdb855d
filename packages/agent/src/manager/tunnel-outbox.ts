// What the agent tells Neutron and its other agents of the devices' tunnels. Messages that the bus cannot take now wait
// here, in order: who learns of a tunnel late is reached late, and who never does is never reached.
// @see neutron `plugins/ml2/drivers/l2pop/rpc.py`, `plugins/ml2/drivers/type_tunnel.py`
import type { Logger } from '@f5-lbaas/platform';
import { RpcRemoteError, type RpcArgs, type RpcTransport } from '@f5-lbaas/rpc';
import type { TunnelEnd, TunnelPeers } from '../allocate/tunnel-peers.ts';
import { FLOODING } from './forwarding-changes.ts';
import { messageOf } from './failures.ts';

/** Neutron's agents tell each other here who is where. @see neutron `common/topics.py` */
export const L2POPULATION_TOPIC = 'q-agent-notifier-l2population-update';
const NEUTRON_TOPIC = 'q-plugin';
/** Newest first; a Neutron that is older than the first refuses it. */
const TUNNEL_SYNC_VERSIONS = ['1.4', '1.0'] as const;
const TUNNEL_SYNC_TIMEOUT_MS = 10_000;

interface Message {
  method: 'add_fdb_entries' | 'remove_fdb_entries';
  args: RpcArgs;
}

function flooding({ networkId, type, key, endPoint }: TunnelEnd): RpcArgs {
  const ports = { [endPoint]: [[...FLOODING]] };
  return { fdb_entries: { [networkId]: { network_type: type, segment_id: key, ports } } };
}

export class TunnelOutbox implements TunnelPeers {
  readonly #transport: RpcTransport;
  readonly #logger: Logger;
  readonly #waiting: Message[] = [];
  #sending: Promise<void> | undefined;

  constructor(transport: RpcTransport, logger: Logger) {
    this.#transport = transport;
    this.#logger = logger;
  }

  announce(tunnel: TunnelEnd): void {
    this.#send({ method: 'add_fdb_entries', args: flooding(tunnel) });
  }

  withdraw(tunnel: TunnelEnd): void {
    this.#send({ method: 'remove_fdb_entries', args: flooding(tunnel) });
  }

  /** Sends what waits. Never fails: what cannot be sent waits on. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /**
   * Introduces an end point to Neutron, which tells its agents.
   * DIFFERS: no host is named, as in F5's agent; of two end points with one host Neutron forgets the first.
   * @throws RpcUnavailableError, RpcTimeoutError, RpcRemoteError
   */
  async introduce(type: string, address: string, signal: AbortSignal): Promise<void> {
    const args = { tunnel_ip: address, tunnel_type: type };
    const [newest, oldest] = TUNNEL_SYNC_VERSIONS;
    const call = (version: string, named: RpcArgs): Promise<unknown> =>
      this.#transport.call(NEUTRON_TOPIC, 'tunnel_sync', named, {
        version,
        timeoutMs: TUNNEL_SYNC_TIMEOUT_MS,
        signal,
      });
    try {
      await call(newest, { ...args, host: null });
    } catch (error) {
      if (!(error instanceof RpcRemoteError) || error.className !== 'UnsupportedVersion')
        throw error;
      await call(oldest, args);
    }
  }

  #send(message: Message): void {
    this.#waiting.push(message);
    void this.flush();
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      try {
        await this.#transport.fanout(L2POPULATION_TOPIC, next.method, next.args);
      } catch (error) {
        const fields = { waiting: this.#waiting.length, reason: messageOf(error) };
        this.#logger.warn(fields, 'Other agents were not told of a tunnel; they are told later.');
        return;
      }
      this.#waiting.shift();
    }
  }
}
