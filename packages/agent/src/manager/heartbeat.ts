// Reports the agent's state to the server: at every interval, and at once when devices come or go.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type { StateReport } from '@f5-lbaas/rpc';
import type { AgentDriver } from '../driver/agent-driver.ts';
import { messageOf } from './failures.ts';
import type { PluginApi } from './plugin-api.ts';
import { stateReport, type StateFacts } from './state-report.ts';

export interface HeartbeatDeps {
  driver: Pick<AgentDriver, 'operational' | 'endpoints' | 'capacityScore'>;
  plugin: Pick<PluginApi, 'announceState' | 'reportState'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** What does not change while the agent runs. */
  identity: Omit<
    StateFacts,
    | 'isOperational'
    | 'capacityScore'
    | 'endpoints'
    | 'services'
    | 'queueDepth'
    | 'isFirst'
    | 'uuid'
    | 'nowMs'
  >;
  /** How much there is to do and on the devices. */
  load: () => { services: number; queueDepth: number };
  signal: AbortSignal;
}

export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #isAnnounced = false;
  #reportedOperational: boolean | undefined;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  /** Sends a report and waits until the server has it. @throws when it could not be told; try again then */
  async announce(): Promise<void> {
    const { plugin, signal } = this.#deps;
    await this.#send((report) => plugin.announceState(report, signal));
    this.#isAnnounced = true;
  }

  /** Sends one report. @throws when the transport cannot take it; the next interval tries again */
  async beat(): Promise<void> {
    const { plugin, signal } = this.#deps;
    await this.#send((report) => plugin.reportState(report, signal));
  }

  /** Sends a report when the devices' readiness is not what the server was told. */
  async beatOnChange(): Promise<void> {
    if (this.#deps.driver.operational !== this.#reportedOperational) await this.beat();
  }

  async #send(deliver: (report: StateReport) => Promise<void>): Promise<void> {
    const { driver, clock, random, identity, load } = this.#deps;
    const isOperational = driver.operational;
    const report = stateReport({
      ...identity,
      ...load(),
      isOperational,
      capacityScore: await this.#capacityScore(),
      endpoints: driver.endpoints(),
      isFirst: !this.#isAnnounced,
      uuid: random.uuid(),
      nowMs: clock.nowMs(),
    });
    await deliver(report);
    this.#reportedOperational = isOperational;
  }

  /** An unknown score must not stop the heartbeat: then the agent counts as it did without one. */
  async #capacityScore(): Promise<number> {
    try {
      return await this.#deps.driver.capacityScore();
    } catch (error) {
      this.#deps.logger.warn({ reason: messageOf(error) }, 'Capacity score could not be read');
      return 0;
    }
  }
}
