// The server's side of the RPC contract: answers from tables that a test fills, and keeps what it is told.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { pluginTopic, type RpcArgs, type RpcServer, type RpcTransport } from '@f5-lbaas/rpc';

export class FakeServer {
  /** What the server has stored, by load balancer id. */
  readonly services = new Map<string, ServiceDefinition>();
  /** Answers of the validate methods for ids that exist; everything else is `Unknown`. */
  readonly known = new Set<string>();
  /** Method -> how often it still fails. */
  readonly failures = new Map<string, number>();
  readonly received: { method: string; args: RpcArgs }[] = [];
  #server: RpcServer | undefined;

  readonly #transport: RpcTransport;
  readonly #environment: string;

  constructor(transport: RpcTransport, environment: string) {
    this.#transport = transport;
    this.#environment = environment;
  }

  async start(): Promise<void> {
    this.#server = await this.#transport.serve(pluginTopic(this.#environment), this.#endpoint());
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  argsOf(method: string): RpcArgs[] {
    return this.received.filter((entry) => entry.method === method).map((entry) => entry.args);
  }

  /** `<revision>` of each accepted report of a load balancer. */
  reports(loadbalancerId: string): RpcArgs[] {
    return this.argsOf('update_service_status').filter(
      (args) => args.loadbalancer_id === loadbalancerId,
    );
  }

  #endpoint() {
    const take = (method: string, answer: (args: RpcArgs) => unknown) => (args: RpcArgs) => {
      const left = this.failures.get(method) ?? 0;
      if (left > 0) {
        this.failures.set(method, left - 1);
        return Promise.reject(new Error('The database is down.'));
      }
      this.received.push({ method, args });
      return Promise.resolve(answer(args));
    };
    const validate = (kind: string) => (args: RpcArgs) => {
      const ids = Array.isArray(args[kind]) ? args[kind].map(String) : [];
      return Object.fromEntries(ids.map((id) => [id, this.known.has(id) ? 'ACTIVE' : 'Unknown']));
    };
    const answers: Record<string, (args: RpcArgs) => unknown> = {
      get_all_loadbalancers: (args) =>
        [...this.services.values()].map(({ loadbalancer }) => ({
          agent_host: args.host,
          lb_id: loadbalancer.id,
          tenant_id: loadbalancer.tenant_id,
        })),
      get_service_by_loadbalancer_id: (args) =>
        this.services.get(String(args.loadbalancer_id)) ?? {},
      validate_loadbalancers_state: validate('loadbalancers'),
      validate_listeners_state: validate('listeners'),
      validate_pools_state: validate('pools'),
      validate_members_state: validate('members'),
      validate_healthmonitors_state: validate('healthmonitors'),
      update_service_status: () => null,
      update_operating_status: () => null,
      update_statistics: () => null,
      report_state: () => null,
      set_agent_admin_state: () => true,
      update_loadbalancer_status: () => null,
      update_loadbalancer_stats: () => null,
      update_listener_status: () => null,
      update_member_status: () => null,
      loadbalancer_destroyed: () => null,
      member_destroyed: () => null,
      healthmonitor_destroyed: () => null,
      update_health_monitor_status: () => null,
      update_pool_status: () => null,
      pool_destroyed: () => null,
      listener_destroyed: () => null,
    };
    return Object.fromEntries(
      Object.entries(answers).map(([method, answer]) => [method, take(method, answer)]),
    );
  }
}
