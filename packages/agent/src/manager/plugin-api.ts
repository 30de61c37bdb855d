// The server as the agent sees it: methods of LoadBalancerCallbacks with checked answers.
// @see f5-openstack-lbaasv2-driver `f5lbaasdriver/v2/bigip/plugin_rpc.py`
import { LbaasError, type ResourceKind, type ServiceDefinition } from '@f5-lbaas/model';
import type {
  LoadBalancerBinding,
  OperatingStatusReport,
  RpcArgs,
  RpcTransport,
  StateReport,
  StatisticsReport,
} from '@f5-lbaas/rpc';
import { isRecord } from './readers.ts';
import { readServiceDefinition } from './read-service.ts';
import type { ReportMessage } from './report-messages.ts';

export interface PluginApiOptions {
  transport: RpcTransport;
  /** Topic that the servers of the environment consume. */
  topic: string;
  agentHost: string;
  /** Environment prefix; argument of the listing methods. */
  environment: string;
  callTimeoutMs: number;
}

/**
 * Kinds that the server can be asked about, by `validate_<kind>_state`. F5's driver knows the first three; asked
 * about the others it fails, and a failure is no answer.
 */
export const VALIDATED_KINDS = [
  'loadbalancers',
  'listeners',
  'pools',
  'members',
  'healthmonitors',
  'l7policies',
] as const satisfies readonly ResourceKind[];
export type ValidatedKind = (typeof VALIDATED_KINDS)[number];

/** Short, as it is repeated until somebody answers. */
const ANNOUNCE_TIMEOUT_MS = 5_000;

/** What the server says of an id that it does not have. */
const UNKNOWN = 'Unknown';

export class PluginApi {
  readonly #options: PluginApiOptions;

  constructor(options: PluginApiOptions) {
    this.#options = options;
  }

  /** Load balancers bound to this agent. @throws LbaasError kind `unavailable`; RpcRemoteError */
  async listBindings(signal: AbortSignal): Promise<LoadBalancerBinding[]> {
    const { environment: env, agentHost: host } = this.#options;
    const answer = await this.#call('get_all_loadbalancers', { env, group: null, host }, signal);
    if (!Array.isArray(answer)) throw unreadable('get_all_loadbalancers', 'not a list');
    return answer.map(readBinding).filter((binding) => binding.agent_host === host);
  }

  /**
   * @returns undefined when the server has nothing under that id; F5's driver says so after a failure, too,
   * hence it proves nothing
   */
  async findService(
    loadbalancerId: string,
    signal: AbortSignal,
  ): Promise<ServiceDefinition | undefined> {
    const args = { loadbalancer_id: loadbalancerId, host: this.#options.agentHost };
    const answer = await this.#call('get_service_by_loadbalancer_id', args, signal);
    const isEmpty = answer === null || (isRecord(answer) && Object.keys(answer).length === 0);
    return isEmpty ? undefined : readServiceDefinition(answer);
  }

  /**
   * Ids that the server positively says it does not have. An id missing from the answer is not one of them.
   * @throws when the server could not be asked: no conclusion then
   */
  async listUnknown(
    kind: ValidatedKind,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const method = `validate_${kind}_state`;
    const answer = await this.#call(method, { [kind]: ids, host: this.#options.agentHost }, signal);
    if (!isRecord(answer)) throw unreadable(method, 'not an object');
    return new Set(ids.filter((id) => answer[id] === UNKNOWN));
  }

  async setAdminState(isUp: boolean, signal: AbortSignal): Promise<void> {
    const args = { admin_state_up: isUp, host: this.#options.agentHost };
    await this.#call('set_agent_admin_state', args, signal);
  }

  /**
   * A heartbeat that the server acknowledges, so that the agent is known from then on; a cast to a server that
   * never ran would be lost without a trace.
   */
  async announceState(report: StateReport, signal: AbortSignal): Promise<void> {
    const { transport, topic } = this.#options;
    const options = { timeoutMs: ANNOUNCE_TIMEOUT_MS, signal };
    await transport.call(topic, 'report_state', { ...report }, options);
  }

  async reportState(report: StateReport, signal: AbortSignal): Promise<void> {
    await this.#cast('report_state', { ...report }, signal);
  }

  async updateOperatingStatus(report: OperatingStatusReport, signal: AbortSignal): Promise<void> {
    await this.#cast('update_operating_status', { ...report }, signal);
  }

  async updateStatistics(report: StatisticsReport, signal: AbortSignal): Promise<void> {
    await this.#cast('update_statistics', { ...report }, signal);
  }

  async send(message: ReportMessage, signal: AbortSignal): Promise<void> {
    if (message.kind === 'call') await this.#call(message.method, message.args, signal);
    else await this.#cast(message.method, message.args, signal);
  }

  #call(method: string, args: RpcArgs, signal: AbortSignal): Promise<unknown> {
    const { transport, topic, callTimeoutMs } = this.#options;
    return transport.call(topic, method, args, { timeoutMs: callTimeoutMs, signal });
  }

  #cast(method: string, args: RpcArgs, signal: AbortSignal): Promise<void> {
    const { transport, topic } = this.#options;
    return transport.cast(topic, method, args, { signal });
  }
}

function readBinding(value: unknown): LoadBalancerBinding {
  const { agent_host, lb_id, tenant_id, revision } = isRecord(value) ? value : {};
  if (
    typeof agent_host !== 'string' ||
    typeof lb_id !== 'string' ||
    typeof tenant_id !== 'string'
  ) {
    throw unreadable('get_all_loadbalancers', 'an item lacks agent_host, lb_id or tenant_id');
  }
  return { agent_host, lb_id, tenant_id, ...(typeof revision === 'number' && { revision }) };
}

function unreadable(method: string, why: string): LbaasError {
  return new LbaasError(
    'unavailable',
    'ERR_SERVER_ANSWER',
    `The server's answer to '${method}' cannot be read: ${why}.`,
  );
}
