// LB algorithm of the API -> load balancing method of the device.
import type { LbAlgorithm } from '@f5-lbaas/model';

const MODES: Record<LbAlgorithm, { plain: string; weighted: string }> = {
  ROUND_ROBIN: { plain: 'round-robin', weighted: 'ratio-member' },
  LEAST_CONNECTIONS: {
    plain: 'least-connections-member',
    weighted: 'ratio-least-connections-member',
  },
  // Stickiness comes from source address persistence; the method only picks the first member.
  SOURCE_IP: { plain: 'least-connections-node', weighted: 'least-connections-node' },
  SOURCE_IP_PORT: { plain: 'least-connections-node', weighted: 'least-connections-node' },
};

/** @param weights of the members that stay; any above 1 makes the weights count */
export function loadBalancingMode(algorithm: LbAlgorithm, weights: readonly number[]): string {
  return MODES[algorithm][weights.some((weight) => weight > 1) ? 'weighted' : 'plain'];
}
