// Neutron's faults, by the names and texts that clients match on.
import { ApiFault } from '../http/api-fault.ts';

/** @see neutron-lib `neutron_lib/exceptions/__init__.py` */
export const faults = {
  invalidInput: (reason: string): ApiFault =>
    new ApiFault(400, `Invalid input for operation: ${reason}.`, { type: 'InvalidInput' }),
  missingAttribute: (name: string): ApiFault =>
    new ApiFault(400, `Failed to parse request. Required attribute '${name}' not specified.`, {
      type: 'HTTPBadRequest',
    }),
  unknownAttribute: (names: string[]): ApiFault =>
    new ApiFault(400, `Unrecognized attribute(s) '${names.join(', ')}'.`, {
      type: 'HTTPBadRequest',
    }),
  invalidFilters: (names: string[], collection: string): ApiFault =>
    new ApiFault(
      400,
      `Invalid input for operation: '${names.join(', ')}' are invalid attributes for filtering ` +
        `${collection}.`,
      { type: 'InvalidInput' },
    ),
  /** `Network <id> could not be found.` with type `NetworkNotFound`. */
  notFound: (type: string, noun: string, id: string): ApiFault =>
    new ApiFault(404, `${noun} ${id} could not be found.`, { type }),
  forbidden: (action: string): ApiFault =>
    new ApiFault(403, `(rule:${action}) is disallowed by policy`, { type: 'PolicyNotAuthorized' }),
  invalidIpForSubnet: (address: string): ApiFault =>
    new ApiFault(400, `IP address ${address} is not a valid IP for the specified subnet.`, {
      type: 'InvalidIpForSubnet',
    }),
  invalidIpForNetwork: (address: string): ApiFault =>
    new ApiFault(
      400,
      `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
      { type: 'InvalidIpForNetwork' },
    ),
  addressAllocated: (address: string, subnetId: string): ApiFault =>
    new ApiFault(409, `IP address ${address} already allocated in subnet ${subnetId}`, {
      type: 'IpAddressAlreadyAllocated',
    }),
  noMoreAddresses: (networkId: string): ApiFault =>
    new ApiFault(409, `No more IP addresses available on network ${networkId}.`, {
      type: 'IpAddressGenerationFailure',
    }),
  networkInUse: (networkId: string): ApiFault =>
    new ApiFault(
      409,
      `Unable to complete operation on network ${networkId}. ` +
        'There are one or more ports still in use on the network.',
      { type: 'NetworkInUse' },
    ),
  subnetInUse: (subnetId: string): ApiFault =>
    new ApiFault(
      409,
      `Unable to complete operation on subnet ${subnetId}: ` +
        'One or more ports have an IP allocation from this subnet.',
      { type: 'SubnetInUse' },
    ),
  overlappingSubnet: (cidr: string, networkId: string, otherId: string): ApiFault =>
    new ApiFault(
      400,
      `Invalid input for operation: Requested subnet with cidr: ${cidr} for network: ` +
        `${networkId} overlaps with another subnet ${otherId}.`,
      { type: 'InvalidInput' },
    ),
  notSupported: (what: string): ApiFault =>
    new ApiFault(501, `${what} is not supported by the lab's network service.`, {
      type: 'HTTPNotImplemented',
    }),
};
