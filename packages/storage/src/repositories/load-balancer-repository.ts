// Load balancers: the row that serialises all changes below it, and the lists that the sweeper walks.
import type { Kysely } from 'kysely';
import type { LoadBalancer } from '@f5-lbaas/model';
import { translating } from '../errors.ts';
import { besideMarker, fullSort, orderBy } from '../query/paging.ts';
import { codecFor } from '../schema/codec.ts';
import { RESOURCE_COLUMNS } from '../schema/columns.ts';
import type { Database } from '../schema/database.ts';
import type { LoadBalancerRepository } from '../storage.ts';
import type { RepositoryContext } from './context.ts';
import { SqlResourceRepository } from './resource-repository.ts';

const TABLE = 'loadbalancers';

export class SqlLoadBalancerRepository
  extends SqlResourceRepository<LoadBalancer>
  implements LoadBalancerRepository
{
  readonly #kind: RepositoryContext['kind'];

  constructor(kind: RepositoryContext['kind'], db: Kysely<Database>) {
    super(db, TABLE, codecFor(RESOURCE_COLUMNS.loadbalancers));
    this.#kind = kind;
  }

  async lock(id: string): Promise<LoadBalancer> {
    // SQLite's transactions hold the write lock from their beginning.
    if (this.#kind === 'sqlite') return this.get(id);
    const select = this.db.selectFrom(TABLE).selectAll().where('id', '=', id).forUpdate();
    const [row] = await this.rows(() => select.execute());
    return row ?? this.absent(id);
  }

  async listPending(limit: number, after?: LoadBalancer): Promise<LoadBalancer[]> {
    const sort = fullSort(this.codec.columns, [{ key: 'pending_since', dir: 'asc' }]);
    let select = this.db
      .selectFrom(TABLE)
      .selectAll()
      .where('pending_since', 'is not', null)
      .limit(limit);
    if (after !== undefined) {
      select = select.where(besideMarker(sort, this.codec.encode(after), false));
    }
    for (const order of orderBy(sort)) select = select.orderBy(order);
    return this.rows(() => select.execute());
  }

  async summarisePending(): Promise<{ count: number; oldest: string | null }> {
    const select = this.db
      .selectFrom(TABLE)
      .select((eb) => [
        eb.fn.countAll<number | string>().as('count'),
        eb.fn.min<string | null>('pending_since').as('oldest'),
      ])
      .where('pending_since', 'is not', null);
    const { count, oldest } = await translating(() => select.executeTakeFirstOrThrow());
    return { count: Number(count), oldest };
  }

  async listUnsettled(limit: number, after?: LoadBalancer): Promise<LoadBalancer[]> {
    const select = this.db
      .selectFrom(TABLE)
      .selectAll()
      .where('provisioning_status', '=', 'ERROR')
      .where((eb) =>
        eb.or([eb('applied_revision', '<', eb.ref('revision')), eb('delete_requested', '=', 1)]),
      )
      .where('id', '>', after?.id ?? '')
      .orderBy('id')
      .limit(limit);
    return this.rows(() => select.execute());
  }

  async claimNotification(id: string, seen: string | null, notifiedAt: string): Promise<boolean> {
    const update = this.db
      .updateTable(TABLE)
      .set({ notified_at: notifiedAt })
      .where('id', '=', id)
      .where('notified_at', seen === null ? 'is' : '=', seen);
    const result = await translating(() => update.executeTakeFirst());
    return result.numUpdatedRows === 1n;
  }
}
