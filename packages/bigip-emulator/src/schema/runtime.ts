// Live facts that configuration reads show but configuration does not hold: monitors, failover, the device itself.
import type { Clock, Random } from '@f5-lbaas/platform';
import type { MemberFacts, MemberState } from '../data-plane/contract.ts';
import type { TmosVersion } from './tmos-version.ts';

export type FailoverState = 'active' | 'standby' | 'offline' | 'forced-offline';

export interface DeviceRuntime {
  readonly clock: Clock;
  readonly random: Random;
  readonly version: TmosVersion;
  /** Name of this device in `cm/device`. */
  readonly hostname: string;
  readonly managementAddress: string;
  /** `Z100`, or `Z101` of a vCMP guest. */
  readonly platform: string;
  memberState(pool: string, member: string): MemberFacts | undefined;
  /** Verdict of a node's own monitors. */
  nodeState(node: string): MemberState | undefined;
  /** Content of a file below `/var/config/rest/downloads`. */
  uploadedFile(path: string): string | undefined;
  /** Failover state of this device over all traffic groups. */
  failoverState(): FailoverState;
  /** Failover state of a device of the trust domain. */
  failoverStateOf(device: string): FailoverState;
}
