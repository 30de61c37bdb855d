// Tunnel end points (VTEPs) of Neutron's L2 agents, as the service definition lists them. Pure.
import type { NeutronNetwork } from '@f5-lbaas/model';

export interface Vteps {
  vxlan_vteps: string[];
  gre_vteps: string[];
}

type L2Agents = readonly Record<string, unknown>[];

/** For a VIP: end points of every agent that speaks the network's tunnel type; undefined for other types. */
export function vipVteps(network: NeutronNetwork | undefined, agents: L2Agents): Vteps | undefined {
  return vteps(network, agents);
}

/** For a member: end points of the agent on the host that its port is bound to. */
export function memberVteps(
  network: NeutronNetwork | undefined,
  agents: L2Agents,
  host: string | undefined,
): Vteps | undefined {
  return vteps(
    network,
    agents.filter((agent) => agent['host'] === host),
  );
}

function vteps(network: NeutronNetwork | undefined, agents: L2Agents): Vteps | undefined {
  const type = network?.['provider:network_type'];
  if (type !== 'vxlan' && type !== 'gre') return undefined;
  const addresses = [...new Set(agents.flatMap((agent) => addressesOf(agent, type)))];
  return {
    vxlan_vteps: type === 'vxlan' ? addresses : [],
    gre_vteps: type === 'gre' ? addresses : [],
  };
}

function addressesOf(agent: Record<string, unknown>, type: string): string[] {
  const configurations = agent['configurations'];
  if (typeof configurations !== 'object' || configurations === null) return [];
  const types: unknown = Reflect.get(configurations, 'tunnel_types');
  if (!Array.isArray(types) || !types.includes(type)) return [];
  const one: unknown = Reflect.get(configurations, 'tunneling_ip');
  const many: unknown = Reflect.get(configurations, 'tunneling_ips');
  const all: unknown[] = [one].concat(many);
  return all.filter((address): address is string => typeof address === 'string' && address !== '');
}
