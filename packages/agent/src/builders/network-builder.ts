// NetworkBuilder: which config managers make which part of the networks below a load balancer.
import { COMMON } from '../adapters/network-names.ts';
import type { ServiceNetworks } from '../compile/service-networks.ts';
import { compileLink } from '../config-managers/l2/link.ts';
import { compileGateway, compileSelfIp } from '../config-managers/selfip/self-ip.ts';
import { compileSnatPool, compileSnatTranslations } from '../config-managers/snat/snat.ts';
import { compileRouteDomain } from '../config-managers/tenant/route-domain.ts';
import { byKey, partitionOf, type DeviceObject } from '../object-types/device-object.ts';

export interface BuiltNetworks {
  /** In the tenant's partition. */
  tenant: readonly DeviceObject[];
  /** In /Common, where tenants share them. */
  common: readonly DeviceObject[];
}

/** @param partition the tenant's */
export function buildNetworks(partition: string, networks: ServiceNetworks): BuiltNetworks {
  const { subnets, trafficGroup, snatTrafficGroup } = networks;
  const links = new Map(subnets.map(({ network }) => [network.path, network]));
  const all = [
    ...[...links.values()].flatMap(compileLink),
    ...routeDomains(networks),
    ...subnets.flatMap((subnet) => [
      compileSelfIp(subnet),
      ...compileGateway(subnet, trafficGroup),
      ...compileSnatTranslations(subnet, snatTrafficGroup),
    ]),
    ...compileSnatPool(partition, subnets),
  ];
  const objects = [...byKey(all).values()];
  const isCommon = ({ path }: DeviceObject): boolean => partitionOf(path) === COMMON;
  return {
    tenant: objects.filter((object) => !isCommon(object)),
    common: objects.filter(isCommon),
  };
}

function routeDomains({ subnets, isRouteDomainStrict }: ServiceNetworks): DeviceObject[] {
  const byPath = new Map(
    subnets.flatMap(({ network: { routeDomain } }) =>
      routeDomain === undefined ? [] : [[routeDomain.path, routeDomain] as const],
    ),
  );
  return [...byPath.values()].map((routeDomain) => {
    const inside = subnets.filter(({ network }) => network.routeDomain?.path === routeDomain.path);
    const links = inside.map(({ network }) => network.path);
    return compileRouteDomain(routeDomain, isRouteDomainStrict, links);
  });
}
