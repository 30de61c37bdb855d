// Keeps one running monitor instance per monitor and target, however many members ask for it.
import type { Clock } from '@f5-lbaas/platform';
import type { MonitorConfig } from '../contract.ts';
import { probeReachable, probeUdp } from './datagram-probe.ts';
import { MonitorInstance, type MonitorVerdict } from './monitor-instance.ts';
import type { Probe, ProbeTarget } from './probe.ts';
import { probeHttp, probeHttps, probeTcp, probeTcpHalfOpen } from './tcp-probe.ts';

const PROBES: Readonly<Record<Exclude<MonitorConfig['type'], 'other'>, Probe>> = {
  http: probeHttp,
  https: probeHttps,
  tcp: probeTcp,
  'tcp-half-open': probeTcpHalfOpen,
  udp: probeUdp,
  'gateway-icmp': probeReachable,
  icmp: probeReachable,
};

/** Types this emulator has no probe for are accepted and judge nothing. */
export function isExecutable(monitor: MonitorConfig): boolean {
  return monitor.type !== 'other';
}

/** One instance's place; `settings` changes with the monitor, `key` does not. */
interface Entry {
  instance: MonitorInstance;
  settings: string;
}

export interface MonitorDemand {
  monitor: MonitorConfig;
  target: ProbeTarget;
}

export class MonitorPool {
  readonly #clock: Clock;
  readonly #onChange: (key: string) => void;
  readonly #entries = new Map<string, Entry>();

  /** @param onChange called with the key of an instance whose verdict changed */
  constructor(clock: Clock, onChange: (key: string) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  verdict(key: string): MonitorVerdict | undefined {
    return this.#entries.get(key)?.instance.verdict;
  }

  /** Starts what is missing, restarts what has new settings (keeping its verdict), stops the rest. */
  retain(demands: ReadonlyMap<string, MonitorDemand>): void {
    for (const [key, entry] of this.#entries) {
      if (demands.has(key)) continue;
      entry.instance.stop();
      this.#entries.delete(key);
    }
    // Many members share one monitor object; writing it out once per object keeps large configurations cheap.
    const settings = new Map<MonitorConfig, string>();
    for (const [key, demand] of demands) {
      const text = settings.get(demand.monitor) ?? JSON.stringify(demand.monitor);
      settings.set(demand.monitor, text);
      this.#ensure(key, demand, text);
    }
  }

  #ensure(key: string, demand: MonitorDemand, settings: string): void {
    const { monitor, target } = demand;
    if (monitor.type === 'other') return;
    const current = this.#entries.get(key);
    if (current?.settings === settings) return;
    current?.instance.stop();
    const initial = current?.instance.verdict;
    const instance = new MonitorInstance({
      monitor,
      target,
      probe: PROBES[monitor.type],
      clock: this.#clock,
      onChange: () => this.#onChange(key),
      ...(initial === undefined ? {} : { initial }),
    });
    this.#entries.set(key, { instance, settings });
    instance.start();
  }

  stop(): void {
    this.retain(new Map());
  }
}

/** Identity of a monitor instance: monitor and target. */
export function monitorKey(demand: MonitorDemand): string {
  return `${demand.monitor.path} ${demand.monitor.type} ${demand.target.host} ${demand.target.port}`;
}
