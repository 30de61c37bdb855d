// A device that refuses stays as it is, and the object that it refuses carries its words.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { configurationOf } from './configuration.ts';
import { startLab, type Lab } from './lab.ts';
import { fullService } from './scenario.ts';

let lab: Lab;
afterEach(() => lab.stop());

const refusal = (path: string): object => ({
  kind: 'refuse-transaction',
  count: 1,
  command: 1,
  message: `transaction failed:01070734:3: Configuration error: ${path} is not wanted`,
});

describe('a refused transaction', () => {
  it.each([
    ['virtual-address', 'Project_lb-1', 'loadbalancers', 'lb-1'],
    ['virtual', 'Project_lb-1-listener-1', 'listeners', 'lb-1-listener-1'],
    ['pool', 'Project_lb-1-pool-1', 'pools', 'lb-1-pool-1'],
    ['monitor', 'Project_lb-1-monitor-1', 'healthmonitors', 'lb-1-monitor-1'],
    ['pool member', '127.20.0.2', 'members', 'lb-1-member-2'],
  ] as const)(
    'for its %s leaves nothing behind and says so there',
    async (_type, name, kind, id) => {
      lab = await startLab();
      const path = `/Project_tenant-1/${name}`;
      await lab.devices[0]!.fault(refusal(path));

      const { objects } = await lab.apply(fullService());

      expect(await configurationOf(lab.devices[0]!)).toEqual({});
      const reason = objects[kind]?.[id]?.reason;
      expect(reason).toContain(`${path} is not wanted`);
      expect(reason).not.toContain('Not applied');
      const again = await lab.apply(fullService());
      expect(again.objects.loadbalancers).toMatchObject({
        'lb-1': { provisioning_status: 'ACTIVE' },
      });
    },
  );
});

describe('a refusal', () => {
  const withListener = (id: string, tenant: string, vip: string): ServiceDefinition =>
    aService({
      id,
      tenantId: tenant,
      loadbalancer: { vip_address: vip, provisioning_status: 'PENDING_UPDATE' },
      pools: [{}],
      members: [{ address: '10.9.9.9' }],
    });

  it('of a member is that member’s; pool and load balancer stay ACTIVE', async () => {
    lab = await startLab();
    await lab.apply(withListener('lb-1', 'tenant-1', '127.10.0.1'));
    const mine = withListener('lb-2', 'tenant-2', '127.10.0.2');
    mine.members = [];
    await lab.apply(mine);
    const before = await configurationOf(lab.devices[0]!);

    // Without route domains an address can be a node of one tenant only.
    const { objects } = await lab.apply(withListener('lb-2', 'tenant-2', '127.10.0.2'));

    expect(objects).toMatchObject({
      loadbalancers: { 'lb-2': { provisioning_status: 'ACTIVE' } },
      pools: { 'lb-2-pool-1': { provisioning_status: 'ACTIVE' } },
      members: {
        'lb-2-member-1': {
          provisioning_status: 'ERROR',
          reason: expect.stringContaining('10.9.9.9 already exists') as string,
        },
      },
    });
    expect(await configurationOf(lab.devices[0]!)).toEqual(before);
  });

  it('of the load balancer’s address is its own, and takes the partition back', async () => {
    lab = await startLab();
    await lab.apply(aService({ tenantId: 'tenant-1' }));

    const { objects } = await lab.apply(aService({ id: 'lb-2', tenantId: 'tenant-2' }));

    expect(objects.loadbalancers).toMatchObject({
      'lb-2': {
        provisioning_status: 'ERROR',
        reason: expect.stringContaining('127.10.0.10 already exists') as string,
      },
    });
    const folders = await lab.devices[0]!.list('/sys/folder');
    expect(folders.map(({ name }) => name)).not.toContain('Project_tenant-2');
  });

  it('of the second of two writes takes the first back', async () => {
    lab = await startLab();
    const listener = { protocol_port: 80 };
    await lab.apply(aService({ tenantId: 'tenant-1', listeners: [listener] }));
    const before = await configurationOf(lab.devices[0]!);
    const device = lab.devices[0]!;
    // The device forgets the virtual server's profiles: a cookie needs HTTP.
    const path = '/ltm/virtual/~Project_tenant-1~Project_lb-1-listener-1';
    await device.reader.modify(path, { profiles: [{ name: '/Common/fastL4' }] });
    const pool = {
      session_persistence: {
        type: 'HTTP_COOKIE' as const,
        cookie_name: null,
        persistence_timeout: null,
        persistence_granularity: null,
      },
    };

    const { objects } = await lab.apply(
      aService({
        tenantId: 'tenant-1',
        loadbalancer: { provisioning_status: 'PENDING_UPDATE' },
        listeners: [{ ...listener, default_pool_id: 'lb-1-pool-1' }],
        pools: [pool],
      }),
    );

    expect(objects.listeners!['lb-1-listener-1']!.provisioning_status).toBe('ERROR');
    expect(objects.loadbalancers!['lb-1']!.provisioning_status).toBe('ACTIVE');
    expect(Object.keys(await configurationOf(device))).toEqual(Object.keys(before));
  });

  it('of an object that was in error before does not hold up what changed now', async () => {
    lab = await startLab();
    await lab.apply(withListener('lb-1', 'tenant-1', '127.10.0.1'));
    const mine = withListener('lb-2', 'tenant-2', '127.10.0.2');
    await lab.apply(mine);
    mine.members[0]!.provisioning_status = 'ERROR';
    mine.members.push({
      ...mine.members[0]!,
      id: 'good',
      address: '10.9.9.8',
      provisioning_status: 'PENDING_CREATE',
    });

    const { objects } = await lab.apply(mine);

    expect(objects.members).toMatchObject({
      'lb-2-member-1': { provisioning_status: 'ERROR' },
      good: { provisioning_status: 'ACTIVE' },
    });
    const nodes = await lab.devices[0]!.list('/ltm/node', 'Project_tenant-2');
    expect(nodes.map(({ address }) => address)).toEqual(['10.9.9.8']);
  });

  it('of one tenant’s change delays no other tenant', async () => {
    lab = await startLab();
    await lab.apply(withListener('lb-1', 'tenant-1', '127.10.0.1'));

    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        lab.apply(
          aService({
            id: `lb-t${n}`,
            tenantId: `many-${n}`,
            loadbalancer: { vip_address: n === 3 ? '127.10.0.1' : `127.11.0.${n + 1}` },
            listeners: [{}],
          }),
        ),
      ),
    );

    const statuses = outcomes.map(
      ({ objects, loadbalancerId }) => objects.loadbalancers![loadbalancerId]!.provisioning_status,
    );
    expect(statuses).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ERROR', 'ACTIVE', 'ACTIVE']);
  });
});
