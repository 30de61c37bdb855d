// What a virtual server needs from the rest of the data plane.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type { FullPath } from '../contract.ts';
import type { Pool } from '../pool/pool.ts';

export interface Services {
  clock: Clock;
  random: Random;
  logger: Logger;
  pool(path: FullPath): Pool | undefined;
  /** Open client connections of all virtual servers on a virtual address. */
  connectionsOn(virtualAddress: FullPath): number;
}
