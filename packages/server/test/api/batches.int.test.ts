// Changes of many objects at once: member batches and fully populated load balancers.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startApi, type Item, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('member batches', () => {
  let members: string;
  beforeEach(async () => {
    const lb = await api.loadBalancer({
      pools: [
        {
          name: 'p',
          protocol: 'HTTP',
          lb_algorithm: 'ROUND_ROBIN',
          members: [
            { address: '10.9.0.1', protocol_port: 80, name: 'one', weight: 5, tags: ['t'] },
            { address: '10.9.0.2', protocol_port: 80, name: 'two', backup: true },
          ],
        },
      ],
    });
    const [pool] = (await api.get(`/pools?loadbalancer_id=${lb.id}`)).items;
    members = `/pools/${pool!.id}/members`;
  });

  const listed = async (): Promise<Item[]> => (await api.get(`${members}?sort=address`)).items;
  const replace = async (items: object[], query = ''): Promise<number> => {
    const { status, text } = await api.put(`${members}${query}`, { members: items });
    expect(text).toBe('');
    await api.settled();
    return status;
  };

  it('create, overwrite and delete', async () => {
    const status = await replace([
      { address: '10.9.0.1', protocol_port: 80 },
      { address: '10.9.0.3', protocol_port: '80', weight: 2 },
    ]);

    expect(status).toBe(202);
    expect(await listed()).toMatchObject([
      // POST defaults, but name and tags stay.
      { address: '10.9.0.1', name: 'one', weight: 1, tags: ['t'] },
      { address: '10.9.0.3', name: '', weight: 2 },
    ]);
  });

  it('only add with additive_only', async () => {
    await replace([{ address: '10.9.0.3', protocol_port: 80 }], '?additive_only=True');
    expect((await listed()).map((member) => member.address)).toEqual([
      '10.9.0.1',
      '10.9.0.2',
      '10.9.0.3',
    ]);
  });

  it('empty a pool, and leave an empty one alone', async () => {
    expect(await replace([])).toBe(202);
    expect(await listed()).toEqual([]);
    const [lb] = (await api.get('/loadbalancers?sort=created_at:desc&limit=1')).items;

    expect(await replace([])).toBe(202);

    const after = await api.get(`/loadbalancers/${lb!.id}`);
    expect(after.item.updated_at).toBe(lb!.updated_at);
  });

  it('need a list', async () => {
    expect((await api.put(members, { members: {} })).status).toBe(400);
    expect((await api.put(members, { member: [] })).body).toMatchObject({
      faultstring: 'Unknown attribute for argument members_: member',
    });
  });
});

describe('a fully populated load balancer', () => {
  it('comes with everything below it, children first in the answer', async () => {
    const backend = { protocol: 'HTTP', lb_algorithm: 'LEAST_CONNECTIONS' };
    const { status, item } = await api.post('/loadbalancers', {
      loadbalancer: {
        name: 'full',
        vip_subnet_id: api.network.subnetId,
        listeners: [
          {
            protocol: 'HTTP',
            protocol_port: 80,
            name: 'web',
            default_pool: { name: 'main' },
            l7policies: [
              {
                action: 'REDIRECT_TO_POOL',
                redirect_pool: {
                  ...backend,
                  name: 'api',
                  members: [{ address: '10.9.1.1', protocol_port: 80 }],
                },
                rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/api' }],
              },
              { action: 'REJECT' },
            ],
          },
          { protocol: 'UDP', protocol_port: 80 },
        ],
        pools: [
          {
            ...backend,
            name: 'main',
            members: [{ address: '10.9.0.1', protocol_port: 80 }],
            healthmonitor: { type: 'PING', delay: 1, timeout: 1, max_retries: 1 },
          },
        ],
      },
    });

    expect(status).toBe(201);
    const listeners = item.listeners as Item[];
    const pools = item.pools as Item[];
    expect(Object.keys(item).slice(0, 3)).toEqual(['listeners', 'pools', 'id']);
    expect(Object.keys(listeners[0]!)[0]).toBe('l7policies');
    expect(listeners[0]).not.toHaveProperty('loadbalancers');
    expect(Object.keys(pools[0]!).slice(0, 2)).toEqual(['members', 'healthmonitor']);
    expect(pools[0]).not.toHaveProperty('healthmonitor_id');
    expect(pools[0]).toMatchObject({
      name: 'main',
      healthmonitor: { type: 'PING', url_path: null },
      members: [{ address: '10.9.0.1', operating_status: 'NO_MONITOR' }],
    });
    expect(pools[1]).toMatchObject({ name: 'api', healthmonitor: null });
    expect(listeners[0]).toMatchObject({
      default_pool_id: pools[0]!.id,
      l7policies: [
        { redirect_pool_id: pools[1]!.id, position: 1, rules: [{ value: '/api' }] },
        { action: 'REJECT', position: 2, rules: [] },
      ],
    });
    await api.settled();

    const { item: status_ } = await api.get(`/loadbalancers/${item.id}/status`);
    const tree = status_.loadbalancer as { listeners: { name: string; pools: Item[] }[] };
    expect(tree).toMatchObject({ name: 'full', provisioning_status: 'ACTIVE' });
    const web = tree.listeners.find((listener) => listener.name === 'web')!;
    expect(web.pools.map((pool) => pool.name).sort()).toEqual(['api', 'main']);
    const api_ = web.pools.find((pool) => pool.name === 'api');
    expect(api_).not.toHaveProperty('health_monitor');
  });
});
