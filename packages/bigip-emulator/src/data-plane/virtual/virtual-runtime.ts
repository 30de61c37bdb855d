// What the code that serves one connection needs of the virtual server it belongs to.
import type { VirtualServer } from '../contract.ts';
import type { ConnectionReuse } from '../http/connection-reuse.ts';
import type { Persister } from '../persistence/persister.ts';
import type { Pool } from '../pool/pool.ts';
import type { DialSettings } from '../server/dial.ts';
import type { TrafficMeter } from '../traffic-meter.ts';
import type { Program } from './program.ts';
import type { Services } from './services.ts';

export interface VirtualRuntime {
  readonly config: VirtualServer;
  readonly services: Services;
  readonly meter: TrafficMeter;
  readonly persister: Persister;
  readonly reuse: ConnectionReuse;
  readonly program: Program;
  readonly dial: DialSettings;
  /** The connection limits of virtual server and address leave room for another client. */
  readonly hasRoom: boolean;
  /** A single server that a policy or iRule named, outside any pool. */
  nodePool(node: { address: string; port: number }): Pool;
}
