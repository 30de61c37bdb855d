// Extension points for clouds in which a device's switch port or Neutron port has to be told what the device will
// use. `vlan_binding_driver` and `l3_binding_driver` choose what stands behind them.
import { createKeyedLock } from '@f5-lbaas/platform';
import type { NetworkPorts } from './ports.ts';

/** Opens and closes VLANs on the switch port behind a device's interface. Both may be asked again. */
export interface VlanBinding {
  allowVlan(deviceName: string, interfaceName: string, vlanId: number): Promise<void>;
  pruneVlan(deviceName: string, interfaceName: string, vlanId: number): Promise<void>;
}

/** Allows addresses of load balancers on the Neutron ports of virtual devices. Both may be asked again. */
export interface AddressBinding {
  bind(subnetId: string, address: string, signal: AbortSignal): Promise<void>;
  unbind(subnetId: string, address: string, signal: AbortSignal): Promise<void>;
  /** Devices or their ports may have come or gone. */
  refresh(): void;
}

/** Subnet id -> ids of the ports that devices have there. */
export type PortsOfSubnets = ReadonlyMap<string, readonly string[]>;

/**
 * Allowed address pairs on the ports that the devices' interfaces are plugged into.
 * @see f5-openstack-agent lbaasv2/drivers/bigip/l3_binding.py
 */
export class AllowedAddressPairs implements AddressBinding {
  readonly #ports: NetworkPorts;
  readonly #fixed: PortsOfSubnets | undefined;
  readonly #macs: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly #bound = new Set<string>();
  /** Servers read a port's addresses and write them back: two changes at once would lose one. */
  readonly #one = createKeyedLock();
  #learned: PortsOfSubnets | undefined;

  /**
   * @param fixed ports as an operator has written them down; undefined: found by MAC address
   * @param macs MAC addresses of the devices' interfaces
   */
  constructor(
    ports: NetworkPorts,
    fixed: PortsOfSubnets | undefined,
    macs: (signal: AbortSignal) => Promise<readonly string[]>,
  ) {
    this.#ports = ports;
    this.#fixed = fixed;
    this.#macs = macs;
  }

  async bind(subnetId: string, address: string, signal: AbortSignal): Promise<void> {
    for (const port of await this.#portsOn(subnetId, signal)) {
      const key = `${port} ${address}`;
      if (this.#bound.has(key)) continue;
      await this.#one.run(port, () => this.#ports.allowAddress(port, address, signal), signal);
      this.#bound.add(key);
    }
  }

  async unbind(subnetId: string, address: string, signal: AbortSignal): Promise<void> {
    for (const port of await this.#portsOn(subnetId, signal)) {
      await this.#one.run(port, () => this.#ports.disallowAddress(port, address, signal), signal);
      this.#bound.delete(`${port} ${address}`);
    }
  }

  refresh(): void {
    this.#learned = undefined;
  }

  async #portsOn(subnetId: string, signal: AbortSignal): Promise<readonly string[]> {
    const known = this.#fixed ?? (this.#learned ??= await this.#learn(signal));
    return known.get(subnetId) ?? [];
  }

  async #learn(signal: AbortSignal): Promise<PortsOfSubnets> {
    const ports = await this.#ports.findByMac(await this.#macs(signal), signal);
    const bySubnet = new Map<string, string[]>();
    for (const { id, subnetIds } of ports) {
      for (const subnet of subnetIds) bySubnet.set(subnet, [...(bySubnet.get(subnet) ?? []), id]);
    }
    return bySubnet;
  }
}
