// The objects of a factory-fresh device, straight from the tables. They are put as they are: the tables'
// rules apply to clients.
import type { ObjectType, Seed } from '../schema/types.ts';
import type { ConfigRecord } from '../store/record.ts';
import { directory, type Identity } from './identity.ts';

function identityOfSeed(type: ObjectType, { name, partition = 'Common' }: Seed): Identity {
  switch (type.naming) {
    case 'directory':
      return directory(name);
    case 'plain':
    case 'singleton':
      return { name, partition: null, subPath: null, fullPath: name };
    case 'folder':
    case 'attachment':
      return { name, partition, subPath: null, fullPath: `/${partition}/${name}` };
  }
}

function seedRecord(type: ObjectType, entry: Seed): ConfigRecord {
  const identity = identityOfSeed(type, entry);
  return {
    type: type.path,
    keys: [identity.fullPath],
    ...identity,
    generation: 1,
    fields: entry.fields ?? {},
  };
}

/** True for an object of the factory configuration. */
export function isSeed(type: ObjectType, record: ConfigRecord): boolean {
  return type.seeds.some((entry) => identityOfSeed(type, entry).fullPath === record.fullPath);
}

/** Every object of a fresh device that the tables list. */
export function seedRecords(types: readonly ObjectType[]): ConfigRecord[] {
  return types.flatMap((type) => type.seeds.map((entry) => seedRecord(type, entry)));
}
