// Settings of a device that its group's sync mode needs.
import { orAbsent, type BigIpClient } from '@f5-lbaas/bigip-client';
import type { DeviceFacts } from './device-facts.ts';
import type { SyncMode } from './icontrol-driver-options.ts';

const TUNNEL_SYNC = '/sys/db/iptunnel.configsync';

/**
 * replication: the group must not sync by itself, which would mix two writers. autosync: it does, so that a change
 * reaches the other devices even if the agent dies before it pushes. Tunnels have addresses of their own on each
 * device and are never synchronised. Writes only what differs. @throws DeviceError
 */
export async function prepareDevice(
  client: BigIpClient,
  { group }: DeviceFacts,
  syncMode: SyncMode,
  signal: AbortSignal,
): Promise<void> {
  if (group?.name === undefined) return;
  const wanted = syncMode === 'autosync';
  if (group.autoSync !== wanted) {
    const path = `/cm/device-group/~Common~${group.name}`;
    await client.modify(path, { autoSync: wanted ? 'enabled' : 'disabled' }, signal);
  }
  const tunnels = await orAbsent(client.get(TUNNEL_SYNC, signal));
  if (tunnels?.['value'] === 'enable')
    await client.modify(TUNNEL_SYNC, { value: 'disable' }, signal);
}
