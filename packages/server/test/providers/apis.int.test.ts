// Two providers in all three APIs, from the one setting.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TENANT } from '../api/support/started-api.ts';
import { refusalOf, startNetworkApi, type NetworkApi } from '../lbaas-v2/support/network-api.ts';

let n: NetworkApi;
beforeAll(async () => {
  n = await startNetworkApi(
    {},
    {
      settings: {
        defaultProvider: 'silver',
        providers: {
          gold: { description: 'With TLS hardware', environment: 'Gold' },
          silver: { description: 'Shared', environment: 'Project' },
        },
      },
    },
  );
});
afterAll(() => n.api.stop());

const agentOf = async (environment: string) => {
  const { read } = n.api.storage;
  const binding = await read.tenantBindings.find(TENANT, environment);
  return binding && (await read.agents.find(binding.agent_id))?.host;
};

describe('Octavia', () => {
  it('lists them with their descriptions, and takes the default one', async () => {
    expect((await n.api.get('/providers')).items).toEqual([
      { name: 'gold', description: 'With TLS hardware' },
      { name: 'silver', description: 'Shared' },
    ]);
    expect(await n.api.loadBalancer()).toMatchObject({ provider: 'silver' });
    expect(await n.api.loadBalancer({ provider: 'gold' })).toMatchObject({ provider: 'gold' });
    expect(await agentOf('Project')).toBe('agent-1');
    expect(await agentOf('Gold')).toBe('agent-of-Gold');
    const golden = await n.api.get('/loadbalancers?provider=gold');
    expect(golden.items.map((item) => item['provisioning_status'])).toEqual(['ACTIVE']);
  });

  it('refuses any other', async () => {
    const loadbalancer = { vip_subnet_id: n.api.network.subnetId, provider: 'f5networks' };
    const reply = await n.api.post('/loadbalancers', { loadbalancer });

    expect(reply.status).toBe(400);
    expect(reply.text).toContain("Provider 'f5networks' is not enabled.");
  });
});

it('a change is refused, and lost by nobody, while this server lacks the provider', async () => {
  const { id } = await n.api.loadBalancer();
  await n.api.storage.transaction(({ loadbalancers }) =>
    loadbalancers.update(id, { provider: 'bronze' }),
  );

  const octavia = await n.api.put(`/loadbalancers/${id}`, { loadbalancer: { name: 'x' } });
  const v2 = await n.send('PUT', `/lbaas/loadbalancers/${id}`, { loadbalancer: { name: 'x' } });

  expect([octavia.status, v2.status]).toEqual([503, 503]);
  expect(octavia.text).toContain("Provider 'bronze' is not configured on this server.");
  const shown = (await n.api.get(`/loadbalancers/${id}`)).item;
  expect(shown).toMatchObject({ name: '', provisioning_status: 'ACTIVE', provider: 'bronze' });
  const hosting = await n.get(`/lbaas/loadbalancers/${id}/loadbalancer-hosting-agent`, 'admin');
  expect(hosting.item).toBeNull();
  await n.api.storage.transaction(({ loadbalancers }) => loadbalancers.delete(id));
});

describe('the network endpoint', () => {
  it('lists them for both service types, one as the default', async () => {
    const listed = (await n.get('/service-providers')).items;
    const of = (service_type: string) => [
      { service_type, name: 'gold', default: false },
      { service_type, name: 'silver', default: true },
    ];

    expect(listed).toEqual([...of('LOADBALANCER'), ...of('LOADBALANCERV2')]);
  });

  it('takes the default one, and any by name in whatever case', async () => {
    const vip_subnet_id = n.api.network.subnetId;
    const v2 = (provider?: string) =>
      n.make('/lbaas/loadbalancers', { loadbalancer: { vip_subnet_id, provider } });
    const v1 = (provider?: string) =>
      n.make('/lb/pools', {
        pool: { subnet_id: vip_subnet_id, protocol: 'TCP', lb_method: 'ROUND_ROBIN', provider },
      });

    expect(await v2()).toMatchObject({ provider: 'silver' });
    expect(await v2('Gold')).toMatchObject({ provider: 'gold' });
    expect(await v1()).toMatchObject({ provider: 'silver' });
    const pool = await v1('GOLD');
    expect(pool).toMatchObject({ provider: 'gold' });
    const agent = (await n.get(`/lb/pools/${pool.id}/loadbalancer-agent`, 'admin')).item;
    expect(agent).toMatchObject({ host: 'agent-of-Gold', alive: true });
    const pools = (await n.get(`/agents/${agent.id}/loadbalancer-pools`, 'admin')).items;
    expect(pools.map(({ id }) => id)).toEqual([pool.id]);
  });

  it('refuses any other', async () => {
    const subnet_id = n.api.network.subnetId;
    const plain = { subnet_id, protocol: 'TCP', lb_method: 'ROUND_ROBIN' };
    const v1 = await n.send('POST', '/lb/pools', { pool: { ...plain, provider: 'f5networks' } });

    expect(refusalOf(v1)).toEqual({
      status: 404,
      type: 'ServiceProviderNotFound',
      message: "Service provider 'f5networks' could not be found for service type LOADBALANCER",
    });
  });

  it('keeps a vip of LBaaS v1 with pools of one provider', async () => {
    const subnet_id = n.api.network.subnetId;
    const make = (provider: string) =>
      n.make('/lb/pools', {
        pool: { subnet_id, protocol: 'TCP', lb_method: 'ROUND_ROBIN', provider },
      });
    const [golden, silver] = [await make('gold'), await make('silver')];
    const vip = await n.make('/lb/vips', {
      vip: { subnet_id, protocol: 'TCP', protocol_port: 80, pool_id: golden.id },
    });

    const moved = await n.send('PUT', `/lb/vips/${vip.id}`, { vip: { pool_id: silver.id } });

    expect(refusalOf(moved)).toMatchObject({ status: 409 });
    expect((await n.get(`/lb/vips/${vip.id}`)).item).toMatchObject({ pool_id: golden.id });
  });

  it('moves a member of LBaaS v1 from a pool of one provider to one of another', async () => {
    const subnet_id = n.api.network.subnetId;
    const make = (provider: string) =>
      n.make('/lb/pools', {
        pool: { subnet_id, protocol: 'TCP', lb_method: 'ROUND_ROBIN', provider },
      });
    const [golden, silver] = [await make('gold'), await make('silver')];
    const member = await n.make('/lb/members', {
      member: { pool_id: golden.id, address: '10.9.0.1', protocol_port: 80 },
    });

    await n.change(`/lb/members/${member.id}`, { member: { pool_id: silver.id } });

    expect((await n.get(`/lb/pools/${golden.id}`)).item).toMatchObject({ members: [] });
    expect((await n.get(`/lb/pools/${silver.id}`)).item).toMatchObject({ members: [member.id] });
  });
});
