// Options of the driver side, with their defaults. Names follow Neutron's and F5's configuration files.

export interface DriverOptions {
  /** Milliseconds without a heartbeat after which an agent counts as dead (`agent_down_time`). */
  agentDownTimeMs: number;
  /** `binding:vnic_type` of VIP ports. F5's driver says `baremetal`; `normal` suits plain ML2. */
  vipVnicType: string;
  /** Milliseconds that telling one agent about one load balancer may take, look-ups included. */
  hintTimeoutMs: number;
  /** Load balancers whose agents are being told at the same time. */
  hintConcurrency: number;
  /** Milliseconds between two looks for unfinished changes. */
  sweepIntervalMs: number;
  /** Milliseconds after which an agent that has not reported is told again; then the pauses double. */
  resendInitialMs: number;
  /** No pause between two hints about one pending change is longer. */
  resendMaxMs: number;
  /** Milliseconds after which a change that nobody reported on ends in `ERROR`. */
  pendingTimeoutMs: number;
  /** Milliseconds between two tries to finish what ended in `ERROR` because nobody reported. */
  errorRetryIntervalMs: number;
  /** Milliseconds after which a VIP port that was made for nothing stored is given back. */
  vipClaimTimeoutMs: number;
}

export const DRIVER_DEFAULTS: DriverOptions = {
  agentDownTimeMs: 75_000,
  vipVnicType: 'baremetal',
  hintTimeoutMs: 60_000,
  hintConcurrency: 16,
  sweepIntervalMs: 2_000,
  resendInitialMs: 10_000,
  resendMaxMs: 120_000,
  pendingTimeoutMs: 900_000,
  errorRetryIntervalMs: 300_000,
  vipClaimTimeoutMs: 600_000,
};

/** Unset options take their defaults. */
export function driverOptions(given: Partial<DriverOptions> = {}): DriverOptions {
  return { ...DRIVER_DEFAULTS, ...given };
}
