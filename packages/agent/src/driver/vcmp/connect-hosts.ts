// Puts the vCMP part of a driver together.
import { BigIpClient } from '@f5-lbaas/bigip-client';
import { clientOptions, type Device } from '../device.ts';
import { deviceLabel, type IControlDriverOptions } from '../icontrol-driver-options.ts';
import { GuestVlans } from './guest-vlans.ts';
import { VcmpHost } from './vcmp-host.ts';
import { VcmpHosts } from './vcmp-hosts.ts';

/** Undefined: networks are the operators', or nothing may be written. */
export function vcmpHostsOf(options: IControlDriverOptions): VcmpHosts | undefined {
  const { vcmpHosts = [], networks, isReadOnly = false, logger } = options;
  if (networks === undefined || isReadOnly) return undefined;
  const hosts = vcmpHosts.map(
    (host) =>
      new VcmpHost(deviceLabel(host), new BigIpClient(clientOptions(host, options)), logger),
  );
  return new VcmpHosts(hosts, logger);
}

export function guestVlansOn(
  device: Device,
  hosts: VcmpHosts,
  { clock, logger, timeouts }: IControlDriverOptions,
): GuestVlans {
  return new GuestVlans({ device, hosts, clock, logger, waitMs: timeouts?.guestVlanMs });
}
