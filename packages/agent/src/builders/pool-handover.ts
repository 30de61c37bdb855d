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

/** Same text: the pools can be behind one virtual server. */
function kindOf(pool: ServicePool): string {
  const tls = pool.tls_enabled && [
    pool.tls_container_id,
    pool.ca_tls_container_id,
    pool.crl_container_id,
    pool.tls_ciphers,
    pool.tls_versions,
  ];
  return JSON.stringify([tls, proxyVersionOf(pool)]);
}

export function poolHandover(view: ServiceView, listener: ServiceListener): PoolHandover {
  const policies = activePolicies(view, listener).map(({ policy }) => policy);
  const redirects = policies.flatMap((policy) => {
    const pool =
      policy.action === 'REDIRECT_TO_POOL' ? view.pool(policy.redirect_pool_id) : undefined;
    return pool === undefined ? [] : [{ policy, pool }];
  });
  const main = view.pool(listener.default_pool_id) ?? redirects[0]?.pool;
  const misfits = redirects
    .filter(({ pool }) => main !== undefined && kindOf(pool) !== kindOf(main))
    .map(({ policy }) => policy);
  return {
    tlsPool: main?.tls_enabled === true ? main : undefined,
    proxyVersion: proxyVersionOf(main),
    misfits,
    problems: misfits.map(({ id }) => ({
      owner: { kind: 'l7policies', id },
      reason:
        'The redirect pool differs from the other pools of the listener in TLS settings or ' +
        'PROXY protocol; one virtual server cannot serve both.',
    })),
  };
}
