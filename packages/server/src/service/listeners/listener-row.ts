// Listener rows: defaults, and what a request makes of them.
import type { Listener } from '@f5-lbaas/model';

import { settle, type Settable } from '../change/attributes.ts';
import { newRow } from '../change/new-row.ts';
import type { LbaasSettings } from '../settings.ts';

type Changeable = Omit<
  Listener,
  | 'id'
  | 'project_id'
  | 'provisioning_status'
  | 'operating_status'
  | 'revision'
  | 'delete_requested'
  | 'status_reason'
  | 'created_at'
  | 'updated_at'
  | 'loadbalancer_id'
  | 'protocol'
  | 'protocol_port'
>;

export type ListenerChanges = Settable<Listener, keyof Changeable>;
/** A listener without its load balancer, as a fully populated request holds it. */
export interface ListenerSpec extends ListenerChanges {
  protocol: Listener['protocol'];
  /** 1..65535 */
  protocol_port: number;
}
export interface ListenerCreate extends ListenerSpec {
  loadbalancer_id: string;
}

/** @param tls defaults for ciphers, versions and ALPN apply (null otherwise) */
export function listenerDefaults(settings: LbaasSettings, tls: boolean): Changeable {
  return {
    name: '',
    description: '',
    admin_state_up: true,
    tags: [],
    connection_limit: -1,
    default_pool_id: null,
    default_tls_container_ref: null,
    sni_container_refs: [],
    insert_headers: {},
    timeout_client_data: settings.timeoutClientData,
    timeout_member_connect: settings.timeoutMemberConnect,
    timeout_member_data: settings.timeoutMemberData,
    timeout_tcp_inspect: settings.timeoutTcpInspect,
    client_ca_tls_container_ref: null,
    client_authentication: 'NONE',
    client_crl_container_ref: null,
    allowed_cidrs: [],
    tls_ciphers: tls ? settings.tls.defaultCiphers : null,
    tls_versions: tls ? [...settings.tls.defaultVersions] : null,
    alpn_protocols: tls ? [...settings.tls.defaultAlpnProtocols] : null,
    hsts_max_age: null,
    hsts_include_subdomains: false,
    hsts_preload: false,
  };
}

export interface RowIdentity {
  id: string;
  projectId: string;
  loadbalancerId: string;
  /** UTC ISO 8601. */
  now: string;
}

export function newListener(
  spec: ListenerSpec,
  identity: RowIdentity,
  settings: LbaasSettings,
): Listener {
  const defaults = listenerDefaults(settings, spec.protocol === 'TERMINATED_HTTPS');
  return {
    ...settle(spec, defaults),
    ...newRow(identity.id, identity.projectId, identity.now),
    loadbalancer_id: identity.loadbalancerId,
    protocol: spec.protocol,
    protocol_port: spec.protocol_port,
  };
}
