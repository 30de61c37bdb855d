// What a vCMP host should have for a guest's VLANs, and what it has too much. Pure.
// @see F5 iControl REST: vcmp/guest, net/vlan; f5-openstack-agent lbaasv2/drivers/bigip/vcmp.py
import { COMMON, isNetworkName } from '../../adapters/network-names.ts';
import {
  byKey,
  isFields,
  nameOf,
  type DeviceObject,
  type DeviceObjects,
} from '../../object-types/device-object.ts';
import { asList, asText } from '../../object-types/property.ts';

export interface HostGuest {
  name: string;
  /** Management address without mask. */
  address: string;
  /** Full paths of the host's VLANs that it may use. */
  vlans: readonly string[];
}

/** What a host shows of itself. */
export interface HostLayout {
  guests: readonly HostGuest[];
  /** Of all partitions. */
  vlans: readonly DeviceObject[];
}

/** A VLAN that a guest needs from its host. */
export interface WantedVlan {
  /** Bare name, the same on host and guest. */
  name: string;
  networkId: string;
  /** Undefined: untagged; the tag inside is the host's own choice. */
  tag: number | undefined;
  /** Of the host. */
  interface: { name: string; tagged: boolean };
}

/** The VLAN of the host that serves one that a guest needs. */
export interface Serving {
  wanted: WantedVlan;
  vlan: DeviceObject;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Made by this agent or by F5's: it has the name that both give and tells the Neutron network it is for. Only such a
 * VLAN is ever changed or removed.
 */
function isOurs(vlan: DeviceObject): boolean {
  return isNetworkName(vlan, COMMON) && UUID.test(asText(vlan.properties['description']));
}

export function tagOf({ properties }: DeviceObject): number {
  return Number(properties['tag'] ?? 0);
}

function isOn({ properties }: DeviceObject, { name, tagged }: WantedVlan['interface']): boolean {
  return asList(properties['interfaces'])
    .filter(isFields)
    .some((one) => one['name'] === name && one['tagged'] === tagged);
}

function desiredVlan({ name, networkId, tag, interface: port }: WantedVlan): DeviceObject {
  return {
    type: 'vlan',
    path: `/${COMMON}/${name}`,
    properties: {
      ...(tag === undefined ? {} : { tag }),
      interfaces: [port],
      description: networkId,
    },
  };
}

/** Tags are unique on a device: whoever made it, the VLAN of the tag is the one. */
function present({ vlans }: HostLayout, wanted: WantedVlan): DeviceObject | undefined {
  return vlans.find((vlan) =>
    wanted.tag === undefined
      ? vlan.path === `/${COMMON}/${wanted.name}`
      : tagOf(vlan) === wanted.tag,
  );
}

/** @returns the VLAN that has to be there, or why it cannot be */
export function servingVlan(layout: HostLayout, wanted: WantedVlan): Serving | string {
  const found = present(layout, wanted);
  const desired = desiredVlan(wanted);
  if (found === undefined) return { wanted, vlan: desired };
  if (isOurs(found) && found.path === desired.path) return { wanted, vlan: desired };
  const { name, tagged } = wanted.interface;
  if (isOn(found, wanted.interface)) return { wanted, vlan: found };
  const mode = tagged ? 'tagged' : 'untagged';
  return `VLAN ${found.path} has the tag ${tagOf(found)} but is not ${mode} on interface ${name}.`;
}

/** Both sides of what has to change in the host's VLANs. */
export function vlanChange(
  layout: HostLayout,
  serving: readonly Serving[],
): { current: DeviceObjects; desired: DeviceObjects } {
  const paths = new Set(serving.map(({ vlan }) => vlan.path));
  const there = layout.vlans.filter(({ path }) => paths.has(path));
  return { current: byKey(there), desired: byKey(serving.map(({ vlan }) => vlan)) };
}

export function vlanAt({ vlans }: HostLayout, path: string): DeviceObject | undefined {
  return vlans.find((vlan) => vlan.path === path);
}

/** Ours that the guest may use, and that no change under way counts on. @param held names */
export function releasable(
  { vlans }: HostLayout,
  guest: HostGuest,
  held: ReadonlySet<string>,
): DeviceObject[] {
  return vlans.filter(
    (vlan) => isOurs(vlan) && guest.vlans.includes(vlan.path) && !held.has(nameOf(vlan.path)),
  );
}

export interface LeftOver {
  /** What the guest keeps; undefined: nothing is to be taken from it. */
  guestVlans: readonly string[] | undefined;
  /** VLANs that no guest of the host has. */
  unused: readonly DeviceObject[];
}

/**
 * Ours, and of no use: assigned to a guest that has no VLAN of the tag, or to no guest at all.
 * @param tags those of all VLANs on the guest. @param held names that changes under way count on
 */
export function leftOver(
  { vlans, guests }: HostLayout,
  guest: HostGuest,
  tags: ReadonlySet<number>,
  held: ReadonlySet<string>,
): LeftOver {
  const ours = new Map(
    vlans
      .filter((vlan) => isOurs(vlan) && !held.has(nameOf(vlan.path)))
      .map((vlan) => [vlan.path, vlan]),
  );
  const kept = guest.vlans.filter((path) => {
    const vlan = ours.get(path);
    return vlan === undefined || tags.has(tagOf(vlan));
  });
  const inUse = new Set([
    ...kept,
    ...guests.filter(({ name }) => name !== guest.name).flatMap((other) => other.vlans),
  ]);
  return {
    guestVlans: kept.length === guest.vlans.length ? undefined : kept,
    unused: [...ours.values()].filter(({ path }) => !inUse.has(path)),
  };
}
