// What a device says about the synchronisation of its group.
import { statisticsOf, type BigIpClient } from '@f5-lbaas/bigip-client';

export interface SyncStatus {
  /** `In Sync`, `Changes Pending`, `Standalone` ... */
  status: string;
  summary: string;
}

/** One call. @throws DeviceError */
export async function readSyncStatus(
  client: BigIpClient,
  signal: AbortSignal,
): Promise<SyncStatus> {
  const body = await client.get('/cm/sync-status', signal);
  const fields = statisticsOf(body).find((one) => one.has('status'));
  return {
    status: String(fields?.get('status') ?? 'Unknown'),
    summary: String(fields?.get('summary') ?? ''),
  };
}
