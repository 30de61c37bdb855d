// Door of the data plane: real sockets that do what the emulated device's configuration says.
import type { DataPlane } from './contract.ts';
import { BigIpDataPlane, type DataPlaneDeps } from './data-plane.ts';

export type { DataPlaneDeps } from './data-plane.ts';

/** Nothing listens before the first apply(); stop() ends everything it started. */
export function createDataPlane(deps: DataPlaneDeps): DataPlane {
  return new BigIpDataPlane(deps);
}
