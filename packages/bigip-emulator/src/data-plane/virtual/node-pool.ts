// The pool of one unmonitored member that stands for a server named by a policy or an iRule. Pure.
import { formatEndpoint } from '../address.ts';
import type { FullPath, PoolConfig } from '../contract.ts';

export function nodePoolConfig(
  virtual: FullPath,
  { address, port }: { address: string; port: number },
): PoolConfig {
  const name = formatEndpoint(address, port);
  return {
    path: `${virtual} node ${name}`,
    loadBalancingMode: 'round-robin',
    monitors: [],
    minMonitors: 'all',
    minActiveMembers: 0,
    slowRampTimeSeconds: 0,
    serviceDownAction: 'none',
    members: [
      {
        name,
        address,
        port,
        ratio: 1,
        priorityGroup: 0,
        connectionLimit: 0,
        nodeRatio: 1,
        nodeConnectionLimit: 0,
        adminState: 'enabled',
        monitors: null,
        minMonitors: 'all',
        nodeMonitors: [],
        minNodeMonitors: 'all',
      },
    ],
  };
}
