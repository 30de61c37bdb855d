// What the lab's Barbican keeps: secrets with their payloads, containers, consumers, and who may read them.
// The payloads lie in the data directory in clear: the lab guards nothing that matters.
import { isoNow, type Clock, type Random } from '@f5-lbaas/platform';
import { ApiFault } from '../http/api-fault.ts';
import { isObject, type JsonObject } from '../http/fields.ts';
import type { Journal, StoredRecord } from '../journal/journal.ts';
import type { Identity } from '../keystone/identity.ts';

export interface BarbicanRecord extends StoredRecord {
  project_id: string;
  creator_id: string;
  name: string | null;
  created: string;
  updated: string;
  /** Users beside the project's who may read it. */
  readers: string[];
  /** Members of the project may read it. */
  project_access: boolean;
}

export interface SecretRecord extends BarbicanRecord {
  /** Base64; null before there is one. */
  payload: string | null;
  content_type: string | null;
}

export interface ContainerRecord extends BarbicanRecord {
  type: string;
  secret_refs: { name: string; secret_ref: string }[];
  consumers: { name: string; URL: string }[];
}

/** Records by collection. */
export interface Records {
  secrets: SecretRecord;
  containers: ContainerRecord;
}
export type Kind = keyof Records;

export interface BarbicanContext {
  store: BarbicanStore;
  identity: Identity;
  clock: Clock;
  random: Random;
  /** Base of references, `http://127.0.0.1:9877`. */
  baseUrl: string;
}

const LABELS: Record<Kind, string> = { secrets: 'Secret', containers: 'Container' };

export class BarbicanStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  list<K extends Kind>(kind: K): Records[K][] {
    return this.#journal.list(kind) as Records[K][];
  }

  /** @throws ApiFault 404 */
  get<K extends Kind>(kind: K, id: string): Records[K] {
    const record = this.#journal.get(kind, id);
    if (isObject(record)) return record as unknown as Records[K];
    throw new ApiFault(
      404,
      `Not Found. Sorry but your ${LABELS[kind].toLowerCase()} is in another castle.`,
    );
  }

  put<K extends Kind>(kind: K, record: Records[K]): void {
    this.#journal.commit([{ collection: kind, id: record.id, record }]);
  }

  remove(kind: Kind, id: string): void {
    this.#journal.commit([{ collection: kind, id, record: null }]);
  }
}

function isOfProject({ project }: Identity, record: BarbicanRecord): boolean {
  return project?.id === record.project_id;
}

/** @throws ApiFault 404, 403 */
export function readable<K extends Kind>(
  { store, identity }: BarbicanContext,
  kind: K,
  id: string,
): Records[K] {
  const record = store.get(kind, id);
  const mayRead =
    (isOfProject(identity, record) &&
      (record.project_access || identity.user.id === record.creator_id)) ||
    record.readers.includes(identity.user.id);
  if (mayRead) return record;
  const what = LABELS[kind];
  throw new ApiFault(
    403,
    `${what} retrieval attempt not allowed - please review your user/project privileges`,
  );
}

/** For changes: only the owning project's. @throws ApiFault 404, 403 */
export function ownedBy<K extends Kind>(
  { store, identity }: BarbicanContext,
  kind: K,
  id: string,
): Records[K] {
  const record = store.get(kind, id);
  if (isOfProject(identity, record)) return record;
  throw new ApiFault(
    403,
    `${LABELS[kind]} change attempt not allowed - please review your user/project privileges`,
  );
}

export function newRecord(context: BarbicanContext, body: JsonObject): BarbicanRecord {
  const { identity, clock, random } = context;
  const now = isoNow(clock).slice(0, 19);
  return {
    id: random.uuid(),
    project_id: identity.project?.id ?? '',
    creator_id: identity.user.id,
    name: typeof body['name'] === 'string' ? body['name'] : null,
    ...{ created: now, updated: now, readers: [], project_access: true },
  };
}

export function refOf({ baseUrl }: BarbicanContext, kind: Kind, id: string): string {
  return `${baseUrl}/v1/${kind}/${id}`;
}

/** What every record shows of itself. */
export function commonView({ name, created, updated, creator_id }: BarbicanRecord): JsonObject {
  return { ...{ name, created, updated, creator_id }, status: 'ACTIVE' };
}
