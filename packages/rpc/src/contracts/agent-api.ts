// Driver -> agent: methods and arguments that the agent serves. All are casts.
// Names and shapes are those of F5's LBaaSv2 driver, so its agent understands ours and ours understands it.
import type { ServiceDefinition } from '@f5-lbaas/model';

/** Wire noun of each resource in method names, e.g. `create_health_monitor`. */
export const AGENT_API_NOUNS = [
  'loadbalancer',
  'listener',
  'pool',
  'member',
  'health_monitor',
  'l7policy',
  'l7rule',
] as const;
export type AgentApiNoun = (typeof AGENT_API_NOUNS)[number];
export type AgentApiVerb = 'create' | 'update' | 'delete';
export type AgentApiMethod =
  `${AgentApiVerb}_${AgentApiNoun}` | 'update_loadbalancer_stats' | 'agent_updated';

/**
 * Arguments of `<verb>_<noun>`: the object under its noun, `old_<noun>` for updates, and the full service.
 * Only `service` is acted on; the object is there for F5's agents and for logs.
 */
export type ChangeArgs = { service: ServiceDefinition } & Record<string, unknown>;
