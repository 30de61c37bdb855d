// Networks as an agent's devices see them: hierarchical port binding gives a network several segments, and
// the one on the agent's physical network replaces the network's own. Pure; never changes what it is given.
import type { NeutronNetwork } from '@f5-lbaas/model';
import type { AgentFacts } from '../scheduler/agent-facts.ts';

interface Segment {
  'provider:network_type': string;
  'provider:segmentation_id': number | null;
  'provider:physical_network': string | null;
}

/**
 * The first segment on the agent's physical network of a type that it supports; for opflex networks else the
 * first VLAN; else the network as it is. A missing type reads `undefined`, a missing id 0.
 * @see f5-openstack-lbaasv2-driver `disconnected_service.py`
 */
export function networkForAgent(
  network: NeutronNetwork,
  agent: Pick<AgentFacts, 'tunnelTypes' | 'physicalNetwork'>,
): NeutronNetwork {
  const supported = new Set(['vlan', ...agent.tunnelTypes.map((type) => type.toLowerCase())]);
  const segments = segmentsOf(network);
  const chosen =
    segments.find(
      (segment) =>
        segment['provider:physical_network'] === agent.physicalNetwork &&
        supported.has(segment['provider:network_type']),
    ) ??
    (network['provider:network_type'] === 'opflex'
      ? segments.find((segment) => segment['provider:network_type'] === 'vlan')
      : undefined);
  return {
    ...network,
    'provider:network_type': network['provider:network_type'] ?? 'undefined',
    'provider:segmentation_id': network['provider:segmentation_id'] ?? 0,
    'provider:physical_network': network['provider:physical_network'] ?? null,
    ...chosen,
  };
}

/** Neutron's multi-provider extension shows them as `segments`. */
function segmentsOf(network: NeutronNetwork): Segment[] {
  const listed: unknown = network['segments'];
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return [];
    const type: unknown = Reflect.get(item, 'provider:network_type');
    const id: unknown = Reflect.get(item, 'provider:segmentation_id');
    const physical: unknown = Reflect.get(item, 'provider:physical_network');
    if (typeof type !== 'string') return [];
    return [
      {
        'provider:network_type': type,
        'provider:segmentation_id': typeof id === 'number' ? id : 0,
        'provider:physical_network': typeof physical === 'string' ? physical : null,
      },
    ];
  });
}
