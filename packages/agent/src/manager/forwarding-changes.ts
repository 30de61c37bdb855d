// Neutron's l2population messages, read: who is where in tunnelled networks. Pure; what is not understood is left out.
// @see neutron `plugins/ml2/drivers/l2pop/{rpc,mech_driver}.py`
import { canonicalAddress } from '../adapters/addresses.ts';
import type { ForwardingChange, ReachedPeer } from '../allocate/forwarding-change.ts';
import type { TunnelType } from '../config/network-settings.ts';
import { isRecord } from './readers.ts';

/** Stands for every destination that is not known: MAC address and IP address. */
export const FLOODING = ['00:00:00:00:00:00', '0.0.0.0'] as const;

export type ForwardingAction = 'add' | 'remove' | 'update';

function isTunnelType(value: unknown): value is TunnelType {
  return value === 'vxlan' || value === 'gre';
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `[[mac, ip]]`. DIFFERS: nothing is made of flooding entries, as in F5's agent: every entry's end point is flooded to. */
function peersAt(vtep: string, list: unknown): ReachedPeer[] {
  return listOf(list).flatMap((one) => {
    const [mac, address] = listOf(one);
    if (typeof mac !== 'string' || typeof address !== 'string' || mac === FLOODING[0]) return [];
    const [peer, endPoint] = [canonicalAddress(address), canonicalAddress(vtep)];
    return [{ mac: mac.toLowerCase(), address: peer, vtep: endPoint }];
  });
}

function change(part: ForwardingChange): ForwardingChange[] {
  return part.peers.length === 0 ? [] : [part];
}

/** `{ <network>: { network_type, segment_id, ports: { <vtep>: [[mac, ip]] } } }` */
function portsByNetwork(
  entries: Record<string, unknown>,
  action: 'add' | 'remove',
): ForwardingChange[] {
  return Object.entries(entries).flatMap(([networkId, value]) => {
    if (!isRecord(value) || !isTunnelType(value.network_type) || !isRecord(value.ports)) return [];
    const segment = { type: value.network_type, key: Number(value.segment_id) };
    const peers = Object.entries(value.ports).flatMap(([vtep, list]) => peersAt(vtep, list));
    return change({ action, networkId, segment, peers });
  });
}

/** `{ chg_ip: { <network>: { <vtep>: { before: [[mac, ip]], after: [[mac, ip]] } } } }`; either list may be missing. */
function changedAddresses({ chg_ip: networks }: Record<string, unknown>): ForwardingChange[] {
  if (!isRecord(networks)) return [];
  return Object.entries(networks).flatMap(([networkId, byVtep]) => {
    const lists = Object.entries(isRecord(byVtep) ? byVtep : {});
    const all = (name: 'before' | 'after'): ReachedPeer[] =>
      lists.flatMap(([vtep, value]) => (isRecord(value) ? peersAt(vtep, value[name]) : []));
    const common = { networkId, segment: undefined };
    return [
      ...change({ ...common, action: 'give-up', peers: all('before') }),
      ...change({ ...common, action: 'add', peers: all('after') }),
    ];
  });
}

/** @param entries `fdb_entries` of the message. @returns in the order in which they hold */
export function forwardingChanges(entries: unknown, action: ForwardingAction): ForwardingChange[] {
  if (!isRecord(entries)) return [];
  return action === 'update' ? changedAddresses(entries) : portsByNetwork(entries, action);
}
