// The stored networks, subnets and ports, and typed access to them.
// Journal records come from our own file and were checked when they were made.
import type { Change, Journal, StoredRecord } from '../journal/journal.ts';

export interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

/** What every record carries; further attributes are kept as they were given. */
export interface NeutronRecord extends StoredRecord {
  id: string;
  name: string;
  project_id: string;
  tenant_id: string;
  description: string;
  created_at: string;
  updated_at: string;
  revision_number: number;
}

export interface Network extends NeutronRecord {
  shared: boolean;
}

export interface Subnet extends NeutronRecord {
  network_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  allocation_pools: { start: string; end: string }[];
}

export interface Port extends NeutronRecord {
  network_id: string;
  fixed_ips: FixedIp[];
  device_id: string;
  device_owner: string;
}

export interface Records {
  networks: Network;
  subnets: Subnet;
  ports: Port;
  security_groups: NeutronRecord;
}
export type RecordKind = keyof Records;

export class NeutronStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get<K extends RecordKind>(kind: K, id: string): Records[K] | undefined {
    return this.#journal.get(kind, id) as Records[K] | undefined;
  }

  list<K extends RecordKind>(kind: K): Records[K][] {
    return this.#journal.list(kind) as Records[K][];
  }

  put<K extends RecordKind>(kind: K, ...records: Records[K][]): void {
    this.#journal.commit(records.map((record) => ({ collection: kind, id: record.id, record })));
  }

  /** All at once. */
  remove(...items: { kind: RecordKind; id: string }[]): void {
    const changes: Change[] = items.map(({ kind, id }) => ({ collection: kind, id, record: null }));
    this.#journal.commit(changes);
  }

  subnetsOf(networkId: string): Subnet[] {
    return this.list('subnets').filter((subnet) => subnet.network_id === networkId);
  }

  portsOn(networkId: string): Port[] {
    return this.list('ports').filter((port) => port.network_id === networkId);
  }
}
