// Keeps an emulator on its own machine where that is asked for: addresses of servers elsewhere are replaced by one
// that the kernel refuses at once, so that no packet leaves and monitors find the member down.
import type { DataPlaneConfig, MonitorConfig } from '../data-plane/contract.ts';

/** Which servers the data plane may talk to. */
export type Reach = 'any' | 'loopback';

/** The broadcast address of the loopback network: nobody may connect to it. */
const NOWHERE = '127.255.255.255';

function withinLoopback(address: string): string {
  const isLoopback = /^(127\.|::1(%|$))/.test(address);
  return isLoopback || address === '*' ? address : NOWHERE;
}

function keepMonitor(monitor: MonitorConfig): MonitorConfig {
  const { destination } = monitor;
  return {
    ...monitor,
    destination: { ...destination, address: withinLoopback(destination.address) },
  };
}

export function withinReach(config: DataPlaneConfig, reach: Reach): DataPlaneConfig {
  if (reach === 'any') return config;
  return {
    virtuals: config.virtuals,
    pools: config.pools.map((pool) => ({
      ...pool,
      monitors: pool.monitors.map(keepMonitor),
      members: pool.members.map((member) => ({
        ...member,
        address: withinLoopback(member.address),
        monitors: member.monitors?.map(keepMonitor) ?? null,
        nodeMonitors: member.nodeMonitors.map(keepMonitor),
      })),
    })),
    nodes: (config.nodes ?? []).map((node) => ({
      ...node,
      address: withinLoopback(node.address),
      monitors: node.monitors.map(keepMonitor),
    })),
  };
}
