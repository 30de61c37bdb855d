// Reports the agent's state to the server: at every interval, and at once when devices come or go.
import { withDeadline, type Clock, type Logger, type Random } from '@f5-lbaas/platform';
import type { StateReport } from '@f5-lbaas/rpc';
import type { AgentDriver } from '../driver/agent-driver.ts';
import { messageOf } from './failures.ts';
import type { PluginApi } from './plugin-api.ts';
import { stateReport, type StateFacts } from './state-report.ts';

const ESD_NAMES_TIMEOUT_MS = 5_000;

export interface HeartbeatDeps {
  driver: Pick<AgentDriver, 'operational' | 'endpoints' | 'capacityScore' | 'esdNames'>;
  plugin: Pick<PluginApi, 'announceState' | 'reportState'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** What does not change while the agent runs. */
  identity: Omit<
    StateFacts,
    | 'isOperational'
    | 'capacityScore'
    | 'esdNames'
    | 'endpoints'
    | 'services'
    | 'queueDepth'
    | 'isFirst'
    | 'uuid'
    | 'nowMs'
  >;
  reportsEsdNames: boolean;
  /** How much there is to do and on the devices. */
  load: () => { services: number; queueDepth: number };
  signal: AbortSignal;
}

export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #isAnnounced = false;
  #reportedOperational: boolean | undefined;
  #esdNames: readonly string[] = [];
  #hasWarned = false;

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
      esdNames: await this.#currentEsdNames(),
      endpoints: driver.endpoints(),
      isFirst: !this.#isAnnounced,
      uuid: random.uuid(),
      nowMs: clock.nowMs(),
    });
    this.#checkEsdNames(report);
    await deliver(report);
    this.#reportedOperational = isOperational;
  }

  /** Devices that take their time must not hold up the heartbeat: the names are those of before then. */
  async #currentEsdNames(): Promise<readonly string[] | undefined> {
    const { driver, clock, logger, reportsEsdNames, signal } = this.#deps;
    if (!reportsEsdNames) return undefined;
    const deadline = { clock, signal, timeoutMs: ESD_NAMES_TIMEOUT_MS, what: 'Names of ESDs' };
    try {
      this.#esdNames = await withDeadline(deadline, (s) => driver.esdNames(s));
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ reason: messageOf(error) }, 'Names of ESDs could not be read');
    }
    return this.#esdNames;
  }

  #checkEsdNames({ agent_state: { agent_state: state } }: StateReport): void {
    const isMissing = this.#esdNames.length > 0 && state.configurations['esd_name'] === undefined;
    if (isMissing && !this.#hasWarned) {
      const fields = { esds: this.#esdNames.length };
      this.#deps.logger.warn(fields, 'Too many names of ESDs for a heartbeat: none is reported');
    }
    this.#hasWarned = isMissing;
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
