// An agent without devices: it reports state, and answers every service definition with "all done" (or "failed").
import {
  AGENT_BINARY,
  AGENT_TYPE,
  agentTopic,
  pluginTopic,
  REPORTED_AGENT_TOPIC,
} from '@f5-lbaas/rpc';
import type { RpcEndpoint, RpcTransport } from '@f5-lbaas/rpc';
import type { ServiceDefinition } from '@f5-lbaas/model';
import { AGENT_API_NOUNS } from '@f5-lbaas/rpc';

export interface ObedientAgent {
  /** While true, changes stay pending. */
  holding: boolean;
  /** Ids of objects that are reported as failed. */
  failing: Set<string>;
  stop(): Promise<void>;
}

interface Identity {
  environment: string;
  host: string;
}

export async function startObedientAgent(
  transport: RpcTransport,
  { environment = 'Project', host = 'agent-1' }: Partial<Identity> = {},
): Promise<ObedientAgent> {
  const agent = { holding: false, failing: new Set<string>() };
  const obey = async (args: Record<string, unknown>): Promise<unknown> => {
    if (agent.holding) return null;
    const service = args.service as ServiceDefinition;
    const outcomes = (rows: { id: string; provisioning_status: string }[]) =>
      Object.fromEntries(
        rows.map((row) => [
          row.id,
          agent.failing.has(row.id)
            ? { provisioning_status: 'ERROR', reason: 'told to fail' }
            : {
                provisioning_status:
                  row.provisioning_status === 'PENDING_DELETE' ? 'DELETED' : 'ACTIVE',
              },
        ]),
      );
    await transport.call(pluginTopic(environment), 'update_service_status', {
      loadbalancer_id: service.loadbalancer.id,
      host,
      revision: service.revision,
      objects: {
        loadbalancers: outcomes([service.loadbalancer]),
        listeners: outcomes(service.listeners),
        pools: outcomes(service.pools),
        members: outcomes(service.members),
        healthmonitors: outcomes(service.healthmonitors),
        l7policies: outcomes(service.l7policies),
        l7rules: outcomes(service.l7policy_rules),
      },
    });
    return null;
  };
  const endpoint: RpcEndpoint = { update_loadbalancer_stats: () => Promise.resolve(null) };
  for (const noun of AGENT_API_NOUNS) {
    for (const verb of ['create', 'update', 'delete']) endpoint[`${verb}_${noun}`] = obey;
  }
  const server = await transport.serve(agentTopic(environment, host), endpoint);
  await reportState(transport, { environment, host });
  return Object.assign(agent, { stop: () => server.stop() });
}

async function reportState(
  transport: RpcTransport,
  { environment, host }: Identity,
): Promise<void> {
  const agent_state = {
    binary: AGENT_BINARY,
    host,
    topic: REPORTED_AGENT_TOPIC,
    agent_type: AGENT_TYPE,
    l2_population: false,
    start_flag: true,
    uuid: 'f0000000-0000-4000-8000-000000000001',
    configurations: {
      environment_prefix: environment,
      environment_group_number: 1,
      operational: true,
      global_routed_mode: true,
      tunnel_types: [],
      bridge_mappings: {},
      icontrol_endpoints: {},
      device_drivers: ['f5'],
    },
  };
  const time = new Date().toISOString().replace('Z', '000');
  await transport.call(pluginTopic(environment), 'report_state', {
    agent_state: { agent_state },
    time,
  });
}
