// Options about networks: what `f5_global_routed_mode = False` brings into play.
import {
  booleanOption,
  ConfigurationError,
  integerOption,
  listOption,
  mapOption,
  optionalTextOption,
  textOption,
  type ValuesOf,
} from '@f5-lbaas/platform';
import type { InterfaceMapping, NetworkSettings, TunnelType } from './network-settings.ts';

export const NETWORK_OPTIONS = {
  useNamespaces: booleanOption(
    { name: 'use_namespaces', help: 'A route domain of its own for every tenant.' },
    true,
  ),
  routeDomainsPerTenant: integerOption(
    {
      name: 'max_namespaces_per_tenant',
      help: "Route domains that one tenant may have; more than 1 lets a tenant's subnets overlap.",
    },
    1,
    { min: 1 },
  ),
  isRouteDomainStrict: booleanOption(
    { name: 'f5_route_domain_strictness', help: 'Traffic may not leave its route domain.' },
    false,
  ),
  useSnat: booleanOption(
    {
      name: 'f5_snat_mode',
      help: "Members see addresses of the device; False: it becomes their subnets' gateway.",
    },
    true,
  ),
  snatAddressesPerSubnet: integerOption(
    { name: 'f5_snat_addresses_per_subnet', help: 'SNAT addresses; 0: self IPs are used.' },
    1,
    { min: 0, max: 64 },
  ),
  commonNetworks: booleanOption(
    { name: 'f5_common_networks', help: 'All networks in /Common and route domain 0.' },
    false,
  ),
  commonExternalNetworks: booleanOption(
    { name: 'f5_common_external_networks', help: 'External networks in /Common.' },
    true,
  ),
  existingVlans: mapOption({
    name: 'common_network_ids',
    help: 'Network id:VLAN, for VLANs in /Common that operators have made.',
  }),
  interfaceMappings: listOption(
    {
      name: 'f5_external_physical_mappings',
      help: 'physical network:interface:tagged[:device], one for `default` among them.',
    },
    ['default:1.1:True'],
  ),
  vtepFolder: textOption({ name: 'f5_vtep_folder', help: 'Folder of the VTEP self IP.' }, 'Common'),
  vtepSelfIpName: optionalTextOption({
    name: 'f5_vtep_selfip_name',
    help: 'Self IP on every device for tunnels, made by operators; absent or None: no tunnels.',
  }),
  tunnelTypes: listOption(
    { name: 'advertised_tunnel_types', help: 'Tunnels that the devices take part in.' },
    ['vxlan'],
  ),
  l2Population: booleanOption(
    { name: 'l2_population', help: "Follows Neutron's l2population messages." },
    false,
  ),
  populateStaticArp: booleanOption(
    { name: 'f5_populate_static_arp', help: 'Static ARP and NDP entries for tunnel peers.' },
    false,
  ),
  vlanBinding: optionalTextOption({
    name: 'vlan_binding_driver',
    help: 'NullBinding, which logs, or the path of an ES module that opens VLANs on switch ports.',
  }),
  interfacePortMappings: optionalTextOption({
    name: 'interface_port_static_mappings',
    help: 'JSON that the VLAN binding gets.',
  }),
  addressBinding: optionalTextOption({
    name: 'l3_binding_driver',
    help: 'AllowedAddressPairs, with or without its Python module: for virtual devices on Neutron ports.',
  }),
  addressBindingMappings: optionalTextOption({
    name: 'l3_binding_static_mappings',
    help: 'JSON, {subnet: [[port, device], ...]}; absent: ports are found by MAC address.',
  }),
  vcmpHosts: listOption(
    {
      name: 'icontrol_vcmp_hostname',
      help: 'Hosts of devices that are vCMP guests, as icontrol_hostname and with the same account.',
    },
    [],
  ),
  segmentPhysicalNetwork: optionalTextOption({
    name: 'f5_network_segment_physical_network',
    help: 'Physical network whose segments networks are bound to (hierarchical port binding).',
  }),
  unlegacySetting: optionalTextOption({
    name: 'unlegacy_setting_placeholder',
    help: 'Any value: ports for devices are of vnic_type normal instead of baremetal.',
  }),
};

type Values = ValuesOf<typeof NETWORK_OPTIONS>;

const TAGGED: Readonly<Record<string, boolean>> = { true: true, false: false };

/** `physnet1:1.1:True`, `physnet1:1.1:True:10.0.0.1` */
function interfaceMapping(text: string): InterfaceMapping | string {
  const [physicalNetwork = '', port = '', tagged = '', ...host] = text.split(':');
  const isTagged = TAGGED[tagged.toLowerCase()];
  if (physicalNetwork === '' || port === '' || isTagged === undefined) {
    return `'${text}' is not physical network:interface:True|False[:device]`;
  }
  const mapping = { physicalNetwork, interface: port, isTagged };
  return host.length === 0 ? mapping : { ...mapping, host: host.join(':') };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text.toLowerCase() !== 'none';
}

function isTunnelType(text: string): text is TunnelType {
  return text === 'vxlan' || text === 'gre';
}

function problemsOf(values: Values, mappings: readonly (InterfaceMapping | string)[]): string[] {
  const unknown = values.tunnelTypes.filter((type) => !isTunnelType(type));
  const usable = mappings.filter((one) => typeof one !== 'string');
  return [
    ...mappings
      .filter((one) => typeof one === 'string')
      .map((problem) => `[DEFAULT] f5_external_physical_mappings: ${problem}.`),
    ...(usable.some((one) => one.physicalNetwork === 'default' && one.host === undefined)
      ? []
      : ['[DEFAULT] f5_external_physical_mappings: an entry for `default` is missing.']),
    ...unknown.map((type) => `[DEFAULT] advertised_tunnel_types: '${type}' is not vxlan or gre.`),
  ];
}

const NO_MAPPING =
  '[DEFAULT] l3_binding_static_mappings: write JSON, {"<subnet>": [["<port>", "<device>"]]}.';

function portOf(pair: unknown): string {
  const port: unknown = Array.isArray(pair) ? pair[0] : undefined;
  if (typeof port !== 'string') throw new ConfigurationError([NO_MAPPING]);
  return port;
}

function staticPorts(text: string): Record<string, string[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigurationError([NO_MAPPING]);
  }
  if (typeof value !== 'object' || value === null) throw new ConfigurationError([NO_MAPPING]);
  const entries = Object.entries(value).map(([subnet, pairs]: [string, unknown]) => {
    if (!Array.isArray(pairs)) throw new ConfigurationError([NO_MAPPING]);
    return [subnet, pairs.map(portOf)] as const;
  });
  return Object.fromEntries(entries);
}

function allowedAddressPorts({
  addressBinding,
  addressBindingMappings,
}: Values): Pick<NetworkSettings, 'allowedAddressPorts'> {
  if (!isSet(addressBinding)) return {};
  if (!/(?:^|\.)AllowedAddressPairs$/.test(addressBinding)) {
    throw new ConfigurationError([
      `[DEFAULT] l3_binding_driver: '${addressBinding}' is not AllowedAddressPairs.`,
    ]);
  }
  return {
    allowedAddressPorts: isSet(addressBindingMappings)
      ? staticPorts(addressBindingMappings)
      : 'learned',
  };
}

/** Undefined in global routed mode. @throws ConfigurationError naming options */
export function networkSettings(
  values: Values & { globalRoutedMode: boolean },
): NetworkSettings | undefined {
  if (values.globalRoutedMode) return undefined;
  const mappings = values.interfaceMappings.map(interfaceMapping);
  const problems = problemsOf(values, mappings);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { vtepFolder, vtepSelfIpName, segmentPhysicalNetwork } = values;
  return {
    useNamespaces: values.useNamespaces && !values.commonNetworks,
    routeDomainsPerTenant: values.routeDomainsPerTenant,
    isRouteDomainStrict: values.isRouteDomainStrict,
    useSnat: values.useSnat,
    snatAddressesPerSubnet: values.snatAddressesPerSubnet,
    commonNetworks: values.commonNetworks,
    commonExternalNetworks: values.commonExternalNetworks,
    existingVlans: values.existingVlans,
    interfaces: mappings.filter((one) => typeof one !== 'string'),
    ...(isSet(vtepSelfIpName) && {
      vtep: { folder: isSet(vtepFolder) ? vtepFolder : 'Common', selfIpName: vtepSelfIpName },
    }),
    tunnelTypes: isSet(vtepSelfIpName) ? values.tunnelTypes.filter(isTunnelType) : [],
    populateStaticArp: values.populateStaticArp,
    l2Population: values.l2Population,
    ...allowedAddressPorts(values),
    ...(isSet(segmentPhysicalNetwork) && { segmentPhysicalNetwork }),
    vnicType: isSet(values.unlegacySetting) ? 'normal' : 'baremetal',
  };
}
