// Delivers outcomes to the server: again and again until it has them, or until a newer outcome of the same
// load balancer makes them pointless.
import type { ServiceDefinition } from '@f5-lbaas/model';
import {
  linkSignals,
  retry,
  type Backoff,
  type Clock,
  type Logger,
  type Random,
} from '@f5-lbaas/platform';
import type { ServiceOutcome } from '../driver/agent-driver.ts';
import { isRefusedByServer, messageOf } from './failures.ts';
import type { PluginApi } from './plugin-api.ts';
import { reportMessages } from './report-messages.ts';

export interface StatusReporterDeps {
  plugin: Pick<PluginApi, 'send'>;
  agentHost: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  backoff: Backoff;
  /** The server has the newest outcome of a load balancer. */
  onTaken: (loadbalancerId: string) => void;
  signal: AbortSignal;
}

export class StatusReporter {
  readonly #deps: StatusReporterDeps;
  readonly #underway = new Map<string, AbortController>();

  constructor(deps: StatusReporterDeps) {
    this.#deps = deps;
  }

  /** Outcomes that the server has not acknowledged. */
  get depth(): number {
    return this.#underway.size;
  }

  /** Returns at once. */
  report(service: ServiceDefinition, outcome: ServiceOutcome): void {
    if (this.#deps.signal.aborted) return;
    const id = outcome.loadbalancerId;
    this.#underway.get(id)?.abort(new Error('A newer outcome is reported.'));
    const controller = new AbortController();
    this.#underway.set(id, controller);
    void this.#deliver(service, outcome, controller).finally(() => {
      if (this.#underway.get(id) === controller) this.#underway.delete(id);
    });
  }

  async #deliver(
    service: ServiceDefinition,
    outcome: ServiceOutcome,
    controller: AbortController,
  ): Promise<void> {
    const { agentHost, clock, random, logger, backoff } = this.#deps;
    const { signal, release } = linkSignals(controller.signal, this.#deps.signal);
    const fields = { loadbalancer_id: outcome.loadbalancerId, revision: service.revision };
    // What is sent once is not sent again when a later message of the same report fails.
    const messages = reportMessages(service, outcome, agentHost);
    const attempt = async (): Promise<void> => {
      for (let message = messages[0]; message !== undefined; message = messages[0]) {
        await this.#deps.plugin.send(message, signal);
        messages.shift();
      }
    };
    try {
      await retry(attempt, {
        clock,
        random,
        backoff,
        signal,
        shouldRetry: (error) => !isRefusedByServer(error),
        onRetry: (error, tries) =>
          logger.warn(
            { ...fields, tries, reason: messageOf(error) },
            'Server did not take the report',
          ),
      });
      logger.debug(fields, 'Outcome reported');
      this.#deps.onTaken(outcome.loadbalancerId);
    } catch (error) {
      if (signal.aborted) return;
      logger.error({ ...fields, err: error }, 'Server refused the report');
    } finally {
      release();
    }
  }
}
