// From a name as typed to the full path of the object it means.
import { textOf } from '../schema/fields.ts';
import { nameKey } from '../schema/schema.ts';
import type { ObjectType } from '../schema/types.ts';
import { asString, type JsonObject } from '../json.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { splitPath } from '../store/record.ts';
import { DEFAULT_PARTITION, type Identity } from './identity.ts';

/** Names of these are looked up in the object's own partition only (iControl REST 6.6). */
const OWN_PARTITION_ONLY = new Set(['cm/traffic-group']);

/** Objects without a partition are called by their plain name. */
const PLAIN_FAMILIES = new Set(['net/interface', 'cm/device-name', 'vcmp/guest']);

export function resolveName(
  store: ConfigStore,
  family: string,
  name: string,
  folder: string | null,
): string {
  if (name.startsWith('/') || PLAIN_FAMILIES.has(family)) return name;
  const partition = folder?.split('/')[1] ?? DEFAULT_PARTITION;
  const own = `/${partition}/${name}`;
  if (OWN_PARTITION_ONLY.has(family)) return own;
  const places = [folder ?? `/${partition}`, `/${partition}`, `/${DEFAULT_PARTITION}`];
  const candidates = places.map((place) => `${place}/${name}`);
  return candidates.find((path) => store.hasName(nameKey(family, path))) ?? own;
}

/** Family that an attachment's name is looked up in. */
function attachedFamily(type: ObjectType): string {
  const probe = {
    type: type.path,
    keys: [],
    name: '',
    partition: null,
    subPath: null,
    fullPath: '',
  };
  return type.attaches?.({ ...probe, generation: 0, fields: {} }).family ?? type.family;
}

/** An attachment is called like the object it stands for. @param home folder of the object it is attached to */
export function attachmentIdentity(
  store: ConfigStore,
  type: ObjectType,
  body: JsonObject,
  home: string | null,
): Identity {
  const name = textOf('name', body['name'] ?? '');
  const partition = asString(body['partition']);
  const subPath = asString(body['subPath']);
  const folder = partition === undefined ? null : `/${partition}${subPath ? `/${subPath}` : ''}`;
  const path =
    name.startsWith('/') || folder === null
      ? resolveName(store, attachedFamily(type), name, home)
      : `${folder}/${name}`;
  const parts = splitPath(path) ?? { name, partition: DEFAULT_PARTITION, subPath: null };
  return { ...parts, fullPath: path };
}
