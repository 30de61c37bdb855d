// Neutron's messages about tunnels: who is reached where (l2population), and the introduction of the devices' end points.
// @see neutron `plugins/ml2/drivers/l2pop/rpc_manager/l2population_rpc.py`
import { createKeyedLock, type Logger } from '@f5-lbaas/platform';
import type { RpcArgs, RpcEndpoint, RpcServer, RpcTransport } from '@f5-lbaas/rpc';
import type { ForwardingChange } from '../allocate/forwarding-change.ts';
import type { AgentDriver } from '../driver/agent-driver.ts';
import { messageOf } from './failures.ts';
import { forwardingChanges, type ForwardingAction } from './forwarding-changes.ts';
import { L2POPULATION_TOPIC, type TunnelOutbox } from './tunnel-outbox.ts';

export interface TunnelMessagesDeps {
  transport: RpcTransport;
  outbox: TunnelOutbox;
  driver: Pick<AgentDriver, 'updateForwarding' | 'tunnelEndPoints'>;
  agentHost: string;
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
  /** What is said of one network is done in the order in which it was said. */
  readonly #networks = createKeyedLock();
  readonly #underway = new Set<Promise<void>>();
  #server: RpcServer | undefined;

  constructor(deps: TunnelMessagesDeps, options: TunnelMessagesOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /**
   * Nothing without tunnels or l2population. Of `tunnel_update`, which tells of an end point that has joined the cloud,
   * F5's agents (v1 and v2) make nothing; here nobody listens to it. Whom a device has to reach behind a new end point
   * comes with l2population as soon as there is somebody, and every service definition lists all end points.
   * @see f5-openstack-agent `lbaasv2/drivers/bigip/agent_manager.py` tunnel_update
   * @throws RpcUnavailableError
   */
  async start(): Promise<void> {
    const { tunnelTypes, l2Population } = this.#options;
    if (tunnelTypes.length === 0 || !l2Population) return;
    const { transport, agentHost: server } = this.#deps;
    this.#server = await transport.serve(L2POPULATION_TOPIC, this.#endpoint(), { server });
  }

  /** Resolves when nothing of it runs any more, and the others know what there was to know. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    await Promise.all(this.#underway);
    await this.#deps.outbox.flush();
  }

  /**
   * Tells Neutron the end points of devices, each once, and whatever could not be told before; what cannot be told now
   * is told next time.
   */
  async introduce(): Promise<void> {
    const { driver, outbox, logger, signal } = this.#deps;
    const { tunnelTypes } = this.#options;
    if (tunnelTypes.length === 0) return;
    await outbox.flush();
    for (const address of await driver.tunnelEndPoints(signal)) {
      for (const type of tunnelTypes.filter((one) => !this.#introduced.has(`${one} ${address}`))) {
        try {
          await outbox.introduce(type, address, signal);
          this.#introduced.add(`${type} ${address}`);
        } catch (error) {
          logger.warn({ tunnel_ip: address, err: error }, 'Neutron was not told of an end point.');
        }
      }
    }
  }

  #endpoint(): RpcEndpoint {
    const handle =
      (action: ForwardingAction) =>
      (args: RpcArgs): Promise<null> => {
        this.#take(args, action);
        return Promise.resolve(null);
      };
    return {
      add_fdb_entries: handle('add'),
      remove_fdb_entries: handle('remove'),
      // DIFFERS: F5's agent ignores it, and static ARP entries of the old address stay.
      update_fdb_entries: handle('update'),
    };
  }

  /** Returns at once: a tenant whose devices are busy must hold up nobody else's messages. */
  #take({ fdb_entries: entries, host }: RpcArgs, action: ForwardingAction): void {
    const isForOther = typeof host === 'string' && host !== '' && host !== this.#deps.agentHost;
    if (isForOther) return;
    const byNetwork = new Map<string, ForwardingChange[]>();
    for (const change of forwardingChanges(entries, action)) {
      const { networkId } = change;
      byNetwork.set(networkId, [...(byNetwork.get(networkId) ?? []), change]);
    }
    for (const [networkId, changes] of byNetwork) {
      const work = this.#apply(networkId, changes).finally(() => this.#underway.delete(work));
      this.#underway.add(work);
    }
  }

  async #apply(networkId: string, changes: readonly ForwardingChange[]): Promise<void> {
    const { driver, logger, signal } = this.#deps;
    try {
      await this.#networks.run(
        networkId,
        async () => {
          for (const change of changes) await driver.updateForwarding(change, signal);
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted) return;
      const fields = { network_id: networkId, reason: messageOf(error) };
      logger.warn(fields, 'Forwarding entries were not written; the next resync does.');
    }
  }
}
