// ESDs as far as the devices have what they name: a name that a device lacks disables its tag and nothing else.
import { isDeviceError, type BigIpClient } from '@f5-lbaas/bigip-client';
import type { Logger } from '@f5-lbaas/platform';
import { asText } from '../object-types/property.ts';
import {
  ESD_TAGS,
  tagsOf,
  type EnhancedService,
  type EnhancedServices,
  type EsdTag,
} from './enhanced-service.ts';

export interface EsdDevice {
  host: string;
  client: BigIpClient;
}

/** Names in /Common, by collection. */
type Known = ReadonlyMap<string, ReadonlySet<string>>;

function collectionsIn(services: EnhancedServices): string[] {
  const tags = [...services.values()].flatMap((service) => tagsOf(service).map(([tag]) => tag));
  return [...new Set(tags.flatMap((tag) => [...ESD_TAGS[tag].collections]))];
}

function isKnown(known: Known, tag: EsdTag, name: string): boolean {
  return ESD_TAGS[tag].collections.some((collection) => known.get(collection)?.has(name) === true);
}

/** What is left of the definitions on a device. Pure. */
function availableOn(
  services: EnhancedServices,
  known: Known,
  onMissing: (esd: string, tag: EsdTag, name: string) => void,
): EnhancedServices {
  const left = [...services].map(([esd, service]): [string, EnhancedService] => {
    const tags = tagsOf(service).filter(([tag, names]) => {
      const missing = names.filter((name) => !isKnown(known, tag, name));
      missing.forEach((name) => onMissing(esd, tag, name));
      return missing.length === 0;
    });
    return [esd, Object.fromEntries(tags)];
  });
  return new Map(left.filter(([, service]) => Object.keys(service).length > 0));
}

async function namesOn(
  { client }: EsdDevice,
  collections: readonly string[],
  signal: AbortSignal,
): Promise<Known> {
  const lists = await Promise.all(
    collections.map(async (collection) => {
      const items = await client.list(
        collection,
        { partition: 'Common', select: ['name'] },
        signal,
      );
      return [collection, new Set(items.map((item) => asText(item['name'])))] as const;
    }),
  );
  return new Map(lists);
}

export class EsdCatalog {
  readonly #source: { services(): Promise<EnhancedServices> };
  readonly #logger: Logger;
  #checked: { from: EnhancedServices; devices: string; services: EnhancedServices } | undefined;

  constructor(source: { services(): Promise<EnhancedServices> }, logger: Logger) {
    this.#source = source;
    this.#logger = logger;
  }

  /**
   * Asks the devices only when files or devices are others than last time. A device that does not answer takes
   * nothing away now, and is asked again the next time.
   */
  async services(devices: readonly EsdDevice[], signal: AbortSignal): Promise<EnhancedServices> {
    const from = await this.#source.services();
    const hosts = devices.map(({ host }) => host).join(' ');
    if (this.#checked?.from === from && this.#checked.devices === hosts) {
      return this.#checked.services;
    }
    let services = from;
    try {
      for (const device of from.size === 0 ? [] : devices) {
        const known = await namesOn(device, collectionsIn(services), signal);
        services = this.#availableOn(device, services, known);
      }
      this.#checked = { from, devices: hosts, services };
    } catch (error) {
      if (!isDeviceError(error)) throw error;
      this.#logger.warn({ err: error }, 'ESDs could not be compared with a device.');
    }
    return services;
  }

  #availableOn({ host }: EsdDevice, services: EnhancedServices, known: Known): EnhancedServices {
    return availableOn(services, known, (esd, tag, name) => {
      this.#logger.warn({ device: host, esd, tag, name }, 'Invalid value for an ESD tag.');
    });
  }
}
