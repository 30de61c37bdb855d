// All object types of one TMOS version, found by collection path, and the index rules that follow from them.
import type { Json } from '../json.ts';
import type { IndexRules } from '../store/config-store.ts';
import { folderOf, type ConfigRecord } from '../store/record.ts';
import type { Field, ObjectType, ReferenceTo } from './types.ts';

export function nameKey(family: string, path: string): string {
  return `${family}\t${path}`;
}

export interface FieldReference extends ReferenceTo {
  /** `name` for the object that an attachment stands for. */
  property: string;
  missing?: Field['missing'];
  crossPartition: boolean;
}

export class Schema implements IndexRules {
  readonly #types = new Map<string, ObjectType>();
  readonly #families = new Map<string, ObjectType[]>();
  readonly #organizing = new Map<string, Set<string>>();
  readonly #referenceFields = new Map<string, [string, Field][]>();

  constructor(types: readonly ObjectType[]) {
    for (const type of types) {
      this.#add(type);
      this.#organize(type.path);
    }
  }

  /** @throws Error for a path that no table has (a bug) */
  type(path: string): ObjectType {
    const type = this.#types.get(path);
    if (type === undefined) throw new Error(`No object type '${path}'`);
    return type;
  }

  find(path: string): ObjectType | undefined {
    return this.#types.get(path);
  }

  get types(): ObjectType[] {
    return [...this.#types.values()];
  }

  /** Types whose objects share the names of a family. */
  family(name: string): readonly ObjectType[] {
    return this.#families.get(name) ?? [];
  }

  /** Components below an organising collection such as `ltm/monitor`. */
  organizing(path: string): string[] | undefined {
    const children = this.#organizing.get(path);
    return children === undefined ? undefined : [...children].sort();
  }

  names(record: ConfigRecord): string[] {
    const type = this.type(record.type);
    const own = record.keys.length === 1 ? [nameKey(type.family, record.fullPath)] : [];
    for (const unique of type.unique) {
      const key = unique.key(record);
      if (key !== undefined) own.push(nameKey(unique.family, key));
    }
    return own;
  }

  references(record: ConfigRecord): string[] {
    const found = this.fieldReferences(record).map((ref) => nameKey(ref.family, ref.path));
    const folder = record.keys.length === 1 ? parentFolder(record) : null;
    if (folder !== null) found.push(nameKey('sys/folder', folder));
    return found;
  }

  /** References with the property they stand in. */
  fieldReferences(record: ConfigRecord): FieldReference[] {
    const found: FieldReference[] = [];
    for (const [property, field] of this.#referenceFields.get(record.type) ?? []) {
      const value: Json | undefined = record.fields[property];
      if (value === undefined || field.references === undefined) continue;
      const { missing, crossPartition = false } = field;
      for (const ref of field.references(value)) {
        found.push({ ...ref, property, crossPartition, ...(missing && { missing }) });
      }
    }
    const type = this.type(record.type);
    if (type.attaches !== undefined) {
      const missing = type.attachMissing;
      const ref = { ...type.attaches(record), property: 'name', crossPartition: false };
      found.push({ ...ref, ...(missing && { missing }) });
    }
    return found;
  }

  #add(type: ObjectType): void {
    this.#types.set(type.path, type);
    this.#families.set(type.family, [...(this.#families.get(type.family) ?? []), type]);
    const fields = Object.entries(type.fields).filter(
      ([, field]) => field.references !== undefined,
    );
    this.#referenceFields.set(type.path, fields);
    for (const sub of type.subcollections) this.#add(sub);
  }

  #organize(path: string): void {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const parent = parts.slice(0, depth).join('/');
      const children = this.#organizing.get(parent) ?? new Set<string>();
      children.add(parts.slice(0, depth + 1).join('/'));
      this.#organizing.set(parent, children);
    }
  }
}

/** Folder that must exist for the record; a folder lies in its parent. */
export function parentFolder(record: ConfigRecord): string | null {
  if (record.type !== 'sys/folder') return folderOf(record);
  if (record.fullPath === '/') return null;
  const parent = record.fullPath.slice(0, record.fullPath.lastIndexOf('/'));
  return parent === '' ? '/' : parent;
}
