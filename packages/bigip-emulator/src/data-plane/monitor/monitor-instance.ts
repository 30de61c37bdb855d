// One monitor probing one address and port: when it probes, and when its verdict changes.
// Invariants: at most PROBES_IN_FLIGHT_MAX probes run; after stop() nothing calls back.
import type { Clock, Timer } from '@f5-lbaas/platform';
import type { MonitorConfig } from '../contract.ts';
import type { Probe, ProbeResult, ProbeTarget } from './probe.ts';

export interface MonitorVerdict {
  status: 'checking' | 'up' | 'disabled' | 'down';
  /** Why it is down; empty otherwise. */
  reason: string;
}

/** A slow target is asked again before it answered; this bounds how often. */
const PROBES_IN_FLIGHT_MAX = 4;

export interface MonitorInstanceOptions {
  monitor: MonitorConfig;
  target: ProbeTarget;
  probe: Probe;
  clock: Clock;
  onChange: () => void;
  /** State taken over from the same monitor before a change of its settings. */
  initial?: MonitorVerdict;
}

export class MonitorInstance {
  readonly #options: MonitorInstanceOptions;
  readonly #stopped = new AbortController();
  #verdict: MonitorVerdict;
  #lastGoodMs: number;
  /** Start of the first probe since the last good answer; null when none was sent. */
  #unansweredSinceMs: number | null = null;
  #goodSinceMs: number | null = null;
  #inFlight = 0;
  #nextProbe: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(options: MonitorInstanceOptions) {
    this.#options = options;
    this.#verdict = options.initial ?? { status: 'checking', reason: '' };
    this.#lastGoodMs = options.clock.nowMs();
  }

  get verdict(): MonitorVerdict {
    return this.#verdict;
  }

  /** Probes at once, then every interval. */
  start(): void {
    this.#tick();
  }

  stop(): void {
    this.#stopped.abort();
    this.#nextProbe?.cancel();
    this.#deadline?.cancel();
  }

  #tick(): void {
    const { monitor, clock } = this.#options;
    const isUp = this.#verdict.status === 'up' || this.#verdict.status === 'disabled';
    const intervalSeconds =
      isUp && monitor.upIntervalSeconds > 0 ? monitor.upIntervalSeconds : monitor.intervalSeconds;
    this.#nextProbe = clock.after(Math.max(intervalSeconds, 1) * 1000, () => this.#tick());
    if (this.#inFlight < PROBES_IN_FLIGHT_MAX) void this.#runProbe();
  }

  async #runProbe(): Promise<void> {
    const { monitor, clock, probe, target } = this.#options;
    const stop = new AbortController();
    const timer = clock.after(monitor.timeoutSeconds * 1000, () => stop.abort());
    this.#inFlight += 1;
    if (this.#unansweredSinceMs === null) {
      this.#unansweredSinceMs = clock.nowMs();
      this.#armDeadline();
    }
    const result = await probe(
      monitor,
      target,
      AbortSignal.any([stop.signal, this.#stopped.signal]),
    );
    this.#inFlight -= 1;
    timer.cancel();
    if (!this.#stopped.signal.aborted) this.#judge(result);
  }

  #judge(result: ProbeResult): void {
    switch (result.verdict) {
      case 'success':
        this.#good('up');
        break;
      case 'disable':
        this.#good('disabled');
        break;
      case 'down':
        this.#goodSinceMs = null;
        this.#change({ status: 'down', reason: result.reason });
        break;
      case 'failure':
        this.#goodSinceMs = null;
        this.#failureReason = result.reason;
    }
  }

  #failureReason = 'No successful responses received before deadline.';

  #good(status: 'up' | 'disabled'): void {
    const { monitor, clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#lastGoodMs = nowMs;
    this.#unansweredSinceMs = null;
    this.#deadline?.cancel();
    this.#goodSinceMs ??= nowMs;
    const waitedMs = nowMs - this.#goodSinceMs;
    const wasDown = this.#verdict.status === 'down' || this.#verdict.status === 'checking';
    if (wasDown && waitedMs < monitor.timeUntilUpSeconds * 1000) return;
    this.#change({ status, reason: '' });
  }

  /**
   * Down `timeout` seconds after the last good answer. Where the timeout is no longer than the interval, it counts
   * from the unanswered probe instead: otherwise a healthy member would flap between two probes.
   */
  #armDeadline(): void {
    const { monitor, clock } = this.#options;
    const fromMs =
      monitor.timeoutSeconds > monitor.intervalSeconds
        ? this.#lastGoodMs
        : (this.#unansweredSinceMs ?? this.#lastGoodMs);
    const delayMs = fromMs + monitor.timeoutSeconds * 1000 - clock.nowMs();
    this.#deadline?.cancel();
    this.#deadline = clock.after(Math.max(delayMs, 0), () => {
      this.#goodSinceMs = null;
      this.#change({ status: 'down', reason: this.#failureReason });
    });
  }

  #change(next: MonitorVerdict): void {
    const isSame = next.status === this.#verdict.status;
    this.#verdict = next;
    if (!isSame) this.#options.onChange();
  }
}
