// Properties that only virtual servers have, each with its own dialect.
import {
  isFields,
  isSameValue,
  nameOf,
  partitionOf,
  type Fields,
  type Value,
} from './device-object.ts';
import {
  asList,
  asText,
  fullPath,
  stripDefaultRouteDomain,
  subcollectionItems,
  type Property,
} from './property.ts';

/** `/P/va:80`, `/P/2001:db8::1.80` (IPv6 addresses are followed by a dot) */
const DESTINATION = /^(?<address>.*)[.:](?<port>\d+|any)$/;

/**
 * `<full path of the virtual address>:<port>`. A virtual address that has a name is shown by that name,
 * whichever way the destination was written; writing the name keeps both the same.
 */
export const destination: Property = {
  read(item) {
    const parts = DESTINATION.exec(asText(item['destination']))?.groups;
    const address = stripDefaultRouteDomain(parts?.['address'] ?? '');
    const port = parts?.['port'] === 'any' ? '0' : (parts?.['port'] ?? '');
    return `${fullPath(address, item)}:${port}`;
  },
  write: (value) => ({ destination: value }),
  refersTo: {
    types: ['virtual-address'],
    paths: (value) => [asText(value).replace(/:\d+$/, '')],
  },
};

/** Ordered by name, as the device knows no order of profiles. */
export const profiles: Property = {
  subcollection: true,
  read: (item) =>
    sortProfiles(
      subcollectionItems(item, 'profiles').map((profile) => ({
        name: asText(profile['fullPath']),
        context: asText(profile['context']) || 'all',
      })),
    ),
  write: (value) => ({ profiles: value }),
  refersTo: {
    types: ['profile-client-ssl', 'profile-server-ssl'],
    paths: (value) =>
      asList(value)
        .filter(isFields)
        .map(({ name }) => asText(name)),
  },
};

export interface ProfileUse {
  name: string;
  context: 'all' | 'clientside' | 'serverside';
}

export function sortProfiles<T extends { name: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `{ type: 'none' | 'automap' }` or `{ type: 'snat', pool: <full path> }` */
export const sourceAddressTranslation: Property = {
  default: { type: 'none' },
  read(item) {
    const shown = item['sourceAddressTranslation'];
    if (!isFields(shown)) return { type: 'none' };
    const type = asText(shown['type']) || 'none';
    return type === 'snat' ? { type, pool: fullPath(asText(shown['pool']), item) } : { type };
  },
  write: (value) => ({ sourceAddressTranslation: value }),
};

/** Full paths of LTM policies. */
export const policies: Property = {
  default: [],
  subcollection: true,
  read: (item) => subcollectionItems(item, 'policies').map((policy) => asText(policy['fullPath'])),
  write: (value) => ({
    policies: asList(value).map((path) => ({
      name: nameOf(asText(path)),
      partition: partitionOf(asText(path)),
    })),
  }),
  refersTo: { types: ['policy'], paths: (value) => asList(value).map(asText) },
};

const EVERYWHERE: Fields = { all: true, vlans: [] };

/** `{ all: true, vlans: [] }`: traffic of every VLAN but those; `{ all: false, vlans }`: of those only. */
export const vlans: Property = {
  default: EVERYWHERE,
  read: (item) => ({
    all: item['vlansEnabled'] !== true,
    vlans: asList(item['vlans']).map((vlan) => fullPath(asText(vlan), item)),
  }),
  write(value) {
    const { all, vlans: list } = isFields(value) ? value : EVERYWHERE;
    return { [all === true ? 'vlansDisabled' : 'vlansEnabled']: true, vlans: list ?? [] };
  },
};

/** Full path of the persistence profile, or null; the device takes at most one. */
export const persist: Property = {
  default: null,
  read(item) {
    const shown = item['persist'];
    const first: Value | undefined = asList(shown)[0];
    if (isFields(first)) return fullPath(asText(first['name']), { ...item, ...first });
    const name = asText(first ?? shown);
    return name === '' || name === 'none' ? null : fullPath(name, item);
  },
  write: (value) => ({ persist: isSameValue(value, null) ? [] : [{ name: value }] }),
  refersTo: {
    types: ['persistence-universal', 'persistence-source-addr'],
    paths: (value) => (typeof value === 'string' ? [value] : []),
  },
};
