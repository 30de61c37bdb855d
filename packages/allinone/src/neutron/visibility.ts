// Who sees and who may change what: administrators everything, tenants their own and what is shared.
import type { Identity } from '../keystone/identity.ts';
import type { NeutronStore, RecordKind, Records } from './records.ts';

export function owns(identity: Identity, record: { project_id: string }): boolean {
  return identity.isAdmin || record.project_id === identity.project?.id;
}

/** Owners of a network also see the subnets and ports that others have on it. */
const VISIBLE: {
  [K in RecordKind]: (record: Records[K], identity: Identity, store: NeutronStore) => boolean;
} = {
  networks: (network, identity) => network.shared || owns(identity, network),
  subnets: (subnet, identity, store) => {
    const network = store.get('networks', subnet.network_id);
    return network?.shared === true || owns(identity, subnet) || ownsNetwork(network, identity);
  },
  ports: (port, identity, store) =>
    owns(identity, port) || ownsNetwork(store.get('networks', port.network_id), identity),
  security_groups: (group, identity) => owns(identity, group),
};

function ownsNetwork(network: Records['networks'] | undefined, identity: Identity): boolean {
  return network !== undefined && owns(identity, network);
}

export function visibleRecords<K extends RecordKind>(
  kind: K,
  identity: Identity,
  store: NeutronStore,
): Records[K][] {
  return store.list(kind).filter((record) => VISIBLE[kind](record, identity, store));
}

/** Undefined both for what is not there and for what the caller must not know of. */
export function findVisible<K extends RecordKind>(
  kind: K,
  id: string,
  identity: Identity,
  store: NeutronStore,
): Records[K] | undefined {
  const record = store.get(kind, id);
  return record !== undefined && VISIBLE[kind](record, identity, store) ? record : undefined;
}
