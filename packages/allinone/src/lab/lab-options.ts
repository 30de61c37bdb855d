// How the lab is tuned: everything that a person waits for takes seconds, everything idle costs next to nothing.
import type { DriverOptions } from '@f5-lbaas/server';
import type { AgentOptions } from '@f5-lbaas/agent';

export interface LabOptions {
  dataDir: string;
  /** @default DEFAULT_PORT_BASE */
  portBase?: number;
  /** Forget what earlier runs left. */
  reset?: boolean;
  /** @default 'info' */
  logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

export const LAB_ENVIRONMENT = 'Project';
/** Fixed, so that tenants stay with their agent when the ports change. */
export const LAB_AGENT = 'lab-agent';

export const LAB_DRIVER: Partial<DriverOptions> = {
  vipVnicType: 'normal',
  agentDownTimeMs: 60_000,
  sweepIntervalMs: 1_000,
  resendInitialMs: 5_000,
  resendMaxMs: 20_000,
  pendingTimeoutMs: 120_000,
  errorRetryIntervalMs: 30_000,
  vipClaimTimeoutMs: 30_000,
};

export const LAB_MANAGER: NonNullable<AgentOptions['manager']> = {
  reportIntervalMs: 15_000,
  healthIntervalMs: 3_000,
  statisticsIntervalMs: 10_000,
  orphanConfirmMs: 15_000,
  pollTimeoutMs: 10_000,
  applyTimeoutMs: 60_000,
};

/** Lost configuration is noticed within this time: one request to each device. */
export const LAB_DEVICE_PROBE_MS = 12_000;
export const LAB_DEVICE_RECONNECT_MS = 2_000;
