// Service definitions of many load balancers, spread over tenants.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';

export const MEMBERS = 10;

export type Tenants = readonly {
  tenantId: string;
  services: readonly ServiceDefinition[];
}[];

/** VIPs and members have addresses of their own. */
function service(n: number, tenantId: string): ServiceDefinition {
  const id = `lb-${n}`;
  const [high, low] = [n >> 8, n & 255];
  return aService({
    ...{ id, tenantId },
    loadbalancer: { name: id, vip_address: `127.${100 + high}.${low}.1` },
    listeners: [{ name: `${id}-http`, default_pool_id: `${id}-pool-1` }],
    pools: [{ healthmonitor_id: `${id}-monitor-1` }],
    members: Array.from({ length: MEMBERS }, (_, k) => ({ address: `10.${high}.${low}.${k + 1}` })),
    healthmonitors: [{ delay: 60, timeout: 30 }],
  });
}

export function servicesOf(count: number, tenants: number): Tenants {
  const perTenant = Math.ceil(count / tenants);
  return Array.from({ length: tenants }, (_, t) => ({
    tenantId: `tenant-${t}`,
    services: Array.from({ length: perTenant }, (_, k) =>
      service(t * perTenant + k, `tenant-${t}`),
    ),
  }));
}
