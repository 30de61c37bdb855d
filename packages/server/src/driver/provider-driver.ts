// The seam between the domain service (what the APIs call) and the driver of a provider (F5PluginDriver).
import type { ResourceKind } from '@f5-lbaas/model';
import type { AgentRow, Repositories } from '@f5-lbaas/storage';

export type ChangeVerb = 'create' | 'update' | 'delete';

/** One accepted API change: what was asked for, on which object of which load balancer. */
export interface Change {
  verb: ChangeVerb;
  kind: ResourceKind;
  id: string;
  loadbalancerId: string;
}

export interface ProviderDriver {
  /**
   * Inside the transaction that writes the change, after the rows are written: raises the load balancer's
   * revision, stamps it on the objects in `touched`, starts the pending period, and binds the tenant to an
   * agent of the provider's environment when it has none there.
   * @throws LbaasError kind `unavailable`, code ERR_NO_ACTIVE_AGENT / ERR_NO_ELIGIBLE_AGENT /
   *   ERR_PROVIDER_NOT_CONFIGURED; roll back then
   */
  record(
    repositories: Repositories,
    change: Change,
    touched: readonly { kind: ResourceKind; id: string }[],
  ): Promise<void>;

  /** After the commit: builds the service definition and tells the agent. Never throws; the sweeper repeats it. */
  notify(change: Change): void;

  /** An agent's heartbeats are coming in. */
  isAlive(agent: AgentRow): boolean;

  /** Asks the agent for fresh statistics of a load balancer; the answer arrives later. Never throws. */
  requestStatistics(loadbalancerId: string): void;
}
