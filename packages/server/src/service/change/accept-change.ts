// One accepted change: rows and the driver's record in one transaction, the agent told after the commit.
import type { ProvisioningStatus, ResourceKind, ResourceKinds } from '@f5-lbaas/model';
import { isoNow } from '@f5-lbaas/platform';
import type { Repositories } from '@f5-lbaas/storage';

import type { Change } from '../../driver/provider-driver.ts';
import type { ApiRules } from '../api-rules.ts';
import type { ServiceDeps } from '../service-deps.ts';

/** The rows that one change writes; remembers which, for the driver. */
export class ChangeUnit {
  readonly repositories: Repositories;
  /** UTC ISO 8601; the one time stamp of this change. */
  readonly now: string;
  readonly rules: ApiRules;
  readonly touched: { kind: ResourceKind; id: string }[] = [];

  constructor(repositories: Repositories, now: string, rules: ApiRules) {
    this.repositories = repositories;
    this.now = now;
    this.rules = rules;
  }

  /** For what the same change does to another load balancer. */
  beside(): ChangeUnit {
    return new ChangeUnit(this.repositories, this.now, this.rules);
  }

  async insert<K extends ResourceKind>(kind: K, row: ResourceKinds[K]): Promise<void> {
    await this.repositories.resource(kind).insert(row);
    this.touched.push({ kind, id: row.id });
  }

  /** Moves an object into a pending state, with whatever else changes about it. */
  async pend<K extends ResourceKind>(
    kind: K,
    id: string,
    status: ProvisioningStatus,
    changes: Partial<ResourceKinds[K]> = {},
  ): Promise<void> {
    const state = {
      provisioning_status: status,
      updated_at: this.now,
      ...(status === 'PENDING_DELETE' ? { delete_requested: true } : {}),
    };
    await this.repositories.resource(kind).update(id, { ...changes, ...state });
    this.touched.push({ kind, id });
  }

  /** An update of the object itself; also takes back a deletion that failed. */
  async revise<K extends ResourceKind>(
    kind: K,
    id: string,
    changes: Partial<ResourceKinds[K]>,
  ): Promise<void> {
    await this.pend(kind, id, 'PENDING_UPDATE', { ...changes, delete_requested: false });
  }
}

/** `change` absent: nothing had to change, so nobody is told. */
export interface Outcome<Answer> {
  change?: Change;
  /** What it does to other load balancers, with the units made by `beside`. */
  elsewhere?: readonly { change: Change; unit: ChangeUnit }[];
  answer: Answer;
}

/**
 * Runs `work` in one transaction together with the driver's record of it, then notifies.
 * `work` may run more than once (deadlocks), so it does nothing but read and write rows.
 */
export async function acceptChange<Answer>(
  deps: Pick<ServiceDeps, 'storage' | 'driver' | 'clock' | 'rules'>,
  work: (unit: ChangeUnit) => Promise<Outcome<Answer>>,
): Promise<Answer> {
  const outcome = await deps.storage.transaction(async (repositories) => {
    const unit = new ChangeUnit(repositories, isoNow(deps.clock), deps.rules);
    const result = await work(unit);
    if (result.change !== undefined) {
      await deps.driver.record(repositories, result.change, unit.touched);
    }
    for (const other of result.elsewhere ?? []) {
      await deps.driver.record(repositories, other.change, other.unit.touched);
    }
    return result;
  });
  if (outcome.change !== undefined) deps.driver.notify(outcome.change);
  for (const { change } of outcome.elsewhere ?? []) deps.driver.notify(change);
  return outcome.answer;
}
