// Pool rows: defaults, what a request makes of them, and the rules across their attributes.
import type { LbAlgorithm, Pool, PoolProtocol } from '@f5-lbaas/model';

import { settle, type Settable } from '../change/attributes.ts';
import type { RowIdentity } from '../listeners/listener-row.ts';
import { newRow } from '../change/new-row.ts';
import { refuse } from '../refusals.ts';
import {
  checkPersistence,
  settlePersistence,
  type SessionPersistenceChange,
} from './session-persistence.ts';
import type { LbaasSettings } from '../settings.ts';
import { checkCiphers, checkVersionsAndAlpn, type TlsAttributes } from '../listeners/tls-rules.ts';

type Changeable = Pick<
  Pool,
  | 'name'
  | 'description'
  | 'admin_state_up'
  | 'tags'
  | 'tls_container_ref'
  | 'ca_tls_container_ref'
  | 'crl_container_ref'
  | 'tls_enabled'
  | 'tls_ciphers'
  | 'tls_versions'
  | 'alpn_protocols'
>;

export interface PoolChanges extends Settable<Pool, keyof Changeable> {
  lb_algorithm?: LbAlgorithm;
  session_persistence?: SessionPersistenceChange | null;
}
/** A pool without its parents, as a fully populated request holds it. */
export interface PoolSpec extends PoolChanges {
  protocol: PoolProtocol;
  lb_algorithm: LbAlgorithm;
}
export interface PoolCreate extends PoolSpec {
  loadbalancer_id?: string | null;
  listener_id?: string | null;
}

function poolDefaults(settings: LbaasSettings, tls: boolean): Changeable {
  return {
    name: '',
    description: '',
    admin_state_up: true,
    tags: [],
    tls_container_ref: null,
    ca_tls_container_ref: null,
    crl_container_ref: null,
    tls_enabled: false,
    tls_ciphers: tls ? settings.tls.defaultCiphers : null,
    tls_versions: tls ? [...settings.tls.defaultVersions] : null,
    alpn_protocols: tls ? [...settings.tls.defaultAlpnProtocols] : null,
  };
}

/** What null means in an update; ALPN is the one that Octavia does not take back to its default. */
export function poolResets(settings: LbaasSettings): Changeable {
  return { ...poolDefaults(settings, true), alpn_protocols: null };
}

export function newPool(spec: PoolSpec, identity: RowIdentity, settings: LbaasSettings): Pool {
  return {
    ...settle(spec, poolDefaults(settings, spec.tls_enabled === true)),
    ...newRow(identity.id, identity.projectId, identity.now),
    loadbalancer_id: identity.loadbalancerId,
    protocol: spec.protocol,
    lb_algorithm: spec.lb_algorithm,
    session_persistence: settlePersistence(spec.session_persistence, null),
  };
}

/** @param given the TLS attributes that the request carries; on update they are judged even when TLS is off */
export function checkPool(
  pool: Pool,
  given: TlsAttributes,
  settings: LbaasSettings,
  verb: 'create' | 'update',
): void {
  checkPersistence(pool.session_persistence, pool.protocol, verb);
  if (pool.crl_container_ref !== null && pool.ca_tls_container_ref === null) {
    throw refuse('ERR_CRL_WITHOUT_CA', { verb });
  }
  if (verb === 'create' && !pool.tls_enabled) return;
  const attributes = verb === 'create' ? pool : given;
  checkCiphers(attributes.tls_ciphers, settings.tls);
  checkVersionsAndAlpn(attributes, settings.tls);
}
