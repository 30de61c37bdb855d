// Which route domain each network of a tenant is in: where the device already has it, else the first in which its
// subnets overlap nothing. Pure.
import { auxiliaryRouteDomainName, routeDomainName } from '../adapters/network-names.ts';
import type { PlacedRouteDomain } from '../compile/service-networks.ts';
import type { NetworkSettings } from '../config/network-settings.ts';
import { nameOf, type DeviceObject, type DeviceObjects } from '../object-types/device-object.ts';
import { networkOf, overlap } from '../object-types/networks.ts';
import { asList, asText } from '../object-types/property.ts';

/** One of the tenant's own networks. */
export interface NetworkToPlace {
  networkId: string;
  /** Full path of its VLAN or tunnel. */
  link: string;
  cidrs: readonly string[];
}

export interface RouteDomainPlan {
  /** By network id; what is missing cannot be placed. */
  placed: ReadonlyMap<string, PlacedRouteDomain>;
}

interface Space extends PlacedRouteDomain {
  links: Set<string>;
  /** Networks of its self IPs, with the link they are on. */
  networks: { link: string; cidr: string }[];
}

function spacesOf(partition: string, current: DeviceObjects): Space[] {
  const all = [...current.values()];
  const own = all.filter(
    ({ type, path }) =>
      type === 'route-domain' &&
      (nameOf(path) === partition || nameOf(path).startsWith(`${partition}_aux_`)),
  );
  return own.map((object) => spaceOf(object, all)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function spaceOf({ path, properties }: DeviceObject, all: readonly DeviceObject[]): Space {
  const links = new Set(asList(properties['vlans']).map(asText));
  const networks = all
    .filter((object) => object.type === 'self' && links.has(asText(object.properties['vlan'])))
    .map(({ properties: self }) => ({
      link: asText(self['vlan']),
      cidr: networkOf(asText(self['address'])).replace(/%\d+$/, ''),
    }));
  return { path, id: Number(properties['id']), links, networks };
}

function hasRoomFor({ networks }: Space, { link, cidrs }: NetworkToPlace): boolean {
  return networks.every((one) => one.link === link || !cidrs.some((c) => overlap(c, one.cidr)));
}

/**
 * @param current the partition's networks as the devices have them
 * @param newId gives the number of a route domain by its name; idempotent. Auxiliary ones are named by number, so
 *   they are asked for without a name
 */
export async function planRouteDomains(
  partition: string,
  current: DeviceObjects,
  networks: readonly NetworkToPlace[],
  settings: Pick<NetworkSettings, 'routeDomainsPerTenant'>,
  newId: (name: string) => Promise<number>,
): Promise<RouteDomainPlan> {
  const spaces = spacesOf(partition, current);
  const placed = new Map<string, PlacedRouteDomain>();
  for (const network of networks) {
    const space =
      spaces.find(({ links }) => links.has(network.link)) ??
      spaces.find((one) => settings.routeDomainsPerTenant === 1 || hasRoomFor(one, network)) ??
      (await anotherSpace());
    if (space === undefined) continue;
    space.links.add(network.link);
    space.networks.push(...network.cidrs.map((cidr) => ({ link: network.link, cidr })));
    placed.set(network.networkId, { path: space.path, id: space.id });
  }
  return { placed };

  async function anotherSpace(): Promise<Space | undefined> {
    if (spaces.length >= settings.routeDomainsPerTenant) return undefined;
    const main = routeDomainName(partition);
    const hasMain = spaces.some(({ path }) => nameOf(path) === main);
    const id = await newId(hasMain ? `${partition}_aux_${spaces.length}` : main);
    const name = hasMain ? auxiliaryRouteDomainName(partition, id) : main;
    const space = { path: `/${partition}/${name}`, id, links: new Set<string>(), networks: [] };
    spaces.push(space);
    return space;
  }
}
