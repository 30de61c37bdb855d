// What the agent knows of each load balancer: the newest service definition that is on the devices and what
// came of it, kept after a deletion for as long as late messages about it may arrive.
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { ServiceOutcome } from '../driver/agent-driver.ts';
import { isRemoved } from './outcomes.ts';
import { compareVersions, type Versioned } from './version.ts';

export interface Finished extends Versioned {
  outcome: ServiceOutcome;
}

/** Deleted load balancers that are remembered; a message older than that is not worth the memory. */
const TOMBSTONES_MAX = 10_000;

export class ServiceLedger {
  readonly #finished = new Map<string, Finished>();
  readonly #tombstones = new Set<string>();
  #stamp = 0;

  /** Next moment of the agent's own order of events. */
  nextStamp(): number {
    this.#stamp += 1;
    return this.#stamp;
  }

  get(loadbalancerId: string): Finished | undefined {
    return this.#finished.get(loadbalancerId);
  }

  /** Notes what was applied, unless something newer is already noted. */
  record(finished: Finished): void {
    const id = finished.service.loadbalancer.id;
    const known = this.#finished.get(id);
    if (known && compareVersions(known, finished) > 0) return;
    this.#finished.set(id, finished);
    this.#tombstones.delete(id);
    if (isRemoved(finished.outcome)) this.#bury(id);
  }

  /** The load balancer is no longer this agent's. */
  forget(loadbalancerId: string): void {
    this.#finished.delete(loadbalancerId);
    this.#tombstones.delete(loadbalancerId);
  }

  /** Service definitions of everything that is on the devices through this agent. */
  services(): ServiceDefinition[] {
    return [...this.#finished.entries()]
      .filter(([id]) => !this.#tombstones.has(id))
      .map(([, finished]) => finished.service);
  }

  #bury(id: string): void {
    this.#tombstones.add(id);
    const oldest = this.#tombstones.values().next();
    if (this.#tombstones.size > TOMBSTONES_MAX && oldest.done !== true) this.forget(oldest.value);
  }
}
