// The service catalog: which services exist and where.
import { createHash } from 'node:crypto';

export const REGION = 'RegionOne';

/** Base addresses, no trailing slash. */
export interface ServiceUrls {
  /** Ends in `/v3`. */
  identity: string;
  network: string;
  loadBalancer: string;
  keyManager: string;
}

interface Endpoint {
  id: string;
  interface: 'public' | 'internal' | 'admin';
  region: string;
  region_id: string;
  url: string;
}

export interface CatalogEntry {
  id: string;
  type: string;
  name: string;
  endpoints: Endpoint[];
}

const INTERFACES = ['public', 'internal', 'admin'] as const;

/** The same for every start of the lab, so that clients may cache it. */
function stableId(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function entry(type: string, name: string, url: string): CatalogEntry {
  return {
    id: stableId(type),
    type,
    name,
    endpoints: INTERFACES.map((kind) => ({
      id: stableId(`${type} ${kind}`),
      interface: kind,
      region: REGION,
      region_id: REGION,
      url,
    })),
  };
}

export function buildCatalog(urls: ServiceUrls): CatalogEntry[] {
  return [
    entry('identity', 'keystone', urls.identity),
    entry('network', 'neutron', urls.network),
    entry('load-balancer', 'octavia', urls.loadBalancer),
    entry('key-manager', 'barbican', urls.keyManager),
  ];
}
