// What the server needs of Neutron v2.0. One implementation (HTTP); the lab's stand-in answers the same calls.
import type { NeutronNetwork, NeutronPort, NeutronSubnet } from '@f5-lbaas/model';

/** Query parameters of a list call; arrays repeat the parameter. */
export type NeutronFilter = Record<string, string | readonly string[]>;

/**
 * Every method: @throws LbaasError kind `not_found` (context { resource, id }), `unavailable` when Neutron
 * cannot be reached or answers 5xx, `conflict`/`bad_request` with Neutron's own message otherwise.
 * `token`: act as that user; absent: as the service user.
 */
export interface NeutronClient {
  getNetwork(id: string, token?: string): Promise<NeutronNetwork>;
  listNetworks(filter: NeutronFilter, token?: string): Promise<NeutronNetwork[]>;
  getSubnet(id: string, token?: string): Promise<NeutronSubnet>;
  listSubnets(filter: NeutronFilter, token?: string): Promise<NeutronSubnet[]>;
  getPort(id: string, token?: string): Promise<NeutronPort>;
  listPorts(filter: NeutronFilter, token?: string): Promise<NeutronPort[]>;
  createPort(attributes: Record<string, unknown>): Promise<NeutronPort>;
  updatePort(id: string, changes: Record<string, unknown>): Promise<NeutronPort>;
  /** Absent is success. */
  deletePort(id: string): Promise<void>;
  /** Neutron's own L2 agents, for tunnel end points. Empty when the extension is missing. */
  listAgents(filter: NeutronFilter): Promise<Record<string, unknown>[]>;
  /** Free addresses per subnet; undefined when the extension is missing. */
  getNetworkIpAvailability(
    networkId: string,
    token?: string,
  ): Promise<{ subnet_id: string; total_ips: number; used_ips: number }[] | undefined>;
  /** Extension aliases. */
  listExtensions(): Promise<string[]>;
  /** GET of any other resource, e.g. `qos/policies`, `security-groups`; undefined when absent. */
  find(
    collection: string,
    id: string,
    token?: string,
  ): Promise<Record<string, unknown> | undefined>;
}
