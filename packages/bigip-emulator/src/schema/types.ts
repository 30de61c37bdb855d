// The language of the table of object types (src/tables): what one small engine needs to know about a type.
import type { DeviceError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ConfigStore } from '../store/config-store.ts';
import type { ConfigRecord } from '../store/record.ts';
import type { UnitOfWork } from '../store/unit-of-work.ts';
import type { DeviceRuntime } from './runtime.ts';

/** Names live in families: references to a `monitor` reach every collection below `ltm/monitor`. */
export interface ReferenceTo {
  family: string;
  path: string;
}

/** What a field may look at while it reads its input. */
export interface InputContext {
  /** Name of the property, for messages. */
  readonly property: string;
  readonly partition: string | null;
  /** Folder of the object, `/T1/App1`. */
  readonly folder: string | null;
  readonly defaultRouteDomain: number;
  readonly runtime: DeviceRuntime;
  /** Full path of a name as typed: absolute, or looked up in the own folder, the partition, then /Common. */
  resolve(family: string, name: string): string;
}

/** What a read may look at. */
export interface ReadContext {
  readonly store: ConfigStore;
  readonly runtime: DeviceRuntime;
  /** Route domain that addresses of the object's partition are in without `%id`. */
  defaultRouteDomain(record: ConfigRecord): number;
  /** Set properties of a record with the type's defaults and inherited values. */
  values(record: ConfigRecord): JsonObject;
  /** Attributes as a GET shows them. */
  shown(record: ConfigRecord): JsonObject;
  /** Link to whatever carries the name, or to the collection it would be in. */
  linkTo(reference: ReferenceTo): string;
}

type Access =
  | 'read-write'
  /** Ignored when sent. */
  | 'read-only'
  /** Set on create; a different value later is refused. */
  | 'create-only'
  /** Set on create; ignored later. */
  | 'create-ignored'
  /** Accepted and never shown. */
  | 'write-only';

export interface Field {
  /** Input to stored form; undefined clears the property. @throws DeviceError for a bad value */
  parse(input: Json, context: InputContext): Json | undefined;
  /** Value of an unset property in GET; absent = the property is not shown. */
  default?: Json;
  required?: boolean;
  /** `null` is a value for `parse`. @default refused */
  isNullable?: boolean;
  access?: Access;
  /** Names in the stored value that must exist. */
  references?(value: Json): ReferenceTo[];
  /** Error for a name that does not exist. @default 404 01020036 with the family's class name */
  missing?: (path: string, record: ConfigRecord) => DeviceError;
  /** The object may live outside the own partition and /Common. */
  crossPartition?: boolean;
  /** Says how text without JSON writes it: several words in braces, or the bare name. @default one word */
  shape?: 'list' | 'flag';
  /** `xReference` companion: one link, a list of links, or none. @default 'none' */
  companion?: 'one' | 'list' | 'none';
  /** Stored form to what GET shows. */
  show?(value: Json, record: ConfigRecord, context: ReadContext): Json | undefined;
  /** Computed on every read, whatever is stored. */
  read?(record: ConfigRecord, context: ReadContext): Json | undefined;
}

/** Exactly one of the flags is shown, as `true` (iControl REST 3.1). */
export interface FlagGroup {
  names: readonly string[];
  /** Flag shown when none was set; undefined = the group may be empty. */
  default?: string;
  /** Sending two flags of the group as true is refused instead of the last one winning. */
  exclusive?: boolean;
}

/** How an object gets its name and path. */
type Naming =
  /** Lives in a folder: `/T1/App1/p1`. */
  | 'folder'
  /** Outside folders: the name is the full path. */
  | 'plain'
  /** Attachment: carries the path of the object it refers to. */
  | 'attachment'
  /** `sys/folder`: the full path is the folder itself. */
  | 'directory'
  /** Exactly one, at the collection's own URI. */
  | 'singleton';

/** One thing the engine is doing, for rules that must look around or change other objects. */
export interface RuleContext {
  readonly schema: {
    /** @throws Error for a path that no table has (a bug) */
    type(path: string): ObjectType;
    find(path: string): ObjectType | undefined;
  };
  readonly work: UnitOfWork;
  readonly store: ConfigStore;
  readonly read: ReadContext;
  readonly runtime: DeviceRuntime;
  /** By uid; removed after all else took effect, so that what was released before does not count (usedCountsCommitted). */
  readonly swept: Set<string>;
  /** Creates an object as a client would; runs its rules. */
  create(
    type: string,
    parentKeys: readonly string[],
    body: JsonObject,
    home?: string | null,
  ): ConfigRecord;
  /** Changes an object as a client would; runs its rules. */
  modify(record: ConfigRecord, body: JsonObject, mode: 'patch' | 'put'): ConfigRecord;
  /** Puts stored properties into an object; no input is read and no rules run. */
  update(record: ConfigRecord, fields: JsonObject): ConfigRecord;
  /** Removes an object with its children; runs its rules. */
  remove(record: ConfigRecord): void;
}

export interface TypeRules {
  /** May complete or refuse the body of a POST before it is read. */
  prepare?(body: JsonObject, context: RuleContext, parentKeys: readonly string[]): JsonObject;
  /** May complete or refuse the body of a PATCH or PUT before it is read. */
  prepareChange?(body: JsonObject, record: ConfigRecord, context: RuleContext): JsonObject;
  created?(record: ConfigRecord, context: RuleContext): void;
  changed?(record: ConfigRecord, before: ConfigRecord, context: RuleContext): void;
  /** Refuses a DELETE at once (not only at the end of the transaction). */
  beforeRemove?(record: ConfigRecord, context: RuleContext): void;
  removed?(record: ConfigRecord, context: RuleContext): void;
  /** Final consistency of one object, once all changes are made. @throws DeviceError */
  check?(record: ConfigRecord, context: RuleContext, before: ConfigRecord | undefined): void;
}

export interface UniqueKey {
  /** Index key without the family prefix; undefined = none for this record. */
  key: (record: ConfigRecord) => string | undefined;
  /** Family prefix of the key in the index. */
  family: string;
  /** Error for two records with the same key. Undefined = they do not clash. */
  clash?: (record: ConfigRecord, other: ConfigRecord) => DeviceError | undefined;
}

export interface ObjectType {
  /** Collection path below /mgmt/tm; for subcollections with the parents' paths, `ltm/pool/members`. */
  path: string;
  /** Property of the parent that holds a subcollection. */
  property: string;
  naming: Naming;
  /** In `The requested X (…) was not found.` of the object itself. */
  className: string;
  /** In `… is in use by a X`. @default className */
  usageName?: string;
  /** Namespace of its names. @default path */
  family: string;
  fields: Record<string, Field>;
  flags: FlagGroup[];
  subcollections: ObjectType[];
  unique: UniqueKey[];
  rules: TypeRules;
  /** Properties not set follow the object named by this one (profiles). */
  inherits?: string;
  /** Kind leaf when it is not the last part of the path. */
  leaf?: string;
  /** `generation` is always 0 in GET. */
  generationIsZero?: boolean;
  /** Verbs refused on this type. */
  refuses: readonly ('POST' | 'PATCH' | 'DELETE')[];
  /** Objects of a fresh device. */
  seeds: Seed[];
  /** Shares its configuration with the device group. @default the folder's device group decides */
  syncs: 'folder' | 'never' | ((record: ConfigRecord) => boolean);
  /** Class name used in 404s of references to this type. @default className */
  referenceName?: string;
  /** The object that an attachment or member stands for; shown as `nameReference`. */
  attaches?(record: ConfigRecord): ReferenceTo;
  /** Error for a missing attached object. @default 404 01020036 with the family's class name */
  attachMissing?: (path: string, record: ConfigRecord) => DeviceError;
  /** Text of the error for deleting a referenced object. @default 01070265 */
  usedError?(record: ConfigRecord, by: ConfigRecord): DeviceError;
  /** References from before the transaction still count on DELETE (iControl REST 5.2). */
  usedCountsCommitted?: boolean;
  /** Referrers that do not prevent a delete. */
  ignoresReferrer?(by: ConfigRecord): boolean;
  /** May not be deleted although nothing refers to it; objects of the factory configuration. */
  keepsSeeds?: boolean;
}

export interface Seed {
  name: string;
  /** @default 'Common' */
  partition?: string;
  fields?: JsonObject;
}
