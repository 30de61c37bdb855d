// Pool attributes that standalone and nested pools share.
import { LB_ALGORITHMS, POOL_PROTOCOLS, SESSION_PERSISTENCE_TYPES } from '@f5-lbaas/model';

import {
  AlpnProtocols,
  attributes,
  Bool,
  integer,
  IpAddress,
  Name,
  oneOf,
  optional,
  Reference,
  Tags,
  text,
  TlsCiphers,
  TlsVersions,
} from '../request/attribute-types.ts';

const cookieName = text(255, { pattern: '^[^\\s,;\\\\]+$' });
/** Columns hold 32 bits. */
const persistence = {
  cookie_name: optional(cookieName),
  persistence_timeout: optional(integer(0, 2_147_483_647)),
  persistence_granularity: optional(IpAddress),
};
const PersistenceType = oneOf(SESSION_PERSISTENCE_TYPES);

export const NewPersistence = attributes({ type: PersistenceType, ...persistence });
export const ChangedPersistence = attributes({ type: optional(PersistenceType), ...persistence });

export const named = {
  name: optional(Name),
  description: optional(Name),
  admin_state_up: optional(Bool),
};
export const Protocol = oneOf(POOL_PROTOCOLS);
export const Algorithm = oneOf(LB_ALGORITHMS);
export const rest = {
  tags: optional(Tags),
  tls_container_ref: optional(Reference),
  ca_tls_container_ref: optional(Reference),
  crl_container_ref: optional(Reference),
  tls_enabled: optional(Bool),
  tls_ciphers: optional(TlsCiphers),
  tls_versions: optional(TlsVersions),
  alpn_protocols: optional(AlpnProtocols),
};
