// Base ports for labs that run side by side, below the range that the system hands out by itself.
import { checkPortsAreFree, portMap } from '../../src/lab/port-map.ts';

const FIRST = 12_000;
const STEPS = 1_900;

/** @throws Error when a hundred tries find none */
export async function freePortBase(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const base = FIRST + 10 * Math.floor(Math.random() * STEPS);
    try {
      await checkPortsAreFree(portMap(base));
      return base;
    } catch {
      // In use: the next one.
    }
  }
  throw new Error('No ten free ports in a row.');
}
