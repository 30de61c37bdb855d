// Settings of the agent manager, with the defaults that hold where a configuration says nothing.
import type { StateFacts } from './state-report.ts';

export const DRIFT_ACTIONS = ['repair', 'report'] as const;
export type DriftAction = (typeof DRIFT_ACTIONS)[number];

export interface ManagerOptions {
  identity: Pick<
    StateFacts,
    | 'agentHost'
    | 'environmentPrefix'
    | 'environmentGroupNumber'
    | 'globalRoutedMode'
    | 'l2Population'
    | 'tunnelTypes'
    | 'bridgeMappings'
    | 'networkFacts'
    | 'staticConfiguration'
  >;
  /** 0: no reports. */
  reportIntervalMs: number;
  /** 0: no periodic resync. */
  resyncIntervalMs: number;
  /** What the periodic resync does about differences that nobody asked for. */
  driftAction: DriftAction;
  /** 0: no polling. */
  healthIntervalMs: number;
  /** 0: only on demand. */
  statisticsIntervalMs: number;
  /** Least time between the two confirmations that an object on a device is an orphan. */
  orphanConfirmMs: number;
  /** Tenants worked on at once. */
  tenantParallelism: number;
  /** One application of one service definition, or one tenant's resync. */
  applyTimeoutMs: number;
  /** One poll of health or counters. */
  pollTimeoutMs: number;
  /** Sets the agent's admin state up at the server on start, even if an operator had set it down. */
  forceAdminStateUp: boolean;
  /** Heartbeats name the ESDs that devices can serve. */
  reportEsdNames: boolean;
}
