import { aService } from '@f5-lbaas/testkit';
import type { ServiceDefinition } from '@f5-lbaas/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RawDevice } from '../../test/driver/raw-device.ts';
import { arbitraryService } from '../../test/driver/service-arbitrary.ts';
import { compileService } from '../compile/compile-service.ts';
import { keyOf, type DeviceObject, type DeviceObjects } from '../object-types/device-object.ts';
import { referencesOf } from '../object-types/references.ts';
import { desiredPartition, ownerKey } from './desired-partition.ts';
import { planSteps } from './plan.ts';
import type { Step } from './step.ts';

const CONTEXT = { prefix: 'P_', trafficGroups: ['traffic-group-1'], hasDraftPolicies: true };

function plan(current: DeviceObjects, service: ServiceDefinition): Step[] {
  return planSteps(current, desiredPartition(current, compileService(service, CONTEXT)));
}

function shuffled(service: ServiceDefinition): ServiceDefinition {
  return {
    ...service,
    listeners: service.listeners.toReversed(),
    pools: service.pools.toReversed(),
    members: service.members.toReversed(),
    healthmonitors: service.healthmonitors.toReversed(),
  };
}

function summary(steps: readonly Step[]): string[] {
  return steps.map(({ action, target }) => `${action} ${target.type}`);
}

describe('planner laws', () => {
  it('leaves nothing to do once its steps are applied', () => {
    fc.assert(
      fc.property(fc.array(arbitraryService('a'), { minLength: 1, maxLength: 3 }), (services) => {
        const device = new RawDevice();
        for (const service of services) {
          device.apply(plan(device.read(), service));
          expect(plan(device.read(), service)).toEqual([]);
        }
      }),
    );
  });

  it('plans the same whatever the order of the input', () => {
    fc.assert(
      fc.property(arbitraryService('a'), arbitraryService('a'), (before, after) => {
        const device = new RawDevice();
        device.apply(plan(device.read(), before));
        const current = device.read();
        const reversed = new Map([...current].toReversed());

        expect(plan(reversed, shuffled(after))).toEqual(plan(current, after));
      }),
    );
  });

  it('never touches what belongs to another load balancer of the tenant', () => {
    fc.assert(
      fc.property(arbitraryService('a'), arbitraryService('b'), (a, b) => {
        const device = new RawDevice();
        device.apply(plan(device.read(), a));
        device.apply(plan(device.read(), b));

        expect(plan(device.read(), a)).toEqual([]);
      }),
    );
  });

  it('leaves an empty device behind when the load balancer goes', () => {
    fc.assert(
      fc.property(arbitraryService('a'), (service) => {
        const device = new RawDevice();
        device.apply(plan(device.read(), service));
        const gone = { ...service.loadbalancer, provisioning_status: 'PENDING_DELETE' as const };

        device.apply(plan(device.read(), { ...service, loadbalancer: gone }));

        expect([...device.read().keys()]).toEqual([]);
      }),
    );
  });

  it('creates before it refers and releases before it removes', () => {
    fc.assert(
      fc.property(arbitraryService('a'), arbitraryService('a'), (before, after) => {
        const device = new RawDevice();
        device.apply(plan(device.read(), before));
        for (const step of plan(device.read(), after)) {
          device.apply([step]);
          const now = device.read();
          const wanted = [...now.values()].flatMap(referencesOf).filter((key) => isOwn(key));
          expect(wanted.filter((key) => !now.has(key) && !isAlternative(key, now))).toEqual([]);
        }
      }),
    );
  });
});

describe('planner laws, whatever the deployment mode', () => {
  const modes = fc.constantFrom('objects' as const, 'iapp' as const);
  const story = fc.array(fc.tuple(modes, arbitraryService('a').map(withLeaving)), {
    minLength: 2,
    maxLength: 4,
  });

  function planIn(mode: 'objects' | 'iapp', current: DeviceObjects, service: ServiceDefinition) {
    const iapp = { ...CONTEXT, iappTemplate: 'own' as const };
    const compiled = compileService(service, mode === 'iapp' ? iapp : CONTEXT);
    const withheld = new Set((compiled.untouched ?? []).map(ownerKey));
    return planSteps(current, desiredPartition(current, compiled, withheld));
  }

  it('leaves nothing to do, and nothing that is not explained, once its steps are applied', () => {
    fc.assert(
      fc.property(story, (changes) => {
        const device = new RawDevice();
        for (const [mode, service] of changes) {
          device.apply(planIn(mode, device.read(), service));
          expect(planIn(mode, device.read(), service)).toEqual([]);
        }
        const [, last] = changes.at(-1)!;
        const gone = { ...last.loadbalancer, provisioning_status: 'PENDING_DELETE' as const };
        device.apply(planIn('objects', device.read(), { ...last, loadbalancer: gone }));
        const { claims } = compileService(last, CONTEXT);
        expect([...device.read().keys()].filter((key) => claims.has(key))).toEqual([]);
      }),
    );
  });

  /** Which pool each of three listeners sends to; a pool has one of them at most. */
  const attached = fc
    .tuple(
      fc.shuffledSubarray([1, 2, 3], { minLength: 3 }),
      fc.array(fc.boolean(), { minLength: 3 }),
    )
    .map(([order, isAttached]) =>
      aService({
        ...{ id: 'a', tenantId: 't1', pools: [{}, {}, {}] },
        listeners: order.map((pool, n) => ({
          default_pool_id: isAttached[n] === true ? `a-pool-${pool}` : null,
        })),
      }),
    );

  it('has no address and port served twice after any step', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(modes, attached), { minLength: 2 }), (changes) => {
        const device = new RawDevice();
        for (const [mode, service] of changes) {
          for (const step of planIn(mode, device.read(), service)) {
            device.apply([step]);
            const ports = [...device.read().values()].flatMap(servedPort);
            expect(new Set(ports).size, step.target.path).toBe(ports.length);
          }
        }
      }),
    );
  });
});

/** What an earlier service may have had is named as on its way out, as the server does. */
function withLeaving(service: ServiceDefinition): ServiceDefinition {
  const all = aService({
    ...{ id: 'a', tenantId: 't1', loadbalancer: { provisioning_status: 'PENDING_DELETE' } },
    ...{ listeners: [{}, {}, {}], pools: [{}, {}, {}] },
  });
  const lacking = <T extends { id: string }>(whole: readonly T[], some: readonly T[]): T[] =>
    whole.filter(({ id }) => !some.some((one) => one.id === id));
  return {
    ...service,
    listeners: [...service.listeners, ...lacking(all.listeners, service.listeners)],
    pools: [...service.pools, ...lacking(all.pools, service.pools)],
  };
}

/** All are at one address. */
function servedPort({ type, properties }: DeviceObject): string[] {
  const place = properties[type === 'virtual' ? 'destination' : 'vip'];
  const port = typeof place === 'string' ? /\d+$/.exec(place)?.[0] : undefined;
  return port === undefined ? [] : [port];
}

/** References into the partition; those to `/Common` are the device's own. */
function isOwn(key: string): boolean {
  return key.includes('/P_t1') && !key.includes('/Common/');
}

const FAMILIES = /^(monitor|persistence|profile|ssl)-/;

/** Members of a family are referred to by path alone; each exists under one of the types. */
function isAlternative(key: string, now: DeviceObjects): boolean {
  const [type = '', path = ''] = key.split(' ');
  const same = (other: string): boolean => other.split(' ')[1] === path;
  return FAMILIES.test(type) && [...now.keys()].some(same);
}

describe('planner', () => {
  const full = (members: number): ServiceDefinition =>
    aService({
      tenantId: 't1',
      listeners: [{ default_pool_id: 'lb-1-pool-1' }],
      pools: [{}],
      members: Array.from({ length: members }, () => ({})),
      healthmonitors: [{}],
    });
  const deviceWith = (service: ServiceDefinition): DeviceObjects => {
    const device = new RawDevice();
    device.apply(plan(device.read(), service));
    return device.read();
  };

  it('writes members with their new pool', () => {
    expect(summary(plan(new Map(), full(3)))).toEqual([
      'create folder',
      'create monitor-http',
      'create pool',
      'create virtual-address',
      'create virtual',
    ]);
  });

  it.each([1, 10, 100])('adds member %i in one step on the members alone', (k) => {
    const current = deviceWith(full(k - 1));

    const steps = plan(current, full(k));

    expect(summary(steps)).toEqual(['create pool-member']);
    expect(Object.keys(steps[0]!.body)).not.toContain('members');
  });

  it('writes several changed members in one step', () => {
    const steps = plan(deviceWith(full(3)), full(6));

    expect(summary(steps)).toEqual(['modify pool']);
    expect(steps[0]!.body['members']).toHaveLength(6);
    expect(steps[0]!.body['loadBalancingMode']).toBe('round-robin');
  });

  it('removes the node with the last member that uses it', () => {
    const service = full(2);
    const current = deviceWith(service);
    service.members[1]!.provisioning_status = 'PENDING_DELETE';

    expect(summary(plan(current, service))).toEqual(['remove pool-member', 'remove node']);
  });

  it('keeps the node that another port or pool still uses', () => {
    const service = full(1);
    service.members.push({ ...service.members[0]!, id: 'other', protocol_port: 81 });
    const current = deviceWith(service);
    service.members[1]!.provisioning_status = 'PENDING_DELETE';

    expect(summary(plan(current, service))).toEqual(['remove pool-member']);
  });

  it('repairs drift field by field', () => {
    const service = full(1);
    const current = new Map(deviceWith(service));
    const key = keyOf({ type: 'pool', path: '/P_t1/P_lb-1-pool-1' });
    const pool = current.get(key)!;
    current.set(key, {
      ...pool,
      properties: { ...pool.properties, loadBalancingMode: 'ratio-member' },
    });

    const [step, ...rest] = plan(current, service);

    expect(rest).toEqual([]);
    expect(step).toMatchObject({ action: 'modify', body: { loadBalancingMode: 'round-robin' } });
    expect(step!.changes).toMatchObject([{ from: 'ratio-member', to: 'round-robin' }]);
  });

  it('makes an object anew when something immutable differs, with all that refers to it', () => {
    const service = full(1);
    const current = deviceWith(service);
    service.loadbalancer.vip_address = '127.10.0.99';

    expect(summary(plan(current, service))).toEqual([
      'remove virtual',
      'remove virtual-address',
      'create virtual-address',
      'create virtual',
    ]);
  });

  it('detaches a monitor before it removes it', () => {
    const service = full(1);
    const current = deviceWith(service);
    service.healthmonitors[0]!.provisioning_status = 'PENDING_DELETE';

    expect(summary(plan(current, service))).toEqual(['modify pool', 'remove monitor-http']);
  });

  it('detaches one of several monitors and leaves the others', () => {
    const service = full(1);
    service.healthmonitors.push({ ...service.healthmonitors[0]!, id: 'second', type: 'TCP' });
    const current = deviceWith(service);
    service.healthmonitors[0]!.provisioning_status = 'PENDING_DELETE';

    const steps = plan(current, service);

    expect(summary(steps)).toEqual(['modify pool', 'remove monitor-http']);
    expect(steps[0]).toMatchObject({ body: { monitor: '/P_t1/P_second' } });
  });

  it('keeps the partition while another load balancer of the tenant is in it', () => {
    const device = new RawDevice();
    const [one, two] = [aService({ tenantId: 't1' }), aService({ id: 'lb-2', tenantId: 't1' })];
    device.apply(plan(device.read(), one));
    device.apply(plan(device.read(), two));
    one.loadbalancer.provisioning_status = 'PENDING_DELETE';
    two.loadbalancer.provisioning_status = 'PENDING_DELETE';

    const first = plan(device.read(), one);
    device.apply(first);
    const last = plan(device.read(), two);

    expect(summary(first)).toEqual(['remove virtual-address']);
    expect(summary(last)).toEqual(['remove virtual-address', 'remove folder']);
  });
});
