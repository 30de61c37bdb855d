// Rows of one resource kind, with the search index over their tags.
import type { Kysely } from 'kysely';
import { LbaasError, type Resource, type ResourceKind } from '@f5-lbaas/model';
import { translating } from '../errors.ts';
import { canBeText, tagPredicates, wherePredicates } from '../query/filters.ts';
import { besideMarker, fullSort, orderBy } from '../query/paging.ts';
import type { Codec } from '../schema/codec.ts';
import { tagTable } from '../schema/columns.ts';
import type { Database, SqlRow } from '../schema/database.ts';
import type { Condition, ListQuery, ResourceRepository } from '../storage.ts';

/** Statements that touch rows of one kind; `kind` is also the table's name. */
export class SqlResourceRepository<Row extends Resource> implements ResourceRepository<Row> {
  protected readonly db: Kysely<Database>;
  protected readonly kind: ResourceKind;
  protected readonly codec: Codec<Row>;

  constructor(db: Kysely<Database>, kind: ResourceKind, codec: Codec<Row>) {
    this.db = db;
    this.kind = kind;
    this.codec = codec;
  }

  async find(id: string): Promise<Row | undefined> {
    const stored = await this.findStored(id);
    return stored === undefined ? undefined : this.codec.decode(stored);
  }

  async get(id: string): Promise<Row> {
    return (await this.find(id)) ?? this.absent(id);
  }

  async list(query: ListQuery = {}): Promise<Row[]> {
    const { columns } = this.codec;
    const sort = fullSort(columns, query.sort);
    let select = this.db.selectFrom(this.kind).selectAll();
    for (const predicate of [
      ...wherePredicates(columns, query.where),
      ...tagPredicates(tagTable(this.kind), this.kind, query),
    ]) {
      select = select.where(predicate);
    }
    if (query.marker !== undefined) {
      const marker = await this.marker(query.marker);
      select = select.where(besideMarker(sort, marker, query.pageReverse === true));
    }
    for (const order of orderBy(sort)) select = select.orderBy(order);
    if (query.limit !== undefined) select = select.limit(query.limit);
    return this.rows(() => select.execute());
  }

  async count(where?: Record<string, Condition>): Promise<number> {
    let select = this.db
      .selectFrom(this.kind)
      .select((eb) => eb.fn.countAll<number | string>().as('count'));
    for (const predicate of wherePredicates(this.codec.columns, where)) {
      select = select.where(predicate);
    }
    const result = await translating(() => select.executeTakeFirstOrThrow());
    return Number(result.count);
  }

  async insert(row: Row): Promise<void> {
    const stored = this.codec.encode(row);
    await translating(() => this.db.insertInto(this.kind).values(stored).execute());
    await this.indexTags(row.id, row.tags);
  }

  async update(id: string, changes: Partial<Row>): Promise<void> {
    const stored = this.codec.encode(changes);
    if (Object.keys(stored).length === 0) {
      await this.get(id);
      return;
    }
    const result = await translating(() =>
      this.db.updateTable(this.kind).set(stored).where('id', '=', id).executeTakeFirst(),
    );
    if (result.numUpdatedRows === 0n) this.absent(id);
    if (changes.tags === undefined) return;
    await translating(() =>
      this.db.deleteFrom(tagTable(this.kind)).where('resource_id', '=', id).execute(),
    );
    await this.indexTags(id, changes.tags);
  }

  async delete(id: string): Promise<void> {
    await translating(() => this.db.deleteFrom(this.kind).where('id', '=', id).execute());
  }

  protected async rows(run: () => Promise<SqlRow[]>): Promise<Row[]> {
    const stored = await translating(run);
    return stored.map((row) => this.codec.decode(row));
  }

  protected absent(id: string): never {
    throw new LbaasError('not_found', 'ERR_NOT_FOUND', `There is no ${this.kind} row '${id}'.`, {
      context: { kind: this.kind, id },
    });
  }

  private async findStored(id: string): Promise<SqlRow | undefined> {
    if (!canBeText(id)) return undefined;
    return translating(() =>
      this.db.selectFrom(this.kind).selectAll().where('id', '=', id).executeTakeFirst(),
    );
  }

  private async marker(id: string): Promise<SqlRow> {
    const stored = await this.findStored(id);
    if (stored !== undefined) return stored;
    throw new LbaasError('bad_request', 'ERR_UNKNOWN_MARKER', `The marker '${id}' is unknown.`, {
      context: { marker: id },
    });
  }

  private async indexTags(id: string, tags: readonly string[]): Promise<void> {
    const rows = [...new Set(tags)].map((tag) => ({ resource_id: id, tag }));
    if (rows.length === 0) return;
    await translating(() => this.db.insertInto(tagTable(this.kind)).values(rows).execute());
  }
}
