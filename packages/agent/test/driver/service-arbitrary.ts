// Arbitrary services of one tenant, from small sets so that services overlap and differ in interesting ways.
import type {
  HealthMonitorType,
  LbAlgorithm,
  ListenerProtocol,
  ProvisioningStatus,
  ServiceDefinition,
  SessionPersistence,
} from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import fc from 'fast-check';

const status = fc.constantFrom<ProvisioningStatus>('ACTIVE', 'PENDING_UPDATE', 'PENDING_DELETE');
const persistence = fc.option(
  fc.record<SessionPersistence>({
    type: fc.constantFrom('SOURCE_IP' as const, 'HTTP_COOKIE' as const, 'APP_COOKIE' as const),
    cookie_name: fc.constantFrom('session', 'id', null),
    persistence_timeout: fc.constant(null),
    persistence_granularity: fc.constant(null),
  }),
  { nil: undefined },
);

const listener = fc.record({
  provisioning_status: status,
  name: fc.constantFrom('', 'web'),
  protocol: fc.constantFrom<ListenerProtocol>('HTTP', 'TCP', 'HTTPS', 'UDP'),
  admin_state_up: fc.boolean(),
  connection_limit: fc.constantFrom(-1, 100),
  poolIndex: fc.option(fc.nat(2)),
});

const member = fc.record({
  provisioning_status: status,
  host: fc.integer({ min: 1, max: 4 }),
  ipv6: fc.boolean(),
  protocol_port: fc.constantFrom(80, 8080),
  weight: fc.constantFrom(0, 1, 5),
  backup: fc.boolean(),
  admin_state_up: fc.boolean(),
});

const monitor = fc.record({
  provisioning_status: status,
  type: fc.constantFrom<HealthMonitorType>('HTTP', 'HTTPS', 'TCP', 'PING', 'UDP-CONNECT'),
  delay: fc.integer({ min: 1, max: 10 }),
  admin_state_up: fc.boolean(),
});

const pool = fc.record({
  provisioning_status: status,
  admin_state_up: fc.boolean(),
  lb_algorithm: fc.constantFrom<LbAlgorithm>('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'),
  persistence,
  members: fc.uniqueArray(member, {
    maxLength: 4,
    selector: (one) => `${one.host} ${one.ipv6} ${one.protocol_port}`,
  }),
  monitors: fc.array(monitor, { maxLength: 3 }),
});

/** A load balancer `id` of tenant `t1`; the same id always means the same ids below. */
export function arbitraryService(id: string): fc.Arbitrary<ServiceDefinition> {
  return fc
    .record({
      loadbalancer: fc.record({
        provisioning_status: fc.constantFrom<ProvisioningStatus>(
          'ACTIVE',
          'PENDING_CREATE',
          'PENDING_UPDATE',
          'PENDING_DELETE',
        ),
        admin_state_up: fc.boolean(),
        description: fc.constantFrom('', 'shop'),
      }),
      listeners: fc.array(listener, { maxLength: 3 }),
      pools: fc.array(pool, { maxLength: 3 }),
    })
    .map(({ loadbalancer, listeners, pools }) => {
      const poolId = (index: number): string => `${id}-pool-${index + 1}`;
      return aService({
        id,
        tenantId: 't1',
        loadbalancer,
        listeners: listeners.map(({ poolIndex, ...one }) => ({
          ...one,
          default_pool_id: poolIndex === null ? null : poolId(poolIndex),
        })),
        pools: pools.map((one) => ({
          provisioning_status: one.provisioning_status,
          admin_state_up: one.admin_state_up,
          lb_algorithm: one.lb_algorithm,
          ...(one.persistence === undefined ? {} : { session_persistence: one.persistence }),
        })),
        members: pools.flatMap((one, index) =>
          one.members.map(({ host, ipv6, ...rest }) => ({
            ...rest,
            id: `${poolId(index)}-${host}-${ipv6}-${rest.protocol_port}`,
            pool_id: poolId(index),
            address: ipv6 ? `fd00::${host}` : `10.0.0.${host}`,
          })),
        ),
        healthmonitors: pools.flatMap(({ monitors }, index) =>
          monitors.map((probe, n) => ({
            ...probe,
            id: `${id}-monitor-${index + 1}-${n + 1}`,
            pool_id: poolId(index),
          })),
        ),
      });
    });
}
