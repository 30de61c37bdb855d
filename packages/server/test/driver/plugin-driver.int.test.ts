// A change's way through the driver: recorded, told, reported, settled.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDriver, type Harness } from './harness.ts';
import type { StubAgent } from './stub-agent.ts';

let server: Harness;
let agent: StubAgent;

beforeEach(async () => {
  server = await startDriver();
  agent = await server.agent('agent-1');
});
afterEach(() => server.stop());

async function activeLoadBalancer(): Promise<string> {
  const lb = await server.api.createLoadBalancer();
  await server.settled();
  await agent.finish(lb);
  return lb;
}

const root = (id: string) => server.storage.read.loadbalancers.get(id);

describe('accepting and telling', () => {
  it('tells the bound agent by the real method names, with the full service', async () => {
    const lb = await activeLoadBalancer();
    const pool = await server.api.createPool(lb);
    await server.settled();
    await agent.finish(lb);
    const member = await server.api.createMember(lb, pool);
    await server.settled();
    await agent.finish(lb);
    const monitor = await server.api.createHealthMonitor(lb, pool);
    await server.settled();

    expect(agent.messages.map((message) => message.method)).toEqual([
      'create_loadbalancer',
      'create_pool',
      'create_member',
      'create_health_monitor',
    ]);
    expect(agent.messages.at(-1)?.args).toMatchObject({
      health_monitor: { id: monitor, pool_id: pool },
      service: {
        revision: 4,
        loadbalancer: { id: lb, provisioning_status: 'PENDING_UPDATE', pools: [{ id: pool }] },
        pools: [{ id: pool, healthmonitor_id: monitor, members: [{ id: member }] }],
        members: [{ id: member, provisioning_status: 'ACTIVE' }],
        healthmonitors: [{ id: monitor, provisioning_status: 'PENDING_CREATE' }],
      },
    });
  });

  it('refuses a create at once when there is no agent, and stores nothing', async () => {
    const lonely = await startDriver();

    await expect(lonely.api.createLoadBalancer()).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'ERR_NO_ACTIVE_AGENT',
    });

    expect(await lonely.storage.read.loadbalancers.list()).toEqual([]);
    await lonely.stop();
  });

  it('accepts changes of a tenant whose agent is down, and tells it when it is back', async () => {
    const lb = await activeLoadBalancer();
    await server.clock.advance(server.options.agentDownTimeMs + 1);
    server.broker.setReachable(false);
    const pool = await server.api.createPool(lb);
    await server.settled();
    server.broker.setReachable(true);

    await server.sweeper.sweep();
    expect(agent.services.get(lb)?.pools).toEqual([]);
    await agent.heartbeat();
    await server.clock.advance(server.options.resendMaxMs);
    await agent.heartbeat();
    await server.sweeper.sweep();
    await server.settled();

    expect(agent.services.get(lb)?.pools).toMatchObject([{ id: pool }]);
  });

  it('binds the VIP port to the agent', async () => {
    const lb = await activeLoadBalancer();
    const { vip_port_id } = await root(lb);

    expect(server.neutron.ports.get(vip_port_id!)).toMatchObject({
      'binding:host_id': 'agent-1',
      'binding:vnic_type': 'baremetal',
      admin_state_up: true,
    });
  });

  it('sends one hint for many requests that come while one is under way', async () => {
    const lb = await activeLoadBalancer();
    agent.messages.length = 0;

    for (let i = 0; i < 20; i += 1) {
      server.driver.notify({ verb: 'update', kind: 'loadbalancers', id: lb, loadbalancerId: lb });
    }
    await server.settled();

    expect(agent.messages).toHaveLength(2);
  });

  it('asks the agent for statistics and sums up what it reports', async () => {
    const lb = await activeLoadBalancer();
    const listener = await server.api.createListener(lb);
    await server.settled();
    await agent.finish(lb);

    server.driver.requestStatistics(lb);
    await server.settled();
    const counters = {
      bytes_in: 1,
      bytes_out: 2,
      active_connections: 3,
      total_connections: 4,
      request_errors: 0,
    };
    await agent.call('update_statistics', {
      host: 'agent-1',
      listeners: { [listener]: counters, gone: counters },
    });
    await agent.call('update_statistics', {
      host: 'stranger',
      listeners: { [listener]: { ...counters, bytes_in: 99 } },
    });

    expect(agent.messages.at(-1)?.method).toBe('update_loadbalancer_stats');
    expect(await server.storage.read.statistics.listByLoadBalancer(lb)).toEqual([counters]);
  });
});

describe('settling', () => {
  it('makes everything active that was applied', async () => {
    const lb = await activeLoadBalancer();

    expect(await root(lb)).toMatchObject({
      provisioning_status: 'ACTIVE',
      revision: 1,
      applied_revision: 1,
      pending_since: null,
    });
  });

  it('keeps the load balancer usable when the device refuses a child', async () => {
    const lb = await activeLoadBalancer();
    const pool = await server.api.createPool(lb);
    await server.settled();
    await agent.finish(lb, {
      [pool]: { provisioning_status: 'ERROR', reason: '01070734: no' },
    });

    expect(await root(lb)).toMatchObject({ provisioning_status: 'ACTIVE', status_reason: null });
    expect(await server.storage.read.pools.get(pool)).toMatchObject({
      provisioning_status: 'ERROR',
      status_reason: '01070734: no',
    });

    await server.api.createListener(lb);
    await server.settled();
    await agent.finish(lb);
    expect(await server.storage.read.pools.get(pool)).toMatchObject({
      provisioning_status: 'ACTIVE',
      status_reason: null,
    });
  });

  it('ends a refused load balancer, and all that waits below it, in ERROR with the reason', async () => {
    const lb = await activeLoadBalancer();
    const pool = await server.api.createPool(lb);
    await server.settled();
    await agent.call('update_service_status', {
      loadbalancer_id: lb,
      host: 'agent-1',
      revision: 2,
      objects: { loadbalancers: { [lb]: { provisioning_status: 'ERROR', reason: 'no route' } } },
    });

    expect(await root(lb)).toMatchObject({
      provisioning_status: 'ERROR',
      status_reason: 'no route',
      pending_since: null,
    });
    expect(await server.storage.read.pools.get(pool)).toMatchObject({
      provisioning_status: 'ERROR',
      status_reason: 'no route',
    });
    expect(server.log.filter(({ reason }) => reason === 'no route')).toMatchObject([
      { loadbalancer_id: lb, kind: 'pools', id: pool },
      { loadbalancer_id: lb },
    ]);

    await agent.finish(lb);
    expect((await root(lb)).provisioning_status).toBe('ACTIVE');
  });

  it('does not listen to another agent, nor to reports about the past or the future', async () => {
    const lb = await activeLoadBalancer();
    await server.api.createPool(lb);
    await server.settled();
    const report = agent.outcome(agent.services.get(lb)!);

    await agent.call('update_service_status', { ...report, host: 'stranger' });
    await agent.call('update_service_status', { ...report, revision: 0 });
    await agent.call('update_service_status', { ...report, revision: 99 });

    expect((await root(lb)).provisioning_status).toBe('PENDING_UPDATE');
  });

  it('waits for the newest revision before the load balancer is active', async () => {
    const lb = await activeLoadBalancer();
    await server.api.createPool(lb);
    await server.settled();
    const old = agent.outcome(agent.services.get(lb)!);
    await server.storage.transaction((r) =>
      r.loadbalancers.update(lb, { provisioning_status: 'ERROR' }),
    );
    await server.api.deleteLoadBalancer(lb);
    await server.settled();

    await agent.call('update_service_status', { ...old });

    expect((await root(lb)).provisioning_status).toBe('PENDING_DELETE');
  });

  it('names the field of a malformed report', async () => {
    await expect(
      agent.call('update_service_status', {
        loadbalancer_id: 'x',
        host: 'h',
        revision: 'one',
        objects: {},
      }),
    ).rejects.toThrow(/revision/);
  });

  it('believes health only of the bound agent', async () => {
    const lb = await activeLoadBalancer();

    await agent.call('update_operating_status', {
      host: 'stranger',
      objects: { loadbalancers: { [lb]: 'ERROR' } },
    });
    await agent.call('update_operating_status', {
      host: 'agent-1',
      objects: { loadbalancers: { [lb]: 'DEGRADED', gone: 'ONLINE' } },
    });

    expect((await root(lb)).operating_status).toBe('DEGRADED');
  });
});

describe('deleting', () => {
  it('removes the pool, lets listeners go of it, and closes gaps between L7 policies', async () => {
    const lb = await activeLoadBalancer();
    const pool = await server.api.createPool(lb);
    await server.settled();
    await agent.finish(lb);
    const listener = await server.api.createListener(lb, pool);
    await server.settled();
    await agent.finish(lb);
    const policies: string[] = [];
    for (const position of [1, 2, 3]) {
      policies.push(await server.api.createL7Policy(lb, listener, position));
      await server.settled();
      await agent.finish(lb);
    }

    await server.api.remove('pools', pool, lb);
    await server.settled();
    expect(agent.services.get(lb)?.listeners[0]?.default_pool_id).toBeNull();
    await agent.finish(lb);
    await server.api.remove('l7policies', policies[0]!, lb);
    await server.settled();
    expect(
      agent.services
        .get(lb)
        ?.l7policies.filter((policy) => policy.id !== policies[0])
        .map((policy) => policy.position)
        .sort(),
    ).toEqual([1, 2]);
    await agent.finish(lb);

    expect(await server.storage.read.pools.find(pool)).toBeUndefined();
    expect((await server.storage.read.listeners.get(listener)).default_pool_id).toBeNull();
    expect(await server.storage.read.l7policies.get(policies[2]!)).toMatchObject({ position: 2 });
    expect(await root(lb)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('never deletes what nobody asked to delete', async () => {
    const lb = await activeLoadBalancer();

    await agent.finish(lb, { [lb]: { provisioning_status: 'DELETED' } });
    await agent.call('loadbalancer_destroyed', { loadbalancer_id: lb });

    expect((await root(lb)).provisioning_status).toBe('ACTIVE');
  });

  it('deletes the VIP port before the row, however long Neutron is away', async () => {
    const lb = await activeLoadBalancer();
    const { vip_port_id: port } = await root(lb);
    await server.api.deleteLoadBalancer(lb);
    await server.settled();
    server.neutron.away = true;

    await agent.finish(lb);
    expect((await root(lb)).provisioning_status).toBe('PENDING_DELETE');
    server.neutron.away = false;
    await agent.stop();
    await server.clock.advance(server.options.resendInitialMs);
    await server.sweeper.sweep();

    expect(await server.storage.read.loadbalancers.find(lb)).toBeUndefined();
    expect(server.neutron.ports.has(port!)).toBe(false);
  });

  it("lets go of a user's own port without deleting it", async () => {
    const port = server.neutron.addPort({ network_id: 'n', device_id: 'lb', device_owner: 'x' });
    const lb = await server.api.createLoadBalancer({
      vip_port_id: port.id,
      vip_port_owned: false,
    });
    await server.settled();
    await agent.finish(lb);
    await server.api.deleteLoadBalancer(lb);
    await server.settled();
    await agent.finish(lb);

    expect(await server.storage.read.loadbalancers.find(lb)).toBeUndefined();
    expect(server.neutron.ports.get(port.id)).toMatchObject({ device_id: '', device_owner: '' });
  });

  it('tells the agent to remove everything below a deleted load balancer', async () => {
    const lb = await activeLoadBalancer();
    const pool = await server.api.createPool(lb);
    await server.settled();
    await agent.finish(lb);
    await server.api.createMember(lb, pool);
    await server.settled();
    await agent.finish(lb);

    await server.api.deleteLoadBalancer(lb);
    await server.settled();

    const service = agent.services.get(lb)!;
    expect(agent.messages.at(-1)?.method).toBe('delete_loadbalancer');
    expect(
      [service.loadbalancer, ...service.pools, ...service.members].map(
        (object) => object.provisioning_status,
      ),
    ).toEqual(['PENDING_DELETE', 'PENDING_DELETE', 'PENDING_DELETE']);
  });
});
