// The objects of one application service while its script is run: what it makes is the service's, what it made earlier
// and does not make again goes ("mark and sweep").
import { alreadyExists, mcpError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { APPLICATION_SERVICE } from '../schema/app-service.ts';
import { nameKey } from '../schema/schema.ts';
import type { ObjectType, RuleContext } from '../schema/types.ts';
import { recordUid, type ConfigRecord } from '../store/record.ts';

export class OwnedObjects {
  readonly #context: RuleContext;
  readonly #service: ConfigRecord;
  /** Made by earlier runs and not yet by this one, by uid. */
  readonly #marked: Set<string>;

  constructor(context: RuleContext, service: ConfigRecord) {
    this.#context = context;
    this.#service = service;
    this.#marked = new Set(ownedBy(context, service).map(recordUid));
  }

  /** @throws DeviceError when something of the name exists that is not the service's */
  create(type: ObjectType, name: string, body: JsonObject): void {
    const existing = this.#context.store.find(nameKey(type.family, name));
    if (existing === undefined) {
      this.#own(this.#context.create(type.path, [], { ...body, name }));
      return;
    }
    if (existing.type !== type.path || !this.#isOwn(existing)) {
      throw alreadyExists(type.className, name, existing.partition);
    }
    this.keep(existing);
    const appService = this.#service.fullPath;
    this.#own(this.#context.modify(existing, { ...body, appService }, 'put'));
  }

  /** @throws DeviceError for what another service owns */
  checkMayChange(record: ConfigRecord): void {
    const owner = record.fields['appService'];
    if (typeof owner !== 'string' || this.#isOwn(record)) return;
    throw mcpError('010715bc:3', `${record.fullPath} belongs to the application service ${owner}.`);
  }

  keep(record: ConfigRecord): void {
    this.#marked.delete(recordUid(record));
  }

  /** Removes what this run did not make again. @throws DeviceError */
  sweep(): void {
    for (const uid of this.#marked) {
      const record = this.#context.store.get(uid);
      if (record === undefined) continue;
      this.#context.swept.add(uid);
      this.#context.remove(record);
    }
  }

  #isOwn(record: ConfigRecord): boolean {
    return record.fields['appService'] === this.#service.fullPath;
  }

  /** Members of a pool carry the mark as well. */
  #own(record: ConfigRecord): void {
    const { store, schema } = this.#context;
    const type = schema.type(record.type);
    if (type.fields['appService'] !== undefined) {
      this.#context.update(record, { appService: this.#service.fullPath });
    }
    for (const sub of type.subcollections) {
      if (sub.fields['appService'] === undefined) continue;
      for (const child of store.list(sub.path, record.keys)) {
        this.#context.update(child, { appService: this.#service.fullPath });
      }
    }
  }
}

/** Objects of a service without their parts. */
export function ownedBy({ store }: RuleContext, service: ConfigRecord): ConfigRecord[] {
  return store
    .referrers(nameKey(APPLICATION_SERVICE, service.fullPath))
    .filter(({ keys }) => keys.length === 1);
}
