// The emulator's side of the benchmark: one virtual server in front of one member, until the process is killed.
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { createDataPlane } from '../../src/data-plane/index.ts';
import { aMember, anHttpVirtual, aPool, aVirtual } from '../../test/data-plane/fixtures.ts';

/** @param mode `http` with the profiles that the agent attaches, or plain `tcp` */
export async function runVirtual(mode: string, port: number, memberPort: number): Promise<void> {
  const dataPlane = createDataPlane({
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  await dataPlane.apply({
    virtuals: [mode === 'http' ? anHttpVirtual(port) : aVirtual(port)],
    pools: [aPool([aMember({ host: '127.0.0.1', port: memberPort })])],
  });
  // An orderly end, so that a run under --cpu-prof writes its profile.
  process.on('SIGTERM', () => process.exit(0));
}
