// Neutron ports that hold the addresses devices have in tenants' subnets, as the driver wants them. The name of a
// port is its key: asking twice gives one port.
export interface PortRequest {
  name: string;
  subnetId: string;
  /** Load balancer that made it necessary; noted on the port. */
  loadbalancerId: string;
  /** Fixed address instead of any of the subnet's. */
  address?: string;
  vnicType: 'baremetal' | 'normal';
}

export interface NetworkPorts {
  /**
   * Address of the port of that name in the subnet; makes the port when there is none.
   * @throws LbaasError `unavailable` when the server cannot be asked; any other error says why there is no address
   */
  ensure(request: PortRequest, signal: AbortSignal): Promise<string>;
  /** Makes a port on a network, so that an SDN controller binds a segment. @throws as ensure */
  ensureOnNetwork(name: string, networkId: string, signal: AbortSignal): Promise<void>;
  /** Deletes the ports of that name; there need not be one. @throws LbaasError `unavailable` */
  remove(name: string, signal: AbortSignal): Promise<void>;
  allowAddress(portId: string, address: string, signal: AbortSignal): Promise<void>;
  disallowAddress(portId: string, address: string, signal: AbortSignal): Promise<void>;
  /** Ids of the ports with these MAC addresses, and their subnets. */
  findByMac(macs: readonly string[], signal: AbortSignal): Promise<PortOnSubnets[]>;
}

export interface PortOnSubnets {
  id: string;
  macAddress: string;
  subnetIds: readonly string[];
}
