// Properties of certificate files and TLS profiles.
// @see F5 iControl REST: sys/file, ltm/profile/client-ssl and server-ssl
import { isFields, type Fields, type Value } from './device-object.ts';
import { asList, asText, fullPath, type Property } from './property.ts';

const DOWNLOADS = '/var/config/rest/downloads/';

/**
 * Name under which a file's content is uploaded before the file is made from it.
 * @param checksum `SHA1:<bytes>:<hex>`
 */
export function uploadName(checksum: string): string {
  return `f5-lbaas-${checksum.split(':').at(-1) ?? ''}`;
}

/** Where an upload lies on the device. */
export function uploadPath(name: string): string {
  return DOWNLOADS + name;
}

/** A file is compared by the checksum of its content, and written by naming an upload with that content. */
export const file: Readonly<Record<string, Property>> = {
  checksum: {
    read: (item) => asText(item['checksum']),
    write: (value) => ({ sourcePath: `file:${uploadPath(uploadName(asText(value)))}` }),
  },
};

function chainPart(entry: Fields, part: string, item: Fields): string | null {
  const name = asText(entry[part]);
  return name === '' || name === 'none' ? null : fullPath(name, item);
}

/** `{ name, cert, key, chain }`; one entry, as the agent never mixes kinds of keys in one profile. */
export const certKeyChain: Property = {
  read(item) {
    const entry = asList(item['certKeyChain']).find(isFields);
    if (entry === undefined) return null;
    return {
      name: asText(entry['name']),
      cert: chainPart(entry, 'cert', item),
      key: chainPart(entry, 'key', item),
      chain: chainPart(entry, 'chain', item),
    };
  },
  write: (value) => ({
    certKeyChain: isFields(value) ? [{ ...value, chain: value['chain'] ?? 'none' }] : [],
  }),
  refersTo: {
    types: ['ssl-cert', 'ssl-key'],
    paths: (value) =>
      isFields(value)
        ? ['cert', 'key', 'chain'].map((part) => asText(value[part])).filter((path) => path !== '')
        : [],
  },
};

/** Options of TLS, sorted. Before TMOS 14 the device shows them as `{ a b }`. */
export const options: Property = {
  read: (item) => {
    const shown = item['tmOptions'];
    const list = Array.isArray(shown)
      ? asList(shown).map(asText)
      : asText(shown).replaceAll(/[{}]/g, ' ').split(/\s+/);
    return list.filter((word) => word !== '' && word !== 'none').sort();
  },
  write: (value: Value) => ({ tmOptions: value }),
};
