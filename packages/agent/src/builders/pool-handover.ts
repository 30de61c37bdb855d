// How a listener's virtual server speaks to its members: in clear or TLS, with or without the PROXY protocol. The
// device decides that per virtual server, so all pools behind one listener have to agree.
import type { ServiceL7Policy, ServiceListener, ServicePool } from '@f5-lbaas/model';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { ServiceView } from '../compile/service-view.ts';
import { activePolicies } from '../config-managers/l7/active-policies.ts';

type ProxyVersion = 1 | 2;

export interface PoolHandover {
  /** Its TLS settings hold for the virtual server; undefined: in clear. */
  tlsPool: ServicePool | undefined;
  proxyVersion: ProxyVersion | undefined;
  /** Policies that send to pools of another kind; they are left out. */
  misfits: readonly ServiceL7Policy[];
  problems: readonly CompileProblem[];
}

function proxyVersionOf(pool: ServicePool | undefined): ProxyVersion | undefined {
  if (pool?.protocol === 'PROXY') return 1;
  return pool?.protocol === 'PROXYV2' ? 2 : undefined;
}

/** What the device decides per virtual server, by the names of the API. */
function traitsOf(pool: ServicePool): Record<string, unknown> {
  const version = proxyVersionOf(pool);
  return {
    // Of the protocols of pools only these two make a difference to the virtual server.
    protocol: version === undefined ? null : pool.protocol,
    tls_enabled: pool.tls_enabled,
    ...(pool.tls_enabled && {
      tls_container_ref: pool.tls_container_id,
      ca_tls_container_ref: pool.ca_tls_container_id,
      crl_container_ref: pool.crl_container_id,
      tls_ciphers: pool.tls_ciphers,
      tls_versions: pool.tls_versions,
    }),
  };
}

/** Names of the attributes in which pools differ that cannot be behind one virtual server. */
function differences(pool: ServicePool, main: ServicePool): string[] {
  const [own, other] = [traitsOf(pool), traitsOf(main)];
  const isSame = (name: string): boolean =>
    JSON.stringify(own[name]) === JSON.stringify(other[name]);
  if (own['tls_enabled'] !== other['tls_enabled']) {
    return ['tls_enabled', 'protocol'].filter((name) => !isSame(name));
  }
  return Object.keys(own).filter((name) => !isSame(name));
}

export function poolHandover(view: ServiceView, listener: ServiceListener): PoolHandover {
  const policies = activePolicies(view, listener).map(({ policy }) => policy);
  const redirects = policies.flatMap((policy) => {
    const pool =
      policy.action === 'REDIRECT_TO_POOL' ? view.pool(policy.redirect_pool_id) : undefined;
    return pool === undefined ? [] : [{ policy, pool }];
  });
  const main = view.pool(listener.default_pool_id) ?? redirects[0]?.pool;
  const misfits = redirects.flatMap(({ policy, pool }) => {
    const attributes = main === undefined ? [] : differences(pool, main);
    return attributes.length === 0 ? [] : [{ policy, pool, attributes }];
  });
  return {
    tlsPool: main?.tls_enabled === true ? main : undefined,
    proxyVersion: proxyVersionOf(main),
    misfits: misfits.map(({ policy }) => policy),
    problems: misfits.map(({ policy: { id }, pool, attributes }) => ({
      owner: { kind: 'l7policies', id },
      reason:
        `Pool ${pool.id} differs from pool ${main?.id ?? ''} of the same listener in ` +
        `${attributes.join(', ')}: one virtual server cannot serve both.`,
    })),
  };
}
