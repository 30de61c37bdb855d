// Quotas of projects: what holds, what was set.
import type { QuotaRow } from '@f5-lbaas/storage';

import { limitsOf } from './quota-check.ts';
import { refuse } from '../refusals.ts';
import type { ServiceDeps } from '../service-deps.ts';
import type { QuotaLimits } from '../settings.ts';

export interface ProjectQuota {
  projectId: string;
  limits: QuotaLimits;
}

/** Null takes a limit back to the default. */
export type QuotaChanges = { [K in keyof QuotaLimits]?: number | null | undefined };

export class QuotaService {
  readonly #deps: Pick<ServiceDeps, 'storage' | 'settings'>;

  constructor(deps: Pick<ServiceDeps, 'storage' | 'settings'>) {
    this.#deps = deps;
  }

  /** Projects for which something was set, in the order of their ids. */
  async list(): Promise<ProjectQuota[]> {
    const rows = await this.#deps.storage.read.quotas.list();
    const quotas = rows.map((row) => this.#show(row.project_id, row));
    return quotas.sort((a, b) => (a.projectId < b.projectId ? -1 : 1));
  }

  async get(projectId: string): Promise<ProjectQuota> {
    return this.#show(projectId, await this.#deps.storage.read.quotas.find(projectId));
  }

  defaults(): QuotaLimits {
    return this.#deps.settings.quotas;
  }

  async set(projectId: string, changes: QuotaChanges): Promise<ProjectQuota> {
    return this.#deps.storage.transaction(async ({ quotas }) => {
      await quotas.lock(projectId);
      const row = { ...((await quotas.find(projectId)) ?? emptyRow(projectId)) };
      for (const key of Object.keys(this.#deps.settings.quotas) as (keyof QuotaLimits)[]) {
        const value = changes[key];
        if (value !== undefined) row[key] = value;
      }
      await quotas.put(row);
      return this.#show(projectId, row);
    });
  }

  /** Back to the defaults. @throws not found when nothing was set */
  async reset(projectId: string): Promise<void> {
    await this.#deps.storage.transaction(async ({ quotas }) => {
      if ((await quotas.find(projectId)) === undefined) {
        throw refuse('ERR_NO_SUCH_RESOURCE', { resource: 'Quotas', id: projectId });
      }
      await quotas.delete(projectId);
    });
  }

  /** Back to the defaults, whether or not something was set. */
  async clear(projectId: string): Promise<void> {
    await this.#deps.storage.transaction(({ quotas }) => quotas.delete(projectId));
  }

  #show(projectId: string, row: QuotaRow | undefined): ProjectQuota {
    return { projectId, limits: limitsOf(row, this.#deps.settings.quotas) };
  }
}

function emptyRow(projectId: string): QuotaRow {
  return {
    project_id: projectId,
    loadbalancer: null,
    listener: null,
    pool: null,
    member: null,
    healthmonitor: null,
    l7policy: null,
    l7rule: null,
  };
}
