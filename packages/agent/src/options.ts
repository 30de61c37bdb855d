// Settings of one agent process as the code uses them. Where they come from (ini, lab) is another matter.
import type { NetworkSettings } from './config/network-settings.ts';
import type { ManagerOptions } from './manager/manager-options.ts';

export interface AgentOptions {
  /** Name of this process's machine; part of the agent's name. */
  host: string;
  /** Fixed agent name instead of the derived one. */
  agentId?: string;
  /** `Project`; environment of the agent, part of topics and the prefix of all object names on devices. */
  environmentPrefix: string;
  /** The servers' topic carries the environment. @default true */
  environmentSpecificPlugin?: boolean;
  /** @default 1 */
  environmentGroupNumber?: number;
  /** Extra entries of the reported configurations. */
  staticConfiguration?: Record<string, string>;
  /** Management addresses of the devices; the first in order names the agent. */
  deviceHosts: readonly string[];
  /** How networks are put on devices. @default global routed mode: they are left to operators */
  networks?: NetworkSettings | undefined;
  /** @default 60000 */
  callTimeoutMs?: number;
  /** Timers and limits; each has a default. */
  manager?: Partial<Omit<ManagerOptions, 'identity'>>;
}

/** What holds where `AgentOptions.manager` says nothing. */
export const MANAGER_DEFAULTS: Omit<ManagerOptions, 'identity'> = {
  reportIntervalMs: 30_000,
  resyncIntervalMs: 300_000,
  driftAction: 'repair',
  healthIntervalMs: 10_000,
  statisticsIntervalMs: 60_000,
  orphanConfirmMs: 60_000,
  tenantParallelism: 8,
  applyTimeoutMs: 300_000,
  pollTimeoutMs: 60_000,
  forceAdminStateUp: false,
  reportEsdNames: false,
};
