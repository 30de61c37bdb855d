// How networks are to be put on devices, as the code uses it. Absent as a whole: global routed mode.
export type TunnelType = 'vxlan' | 'gre';

/** Where a physical network is plugged in. */
export interface InterfaceMapping {
  /** Name in Neutron, or `default`. */
  physicalNetwork: string;
  /** Interface or trunk of the device. */
  interface: string;
  /** VLANs on it carry their tag. */
  isTagged: boolean;
  /** Device, as it is configured; every device when absent. */
  host?: string;
}

interface Vtep {
  folder: string;
  selfIpName: string;
}

export interface NetworkSettings {
  /** A route domain of its own for every tenant. */
  useNamespaces: boolean;
  /** Route domains that one tenant may have; more than one lets its subnets overlap. */
  routeDomainsPerTenant: number;
  /** Traffic may not leave its route domain. */
  isRouteDomainStrict: boolean;
  /** False: the device becomes the gateway of the members' subnets. */
  useSnat: boolean;
  /** 0: self IPs are used. */
  snatAddressesPerSubnet: number;
  /** All networks in /Common. */
  commonNetworks: boolean;
  /** External networks in /Common. */
  commonExternalNetworks: boolean;
  /** Network id -> VLAN that an operator has made in /Common. */
  existingVlans: Readonly<Record<string, string>>;
  interfaces: readonly InterfaceMapping[];
  /** Absent: no tunnels. */
  vtep?: Vtep;
  tunnelTypes: readonly TunnelType[];
  populateStaticArp: boolean;
  /** Follows and sends Neutron's l2population messages. */
  l2Population: boolean;
  /** Physical network whose segments are bound to networks as ports appear on them (hierarchical port binding). */
  segmentPhysicalNetwork?: string;
  /**
   * Ports of the devices whose allowed addresses are kept up, by subnet id; `learned`: found by MAC address.
   * Absent: nobody is told of addresses.
   */
  allowedAddressPorts?: 'learned' | Readonly<Record<string, readonly string[]>>;
  /** `binding:vnic_type` of ports made for devices. */
  vnicType: 'baremetal' | 'normal';
}
