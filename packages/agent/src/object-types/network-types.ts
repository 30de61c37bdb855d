// Object types below load balancing: links, route domains, addresses. Part of THE table; planned on their own, before
// and after what uses them (docs/adr/0010-allocation-and-networks.md).
// @see F5 iControl REST: net/*, ltm/snatpool, ltm/snat-translation
import { isFields, type Fields, type Value } from './device-object.ts';
import {
  address,
  asList,
  asText,
  fullPath,
  number,
  reference,
  referenceList,
  stripDefaultRouteDomain,
  subcollectionItems,
  text,
  words,
  type Property,
} from './property.ts';
import { sourceAddressTranslation, vlans } from './virtual-properties.ts';

const LINKS = ['vlan', 'tunnel'] as const;

/** `{ name, tagged }[]`, by name. */
const interfaces: Property = {
  default: [],
  read: (item) =>
    subcollectionItems(item, 'interfaces')
      .map((one) => ({ name: asText(one['name']), tagged: one['untagged'] !== true }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  write: (value) => ({
    interfaces: asList(value)
      .filter(isFields)
      .map(({ name = '', tagged }) => ({
        name,
        ...(tagged === true ? { tagged: true } : { untagged: true }),
      })),
  }),
};

/** `{ <mac>: <tunnel end point> }`; up to TMOS 12.0 the device shows a plain list. */
const records: Property = {
  default: {},
  read(item) {
    const shown = [...subcollectionItems(item, 'records'), ...asList(item['records'])];
    const entries = shown
      .filter(isFields)
      .map((one): [string, string] => [
        asText(one['name']).toLowerCase(),
        stripDefaultRouteDomain(asText(one['endpoint'])),
      ]);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  },
  write: (value) => ({
    records: Object.entries(isFields(value) ? value : {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, endpoint]) => ({ name, endpoint })),
  }),
};

function fixed(property: Property): Property {
  return { ...property, immutable: true };
}

/** Traffic group of an address that the device may show with or without its folder. */
const trafficGroup: Property = {
  ...reference('trafficGroup', []),
  default: '/Common/traffic-group-local-only',
};

/** Traffic group of a partition instead of that of its parent. */
export const givenTrafficGroup: Property = {
  read: (item) => asText(item['trafficGroup']),
  write: (value) => ({ trafficGroup: value, inheritedTrafficGroup: 'false' }),
};

/** A partition that config sync passes by; whatever is in it stays on its device. */
export const outsideDeviceGroup: Property = {
  default: false,
  read: (item) => item['deviceGroup'] === 'none',
  write: (value) => (value === true ? { deviceGroup: 'none', inheritedDevicegroup: 'false' } : {}),
};

/** `any`, `any6` and the wildcards are one. */
const remoteAddress: Property = {
  default: 'any',
  read: (item) => {
    const shown = stripDefaultRouteDomain(asText(item['remoteAddress']));
    return ['any6', '0.0.0.0', '::', ''].includes(shown) ? 'any' : shown;
  },
  write: (value) => ({ remoteAddress: value === 'any' ? '0.0.0.0' : value }),
};

/** `any%1` -> `0.0.0.0%1`, `any6%1` -> `::%1`: the device names the wildcards, in full paths, too. */
function asWildcard(shown: string): string {
  return shown.replace(/(^|\/)any6(?=$|[%.])/, '$1::').replace(/(^|\/)any(?=$|[%:])/, '$10.0.0.0');
}

const plainAddress = address('address', { immutable: true });
const wildcardAddress: Property = {
  ...plainAddress,
  read: (item) => asWildcard(asText(plainAddress.read(item))),
};

/** `/P/0.0.0.0%1:0`, `/P/::%1.0`. */
const wildcardDestination: Property = {
  immutable: true,
  read(item) {
    const shown = asText(item['destination']).replace(/([.:])any$/, '$10');
    return stripDefaultRouteDomain(fullPath(asWildcard(shown), item));
  },
  write: (value) => ({ destination: value }),
  refersTo: {
    types: ['forwarding-address'],
    paths: (value: Value) => [asText(value).replace(/[.:]0$/, '')],
  },
};

const isForwarding: Property = {
  default: false,
  read: (item: Fields) => item['ipForward'] === true,
  write: (value) => (value === true ? { ipForward: true } : {}),
};

/** Removed last, one by one, and left when something that nobody here knows of still uses them. */
const network = { layer: 'network', life: 'network' } as const;

/** Who has an address, so that nobody need be asked. */
function neighbour(collection: string) {
  return {
    ...network,
    collection,
    properties: {
      ipAddress: address('ipAddress', { immutable: true }),
      macAddress: text('macAddress', {}),
    },
  };
}

export const NETWORK_TYPES = {
  vlan: {
    ...network,
    collection: '/net/vlan',
    expand: true as const,
    properties: {
      tag: number('tag', { default: 0 }),
      interfaces,
      description: text('description'),
    },
  },
  tunnel: {
    ...network,
    collection: '/net/tunnels/tunnel',
    properties: {
      profile: fixed(reference('profile', [])),
      key: number('key', { default: 0, immutable: true }),
      localAddress: address('localAddress', { immutable: true }),
      remoteAddress,
      description: text('description'),
    },
  },
  fdb: {
    layer: 'network' as const,
    life: 'attached' as const,
    collection: '/net/fdb/tunnel',
    expand: true as const,
    properties: { records },
  },
  'route-domain': {
    layer: 'network' as const,
    life: 'space' as const,
    collection: '/net/route-domain',
    properties: {
      id: number('id', { immutable: true }),
      strict: words('strict', 'enabled', 'disabled', { default: true }),
      parent: reference('parent', []),
      vlans: referenceList('vlans', LINKS),
    },
  },
  self: {
    ...network,
    collection: '/net/self',
    properties: {
      address: address('address', { immutable: true }),
      vlan: reference('vlan', LINKS),
      trafficGroup,
    },
  },
  'snat-translation': {
    ...network,
    collection: '/ltm/snat-translation',
    properties: {
      address: address('address', { immutable: true }),
      trafficGroup: reference('trafficGroup', []),
    },
  },
  snatpool: {
    ...network,
    collection: '/ltm/snatpool',
    properties: { members: referenceList('members', ['snat-translation']) },
  },
  'forwarding-address': {
    ...network,
    collection: '/ltm/virtual-address',
    properties: {
      address: wildcardAddress,
      mask: text('mask', {}),
      trafficGroup: reference('trafficGroup', []),
    },
  },
  'forwarding-virtual': {
    ...network,
    collection: '/ltm/virtual',
    properties: {
      destination: wildcardDestination,
      mask: text('mask', {}),
      ipProtocol: text('ipProtocol', {}),
      ipForward: isForwarding,
      vlans,
      sourceAddressTranslation,
    },
  },
  arp: neighbour('/net/arp'),
  ndp: neighbour('/net/ndp'),
};
