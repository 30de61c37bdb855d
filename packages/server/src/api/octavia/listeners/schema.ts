// Listener attributes as requests carry them.
import { CLIENT_AUTHENTICATIONS, LISTENER_PROTOCOLS } from '@f5-lbaas/model';
import Type from 'typebox';

import { NestedL7Policy } from '../l7policies/nested-schema.ts';
import { NestedPool } from '../pools/nested-schema.ts';
import {
  AlpnProtocols,
  attributes,
  Bool,
  Cidr,
  integer,
  Name,
  oneOf,
  optional,
  PortNumber,
  Reference,
  Tags,
  text,
  Timeout,
  TlsCiphers,
  TlsVersions,
  Uuid,
} from '../request/attribute-types.ts';
import type { FilterTypes } from '../request/list-query.ts';
import { bodySpec } from '../request/parse-body.ts';

const start = {
  name: optional(Name),
  description: optional(Name),
  admin_state_up: optional(Bool),
};
const fixed = { protocol: oneOf(LISTENER_PROTOCOLS), protocol_port: PortNumber };
const middle = {
  connection_limit: optional(integer(-1, 2_147_483_647)),
  default_tls_container_ref: optional(Reference),
  sni_container_refs: optional(Type.Array(Reference)),
};
const headers = { insert_headers: optional(Type.Record(Type.String(), text(255))) };
const rest = {
  timeout_client_data: optional(Timeout),
  timeout_member_connect: optional(Timeout),
  timeout_member_data: optional(Timeout),
  timeout_tcp_inspect: optional(Timeout),
  tags: optional(Tags),
  client_ca_tls_container_ref: optional(Reference),
  client_authentication: optional(oneOf(CLIENT_AUTHENTICATIONS)),
  client_crl_container_ref: optional(Reference),
  allowed_cidrs: optional(Type.Array(Cidr)),
  tls_ciphers: optional(TlsCiphers),
  tls_versions: optional(TlsVersions),
  alpn_protocols: optional(AlpnProtocols),
  hsts_max_age: optional(integer(0, 2_147_483_647)),
  hsts_include_subdomains: optional(Bool),
  hsts_preload: optional(Bool),
};

export const createBody = bodySpec(
  'listener_',
  'listener',
  attributes({
    ...start,
    ...fixed,
    ...middle,
    project_id: optional(text(36)),
    tenant_id: optional(text(36)),
    default_pool_id: optional(Uuid),
    ...headers,
    loadbalancer_id: Uuid,
    ...rest,
  }),
);

export const updateBody = bodySpec(
  'listener_',
  'listener',
  attributes({ ...start, ...middle, default_pool_id: optional(Uuid), ...headers, ...rest }),
);

/** Inside a load balancer that is created with everything below it. */
export const NestedListener = attributes({
  ...start,
  ...fixed,
  ...middle,
  default_pool_id: optional(Uuid),
  default_pool: optional(NestedPool),
  l7policies: optional(Type.Array(NestedL7Policy)),
  ...headers,
  ...rest,
});

export const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  provisioning_status: 'text',
  operating_status: 'text',
  admin_state_up: 'boolean',
  created_at: 'time',
  updated_at: 'time',
  project_id: 'text',
  loadbalancer_id: 'text',
  protocol: 'text',
  protocol_port: 'integer',
  connection_limit: 'integer',
  default_pool_id: 'text',
  default_tls_container_ref: 'text',
  timeout_client_data: 'integer',
  timeout_member_connect: 'integer',
  timeout_member_data: 'integer',
  timeout_tcp_inspect: 'integer',
  client_ca_tls_container_ref: 'text',
  client_authentication: 'text',
  client_crl_container_ref: 'text',
  tls_ciphers: 'text',
  hsts_max_age: 'integer',
  hsts_include_subdomains: 'boolean',
  hsts_preload: 'boolean',
};
