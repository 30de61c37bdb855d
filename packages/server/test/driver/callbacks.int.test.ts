// What agents may ask, and what F5's Python agent reports object by object.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDriver, type Harness } from './harness.ts';
import type { StubAgent } from './stub-agent.ts';

let server: Harness;
let agent: StubAgent;
let lb: string;

beforeEach(async () => {
  server = await startDriver();
  agent = await server.agent('agent-1');
  lb = await server.api.createLoadBalancer();
  await server.settled();
});
afterEach(() => server.stop());

const root = () => server.storage.read.loadbalancers.get(lb);

describe('reports of F5 agents', () => {
  it('settle a load balancer once its last child is settled, in either order', async () => {
    await agent.finish(lb);
    const pool = await server.api.createPool(lb);
    await server.settled();

    await agent.call('update_loadbalancer_status', {
      loadbalancer_id: lb,
      status: 'ACTIVE',
      operating_status: 'ONLINE',
    });
    expect((await root()).provisioning_status).toBe('PENDING_UPDATE');
    await agent.call('update_pool_status', {
      pool_id: pool,
      provisioning_status: 'ACTIVE',
      operating_status: 'DISABLED',
    });

    expect(await root()).toMatchObject({
      provisioning_status: 'ACTIVE',
      operating_status: 'ONLINE',
    });
    expect(await server.storage.read.pools.get(pool)).toMatchObject({
      provisioning_status: 'ACTIVE',
      operating_status: 'OFFLINE',
    });
  });

  it('leave a pending delete as it is until the object is destroyed', async () => {
    await agent.finish(lb);
    const pool = await server.api.createPool(lb);
    await server.settled();
    await agent.finish(lb);
    const monitor = await server.api.createHealthMonitor(lb, pool);
    await server.settled();
    await agent.finish(lb);
    await server.api.remove('healthmonitors', monitor, lb);
    await server.settled();

    await agent.call('update_health_monitor_status', { health_monitor_id: monitor });
    const kept = await server.storage.read.healthmonitors.get(monitor);
    await agent.call('healthmonitor_destroyed', { healthmonitor_id: monitor });
    await agent.call('healthmonitor_destroyed', { healthmonitor_id: monitor });

    expect(kept.provisioning_status).toBe('PENDING_DELETE');
    expect(await server.storage.read.healthmonitors.find(monitor)).toBeUndefined();
  });

  it('may leave the provisioning status of a member alone', async () => {
    await agent.finish(lb);
    const pool = await server.api.createPool(lb);
    await server.settled();
    await agent.finish(lb);
    const member = await server.api.createMember(lb, pool);
    await server.settled();

    await agent.call('update_member_status', {
      member_id: member,
      provisioning_status: null,
      operating_status: 'ONLINE',
    });

    expect(await server.storage.read.members.get(member)).toMatchObject({
      provisioning_status: 'PENDING_CREATE',
      operating_status: 'ONLINE',
    });
  });
});

describe('questions', () => {
  it('are answered Unknown only for proven absence; a database that is away fails the call', async () => {
    const states = await agent.call('validate_loadbalancers_state', {
      loadbalancers: [lb, 'gone'],
      host: 'agent-1',
    });
    expect(states).toEqual({ [lb]: 'PENDING_CREATE', gone: 'Unknown' });
    expect(await agent.call('get_service_by_loadbalancer_id', { loadbalancer_id: 'gone' })).toEqual(
      {},
    );

    await server.storage.close();
    await expect(
      agent.call('validate_pools_state', { pools: ['p'], host: 'agent-1' }),
    ).rejects.toThrow();
    await expect(
      agent.call('get_service_by_loadbalancer_id', { loadbalancer_id: lb }),
    ).rejects.toThrow();
    server = await startDriver();
  });

  it('tell an agent its load balancers, by state', async () => {
    const mine = [{ agent_host: 'agent-1', lb_id: lb, tenant_id: 'project-1', revision: 1 }];
    const ask = (method: string, host = 'agent-1') =>
      agent.call(method, { env: 'Project', group: null, host });

    expect(await ask('get_all_loadbalancers')).toEqual(mine);
    expect(await ask('get_pending_loadbalancers')).toEqual(mine);
    expect(await ask('get_active_loadbalancers')).toEqual([]);
    expect(await ask('get_all_loadbalancers', 'agent-2')).toEqual([]);
  });
});

describe('agents', () => {
  it('move tenants only to an agent of the same group', async () => {
    const stranger = await server.agent('agent-2', {
      configurations: { environment_group_number: 2 },
    });
    await server.clock.advance(server.options.agentDownTimeMs + 1);
    await stranger.heartbeat();
    await stranger.call('scrub_dead_agents', { env: 'Project', group: 2, host: 'agent-2' });
    await server.sweeper.sweep();
    expect(await stranger.call('get_all_loadbalancers', { host: 'agent-2' })).toEqual([]);

    const colleague = await server.agent('agent-3');
    await server.sweeper.sweep();
    await server.settled();

    expect(await colleague.call('get_all_loadbalancers', { host: 'agent-3' })).toHaveLength(1);
    expect(colleague.services.has(lb)).toBe(true);
  });

  it('cannot undo what an operator disabled, only what they did themselves', async () => {
    const set = (up: boolean) =>
      agent.call('set_agent_admin_state', { admin_state_up: up, host: 'agent-1' });
    expect([await set(false), await set(true)]).toEqual([true, true]);

    const [row] = await server.storage.read.agents.list();
    await server.storage.transaction((r) => r.agents.update(row!.id, { admin_state_up: false }));

    expect(await set(true)).toBe(false);
    expect((await server.storage.read.agents.find(row!.id))?.admin_state_up).toBe(false);
  });

  it('elect one of them, who stays while it lives', async () => {
    const second = await server.agent('agent-2');
    const elected = (asker: StubAgent) =>
      asker.call('get_clusterwide_agent', { env: 'Project', group: 1, host: asker.host });
    const first = await elected(agent);
    expect(await elected(second)).toEqual(first);

    await server.clock.advance(server.options.agentDownTimeMs + 1);
    await second.heartbeat();
    expect(await elected(second)).toMatchObject({ host: 'agent-2' });
    await agent.heartbeat();
    expect(await elected(agent)).toMatchObject({ host: 'agent-2' });
  });
});

describe('ports', () => {
  it('are made once per name, and only ours are found or deleted by name', async () => {
    const network = server.neutron.addNetwork();
    const subnet = server.neutron.addSubnet({ network_id: network.id });
    const foreign = server.neutron.addPort({ network_id: network.id, name: 'local-a' });
    const create = () =>
      agent.call('create_port_on_subnet', {
        subnet_id: subnet.id,
        mac_address: null,
        name: 'local-a',
        fixed_address_count: 1,
        host: 'agent-1',
      });

    const [one, two] = await Promise.all([create(), create()]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ device_owner: 'network:f5lbaasv2', tenant_id: 'project-1' });
    await agent.call('delete_port_by_name', { port_name: 'local-a' });

    expect(server.neutron.ports.has(foreign.id)).toBe(true);
    expect(await agent.call('get_port_by_name', { port_name: 'local-a' })).toEqual([]);
  });

  it('have the address that is asked for', async () => {
    const network = server.neutron.addNetwork();
    const subnet = server.neutron.addSubnet({ network_id: network.id });
    const args = { subnet_id: subnet.id, ip_address: '10.0.0.1', name: 'gw-1', host: 'agent-1' };

    const one = await agent.call('create_port_on_subnet_with_specific_ip', args);
    const two = await agent.call('create_port_on_subnet_with_specific_ip', args);

    expect(one).toMatchObject({ fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.0.0.1' }] });
    expect(two).toEqual(one);
  });

  it('keep the address pairs they have', async () => {
    const pairs = [{ ip_address: '10.0.0.1', mac_address: 'm' }, { ip_address: '10.0.0.2' }];
    const port = server.neutron.addPort({ network_id: 'n', allowed_address_pairs: pairs });
    const call = (method: string, ip_address: string) =>
      agent.call(method, { port_id: port.id, ip_address });

    await call('add_allowed_address', '10.0.0.1');
    expect(server.neutron.ports.get(port.id)?.['allowed_address_pairs']).toEqual(pairs);
    await call('add_allowed_address', '10.0.0.3');
    await call('remove_allowed_address', '10.0.0.2');

    expect(server.neutron.ports.get(port.id)?.['allowed_address_pairs']).toEqual([
      pairs[0],
      { ip_address: '10.0.0.3', mac_address: port.mac_address },
    ]);
  });
});
