// The service's operating statuses in the words of neutron-lbaas, which has neither ERROR nor DRAINING.
import type { OperatingStatus } from '@f5-lbaas/model';

type V2OperatingStatus = 'ONLINE' | 'OFFLINE' | 'DEGRADED' | 'NO_MONITOR';

const WORDS: Record<OperatingStatus, V2OperatingStatus> = {
  ONLINE: 'ONLINE',
  OFFLINE: 'OFFLINE',
  DEGRADED: 'DEGRADED',
  NO_MONITOR: 'NO_MONITOR',
  ERROR: 'OFFLINE',
  DRAINING: 'ONLINE',
};

export function operatingStatus(status: OperatingStatus): V2OperatingStatus {
  return WORDS[status];
}
