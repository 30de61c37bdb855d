// An agent as the driver sees it: consumes its topic, keeps the newest service of each load balancer, and
// reports what a test tells it to.
import type { ResourceKind, ServiceDefinition } from '@f5-lbaas/model';
import type { Clock } from '@f5-lbaas/platform';
import {
  AGENT_BINARY,
  AGENT_TYPE,
  REPORTED_AGENT_TOPIC,
  agentTopic,
  pluginTopic,
  type ObjectReport,
  type RpcArgs,
  type RpcServer,
  type RpcTransport,
  type ServiceStatusReport,
} from '@f5-lbaas/rpc';

export interface StubAgentOptions {
  transport: RpcTransport;
  clock: Clock;
  host: string;
  environment?: string;
  configurations?: Record<string, unknown>;
}

const SERVICE_KINDS: Record<Exclude<ResourceKind, 'loadbalancers'>, keyof ServiceDefinition> = {
  listeners: 'listeners',
  pools: 'pools',
  members: 'members',
  healthmonitors: 'healthmonitors',
  l7policies: 'l7policies',
  l7rules: 'l7policy_rules',
};

export class StubAgent {
  readonly host: string;
  readonly messages: { method: string; args: RpcArgs }[] = [];
  /** Load balancer id -> newest service seen. */
  readonly services = new Map<string, ServiceDefinition>();
  readonly #options: StubAgentOptions;
  readonly #environment: string;
  #server: RpcServer | undefined;

  constructor(options: StubAgentOptions) {
    this.#options = options;
    this.host = options.host;
    this.#environment = options.environment ?? 'Project';
  }

  async start(): Promise<void> {
    const endpoint = new Proxy(
      {},
      {
        get: (_, method) => (args: RpcArgs) => this.#receive(String(method), args),
        has: () => true,
        getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
      },
    );
    const topic = agentTopic(this.#environment, this.host);
    this.#server = await this.#options.transport.serve(topic, endpoint);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  heartbeat(): Promise<unknown> {
    return this.call('report_state', {
      agent_state: {
        agent_state: {
          binary: AGENT_BINARY,
          host: this.host,
          topic: REPORTED_AGENT_TOPIC,
          agent_type: AGENT_TYPE,
          l2_population: false,
          uuid: 'u',
          configurations: {
            environment_prefix: this.#environment,
            environment_group_number: 1,
            global_routed_mode: true,
            ...this.#options.configurations,
          },
        },
      },
      time: new Date(this.#options.clock.nowMs()).toISOString().replace('Z', '000'),
    });
  }

  call(method: string, args: RpcArgs): Promise<unknown> {
    return this.#options.transport.call(pluginTopic(this.#environment), method, args);
  }

  /** What an agent says that applied the whole service; `differing` objects by id. */
  outcome(
    service: ServiceDefinition,
    differing: Record<string, ObjectReport> = {},
  ): ServiceStatusReport {
    const judge = (object: { id: string; provisioning_status: string }): ObjectReport =>
      differing[object.id] ?? {
        provisioning_status: object.provisioning_status === 'PENDING_DELETE' ? 'DELETED' : 'ACTIVE',
      };
    const objects: ServiceStatusReport['objects'] = {
      loadbalancers: { [service.loadbalancer.id]: judge(service.loadbalancer) },
    };
    for (const kind of Object.keys(SERVICE_KINDS) as (keyof typeof SERVICE_KINDS)[]) {
      const listed = service[SERVICE_KINDS[kind]];
      if (!Array.isArray(listed)) continue;
      objects[kind] = Object.fromEntries(listed.map((object) => [object.id, judge(object)]));
    }
    return {
      loadbalancer_id: service.loadbalancer.id,
      host: this.host,
      revision: service.revision ?? 0,
      objects,
    };
  }

  /** Reports the newest service of a load balancer as applied. */
  async finish(
    loadbalancerId: string,
    differing: Record<string, ObjectReport> = {},
  ): Promise<void> {
    const service = this.services.get(loadbalancerId);
    if (service === undefined) throw new Error(`No service of '${loadbalancerId}' arrived.`);
    await this.call('update_service_status', { ...this.outcome(service, differing) });
  }

  #receive(method: string, args: RpcArgs): Promise<null> {
    this.messages.push({ method, args });
    const service = args['service'] as ServiceDefinition | undefined;
    if (service === undefined) return Promise.resolve(null);
    const known = this.services.get(service.loadbalancer.id);
    if ((known?.revision ?? 0) <= (service.revision ?? 0)) {
      this.services.set(service.loadbalancer.id, service);
    }
    return Promise.resolve(null);
  }
}
