import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService, type ServiceParts } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import type { Fields } from '../object-types/device-object.ts';
import { compileService } from './compile-service.ts';
import type { CompiledService } from './compiled-service.ts';

const CONTEXT = { prefix: 'Project_', trafficGroups: ['traffic-group-1'], hasDraftPolicies: true };

function compile(parts: ServiceParts): CompiledService {
  return compileService(aService({ tenantId: 't1', ...parts }), CONTEXT);
}

function properties(compiled: CompiledService, type: string): Fields[] {
  return compiled.objects.filter((object) => object.type === type).map((one) => one.properties);
}

describe('virtual address', () => {
  it('carries address, admin state and description, and outlives its listeners', () => {
    const compiled = compile({
      loadbalancer: { name: 'web', description: 'shop', admin_state_up: false },
    });

    expect(compiled.partition).toBe('Project_t1');
    expect(compiled.objects).toMatchObject([
      {
        type: 'virtual-address',
        path: '/Project_t1/Project_lb-1',
        properties: {
          address: '127.10.0.10',
          description: 'web: shop',
          enabled: false,
          autoDelete: false,
          trafficGroup: '/Common/traffic-group-1',
        },
      },
    ]);
  });

  it('spreads tenants over the traffic groups by hash', () => {
    const context = {
      prefix: 'P_',
      trafficGroups: ['tg-1', 'tg-2', 'tg-3'],
      hasDraftPolicies: true,
    };
    const groupOf = (tenantId: string): unknown =>
      compileService(aService({ tenantId }), context).objects[0]?.properties['trafficGroup'];

    const groups = new Set(Array.from({ length: 30 }, (_, n) => groupOf(`tenant-${n}`)));

    expect(groups).toEqual(new Set(['/Common/tg-1', '/Common/tg-2', '/Common/tg-3']));
  });
});

describe('virtual server', () => {
  it.each([
    ['HTTP', 'tcp', ['http', 'oneconnect', 'tcp']],
    ['TCP', 'tcp', ['fastL4']],
    ['HTTPS', 'tcp', ['fastL4']],
    ['UDP', 'udp', ['udp']],
  ] as const)('of a %s listener speaks %s with profiles %j', (protocol, ipProtocol, names) => {
    const [virtual] = properties(compile({ listeners: [{ protocol }] }), 'virtual');

    expect(virtual).toMatchObject({
      ipProtocol,
      destination: '/Project_t1/Project_lb-1:80',
      mask: '255.255.255.255',
      profiles: names.map((name) => ({ name: `/Common/${name}`, context: 'all' })),
      sourceAddressTranslation: { type: 'automap' },
      enabled: true,
      connectionLimit: 0,
      pool: null,
    });
  });

  it('sends to its default pool unless that goes', () => {
    const parts: ServiceParts = {
      listeners: [{ default_pool_id: 'lb-1-pool-1', connection_limit: 7, admin_state_up: false }],
      pools: [{}],
    };
    const leaving = { ...parts, pools: [{ provisioning_status: 'PENDING_DELETE' as const }] };

    expect(properties(compile(parts), 'virtual')).toMatchObject([
      { pool: '/Project_t1/Project_lb-1-pool-1', connectionLimit: 7, enabled: false },
    ]);
    expect(properties(compile(leaving), 'virtual')).toMatchObject([{ pool: null }]);
  });
});

describe('persistence', () => {
  const withPool = (pool: NonNullable<ServiceParts['pools']>[0], protocol = 'HTTP'): Fields[] =>
    properties(
      compile({
        listeners: [{ default_pool_id: 'lb-1-pool-1', protocol: protocol as 'HTTP' }],
        pools: [pool],
      }),
      'virtual',
    );
  const session = (
    type: 'SOURCE_IP' | 'HTTP_COOKIE' | 'APP_COOKIE',
    name: string | null = null,
  ) => ({
    session_persistence: {
      type,
      cookie_name: name,
      persistence_timeout: null,
      persistence_granularity: null,
    },
  });

  it('by source address needs nothing else', () => {
    expect(withPool(session('SOURCE_IP'), 'TCP')).toMatchObject([
      { persist: '/Common/source_addr', profiles: [{ name: '/Common/fastL4' }] },
    ]);
  });

  it('is implied by the SOURCE_IP algorithm', () => {
    expect(withPool({ lb_algorithm: 'SOURCE_IP' })).toMatchObject([
      { persist: '/Common/source_addr', fallbackPersistence: null },
    ]);
  });

  it('by cookie makes a TCP listener read HTTP, and falls back to the source address', () => {
    expect(withPool({ ...session('HTTP_COOKIE'), lb_algorithm: 'SOURCE_IP' }, 'TCP')).toMatchObject(
      [
        {
          persist: '/Common/cookie',
          fallbackPersistence: '/Common/source_addr',
          profiles: [
            { name: '/Common/http' },
            { name: '/Common/oneconnect' },
            { name: '/Common/tcp' },
          ],
        },
      ],
    );
  });

  it('by cookie is not possible in encrypted traffic', () => {
    expect(withPool(session('HTTP_COOKIE'), 'HTTPS')).toMatchObject([
      { persist: null, profiles: [{ name: '/Common/fastL4' }] },
    ]);
  });

  it('by application cookie brings its own iRule and profile', () => {
    const compiled = compile({
      listeners: [{ default_pool_id: 'lb-1-pool-1' }],
      pools: [session('APP_COOKIE', 'sid')],
    });
    const path = '/Project_t1/app_cookie_Project_lb-1-listener-1';

    expect(properties(compiled, 'virtual')).toMatchObject([{ persist: path }]);
    expect(compiled.objects).toContainEqual({
      type: 'persistence-universal',
      path,
      properties: { rule: path },
    });
  });

  it('by application cookie without a name uses the device’s own cookie', () => {
    expect(withPool(session('APP_COOKIE'))).toMatchObject([{ persist: '/Common/cookie' }]);
  });
});

describe('pool and members', () => {
  it('describes the pool by its own name, not by the device object’s', () => {
    expect(properties(compile({ pools: [{ name: 'blue' }] }), 'pool')).toMatchObject([
      { description: 'blue:', monitor: null, minActiveMembers: 0 },
    ]);
  });

  it('drains members that are down or have no weight', () => {
    const members = properties(
      compile({
        pools: [{}],
        members: [{ weight: 3 }, { weight: 0 }, { admin_state_up: false }],
      }),
      'pool-member',
    );

    expect(members).toMatchObject([
      { ratio: 3, session: true },
      { ratio: 1, session: false },
      { ratio: 1, session: false },
    ]);
  });

  it('keeps backups behind the others', () => {
    const compiled = compile({ pools: [{}], members: [{}, { backup: true }] });

    expect(properties(compiled, 'pool')).toMatchObject([{ minActiveMembers: 1 }]);
    expect(properties(compiled, 'pool-member')).toMatchObject([
      { priorityGroup: 2 },
      { priorityGroup: 1 },
    ]);
  });

  it('names IPv6 members with a dot before the port', () => {
    const { objects } = compile({ pools: [{}], members: [{ address: '2001:DB8::7' }] });

    expect(objects.find(({ type }) => type === 'pool-member')?.path).toBe(
      '/Project_t1/2001:db8::7.8080',
    );
  });
});

describe('health monitor', () => {
  it.each([
    ['HTTP', 'monitor-http'],
    ['HTTPS', 'monitor-https'],
    ['TCP', 'monitor-tcp'],
    ['PING', 'monitor-gateway-icmp'],
    ['UDP-CONNECT', 'monitor-udp'],
  ] as const)('of type %s becomes a %s', (type, objectType) => {
    const compiled = compile({ pools: [{}], healthmonitors: [{ type }] });

    expect(properties(compiled, objectType)).toHaveLength(1);
    expect(properties(compiled, 'pool')).toMatchObject([
      { monitor: '/Project_t1/Project_lb-1-monitor-1' },
    ]);
  });

  it('gives every probe its time before the member is down', () => {
    const timing = { delay: 10, timeout: 4, max_retries_down: 3 };

    expect(
      properties(compile({ pools: [{}], healthmonitors: [timing] }), 'monitor-http'),
    ).toMatchObject([{ interval: 10, timeout: 34 }]);
  });

  it('that is switched off does not probe', () => {
    const compiled = compile({ pools: [{}], healthmonitors: [{ admin_state_up: false }] });

    expect(properties(compiled, 'pool')).toMatchObject([{ monitor: null }]);
  });

  it('is one of several that all have to succeed', () => {
    const compiled = compile({
      pools: [{}],
      members: [{ monitor_port: 9 }, {}],
      healthmonitors: [{ type: 'TCP', id: 'b' }, { type: 'SCTP' }, { type: 'HTTP', id: 'a' }],
    });

    expect(properties(compiled, 'pool')).toMatchObject([
      { monitor: '/Project_t1/Project_a and /Project_t1/Project_b' },
    ]);
    expect(compiled.problems).toMatchObject([
      { owner: { kind: 'healthmonitors', id: 'lb-1-monitor-2' } },
    ]);
    const own = ['a', 'b'].map((id) => `/Project_t1/Project_lb-1-member-1_${id}`);
    expect(properties(compiled, 'pool-member')).toMatchObject([
      { monitor: own.join(' and ') },
      { monitor: null },
    ]);
    expect(properties(compiled, 'monitor-tcp')).toMatchObject([
      { destination: '*:*' },
      { destination: '127.20.0.1:9' },
    ]);
  });

  it('that the device cannot do is a problem of that monitor alone', () => {
    const compiled = compile({ pools: [{}], healthmonitors: [{ type: 'SCTP' }] });

    expect(compiled.problems).toMatchObject([
      { owner: { kind: 'healthmonitors', id: 'lb-1-monitor-1' } },
    ]);
    expect(properties(compiled, 'pool')).toHaveLength(1);
  });
});

describe('claims', () => {
  const owners = (service: ServiceDefinition): unknown[] =>
    [...compileService(service, CONTEXT).claims.values()].flat();

  it('cover what goes as well as what stays', () => {
    const service = aService({
      listeners: [{ provisioning_status: 'PENDING_DELETE' }],
      pools: [{}],
      members: [{ provisioning_status: 'PENDING_DELETE' }],
    });

    expect(owners(service)).toContainEqual({ kind: 'listeners', id: 'lb-1-listener-1' });
    expect(owners(service)).toContainEqual({ kind: 'members', id: 'lb-1-member-1' });
  });

  it('give a member’s place to the one that stays', () => {
    const place = { address: '10.0.0.1', protocol_port: 80 };
    const service = aService({
      pools: [{}],
      members: [
        { id: 'new', ...place },
        { id: 'old', ...place, provisioning_status: 'PENDING_DELETE' },
      ],
    });

    const places = [...compileService(service, CONTEXT).claims].filter(([key]) =>
      key.startsWith('pool-member '),
    );
    expect(places.map(([, owner]) => owner)).toEqual([[{ kind: 'members', id: 'new' }]]);
  });
});
