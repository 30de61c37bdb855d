// Which orphans may be deleted: those that the server has positively called unknown twice, some time apart.
// A look-up that failed, or an id that is missing from an answer, proves nothing and changes nothing.
import type { Clock, Logger } from '@f5-lbaas/platform';
import type { TenantResync } from '../driver/agent-driver.ts';
import { messageOf } from './failures.ts';
import { VALIDATED_KINDS, type PluginApi, type ValidatedKind } from './plugin-api.ts';

export type Orphan = TenantResync['orphans'][number];

export interface OrphanJudgeDeps {
  plugin: Pick<PluginApi, 'listUnknown'>;
  clock: Clock;
  logger: Logger;
  /** Least time between the two confirmations. */
  confirmAfterMs: number;
}

export class OrphanJudge {
  readonly #deps: OrphanJudgeDeps;
  /** Tenant -> `<kind>/<id>` -> when the server first said that it does not know it. */
  readonly #firstUnknownMs = new Map<string, Map<string, number>>();

  constructor(deps: OrphanJudgeDeps) {
    this.#deps = deps;
  }

  /** Tenants with candidates that wait for their second confirmation. */
  tenantsInDoubt(): string[] {
    return [...this.#firstUnknownMs.keys()];
  }

  /**
   * Asks the server about the candidates that a device shows now.
   * @returns those that may be removed
   */
  async confirm(
    tenantId: string,
    candidates: readonly Orphan[],
    signal: AbortSignal,
  ): Promise<Orphan[]> {
    const before = this.#firstUnknownMs.get(tenantId) ?? new Map<string, number>();
    const after = new Map<string, number>();
    const confirmed = new Set<string>();
    const askedMs = this.#deps.clock.nowMs();
    for (const kind of VALIDATED_KINDS) {
      const ids = [...new Set(candidates.filter((o) => o.kind === kind).map((o) => o.id))];
      const unknown = await this.#ask(kind, ids, signal);
      for (const id of ids) {
        const key = `${kind}/${id}`;
        const firstMs = before.get(key);
        if (unknown === undefined) {
          // Neither denied nor known: the first denial goes on counting, and waits for its second.
          if (firstMs !== undefined) after.set(key, firstMs);
        } else if (unknown.has(id)) {
          // The pause begins with the answer, which may have been long in coming.
          after.set(key, firstMs ?? this.#deps.clock.nowMs());
          const isOld = firstMs !== undefined && askedMs - firstMs >= this.#deps.confirmAfterMs;
          if (isOld) confirmed.add(key);
        }
      }
    }
    if (after.size > 0) this.#firstUnknownMs.set(tenantId, after);
    else this.#firstUnknownMs.delete(tenantId);
    return candidates.filter(({ kind, id }) => confirmed.has(`${kind}/${id}`));
  }

  /** @returns undefined when the server could not be asked */
  async #ask(
    kind: ValidatedKind,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string> | undefined> {
    if (ids.length === 0) return new Set();
    try {
      return await this.#deps.plugin.listUnknown(kind, ids, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#deps.logger.warn(
        { kind, candidates: ids.length, reason: messageOf(error) },
        'Server could not be asked about orphans; they stay',
      );
      return undefined;
    }
  }
}
