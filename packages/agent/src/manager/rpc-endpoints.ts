// What the server may say to the agent. All change methods lead to one thing: the service definition's queue.
// @see f5-openstack-lbaasv2-driver `f5lbaasdriver/v2/bigip/agent_rpc.py`
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { AGENT_API_NOUNS, type RpcArgs, type RpcEndpoint, type RpcHandler } from '@f5-lbaas/rpc';
import { isRecord } from './readers.ts';
import { readServiceDefinition } from './read-service.ts';

export interface AgentEndpointHandlers {
  /** Must return at once: the order of messages is the order of these calls. */
  onChange(service: ServiceDefinition): void;
  onStatisticsWanted(service: ServiceDefinition): Promise<void>;
  onAdminState(isUp: boolean): void;
}

const VERBS = ['create', 'update', 'delete'] as const;

export function agentEndpoint(handlers: AgentEndpointHandlers): RpcEndpoint {
  const onChange: RpcHandler = (args) => {
    handlers.onChange(readServiceDefinition(args.service));
    return Promise.resolve(null);
  };
  const changes = VERBS.flatMap((verb) =>
    AGENT_API_NOUNS.map((noun) => [`${verb}_${noun}`, onChange] as const),
  );
  return {
    ...Object.fromEntries(changes),
    update_loadbalancer_stats: async (args) => {
      await handlers.onStatisticsWanted(readServiceDefinition(args.service));
      return null;
    },
    agent_updated: (args) => {
      handlers.onAdminState(adminStateOf(args));
      return Promise.resolve(null);
    },
  };
}

function adminStateOf(args: RpcArgs): boolean {
  const state = isRecord(args.payload) ? args.payload.admin_state_up : undefined;
  if (typeof state !== 'boolean') {
    throw new LbaasError(
      'bad_request',
      'ERR_AGENT_UPDATED',
      "agent_updated: 'payload.admin_state_up' is not true or false.",
    );
  }
  return state;
}
