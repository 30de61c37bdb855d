// What absent, null and lenient values mean; what an update leaves alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { furnish, type Furnished } from './support/furnished.ts';
import { startApi, TENANT, type Item, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
let f: Furnished;
beforeAll(async () => {
  api = await startApi();
  f = await furnish(api);
});
afterAll(() => api.stop());

async function change(path: string, wrapper: string, attributes: object): Promise<Item> {
  const { status, text, item } = await api.put(path, { [wrapper]: attributes });
  expect(status, text).toBe(200);
  await api.settled();
  return item;
}

describe('defaults', () => {
  it('of a listener', () => {
    expect(f.http).toMatchObject({
      name: '',
      description: '',
      admin_state_up: true,
      connection_limit: -1,
      insert_headers: {},
      allowed_cidrs: null,
      timeout_client_data: 50000,
      timeout_member_connect: 5000,
      timeout_member_data: 50000,
      timeout_tcp_inspect: 0,
      client_authentication: 'NONE',
      tls_versions: null,
      hsts_preload: false,
      loadbalancers: [{ id: f.lb.id }],
      project_id: TENANT,
      tenant_id: TENANT,
    });
  });

  it('of pool, member, monitor, policy and rule', async () => {
    const pool = await api.get(`/pools/${f.pool.id}`);
    expect(pool.item).toMatchObject({
      session_persistence: null,
      healthmonitor_id: f.monitor.id,
      listeners: [{ id: f.http.id }],
      members: [{ id: f.member.id }],
      tls_enabled: false,
    });
    const spare = await api.get(`/pools/${f.spare.id}`);
    expect(spare.item).not.toHaveProperty('healthmonitor_id');
    expect(spare.item.listeners).toEqual([{ id: f.http.id }]);
    expect(f.member).toMatchObject({
      weight: 1,
      backup: false,
      operating_status: 'NO_MONITOR',
      monitor_port: null,
      vnic_type: 'normal',
    });
    expect(f.monitor).toMatchObject({
      http_method: 'GET',
      url_path: '/',
      expected_codes: '200',
      max_retries_down: 3,
      http_version: null,
    });
    expect(f.policy).toMatchObject({ position: 1, redirect_http_code: null, rules: [] });
    expect(f.rule).toMatchObject({ invert: false, key: null, tenant_id: TENANT });
    expect(f.rule).not.toHaveProperty('name');
  });
});

describe('lenient values', () => {
  it('are converted', async () => {
    const { item } = await api.post('/listeners', {
      listener: {
        loadbalancer_id: f.lb.id.toUpperCase().replaceAll('-', ''),
        protocol: 'TCP',
        protocol_port: ' 9001 ',
        admin_state_up: 'OFF',
        connection_limit: '7',
        allowed_cidrs: ['10.1.2.3/8', '192.0.2.1'],
        project_id: 'ignored',
      },
    });
    await api.settled();
    expect(item).toMatchObject({
      protocol_port: 9001,
      admin_state_up: false,
      connection_limit: 7,
      allowed_cidrs: ['10.0.0.0/8', '192.0.2.1/32'],
      project_id: TENANT,
      loadbalancers: [{ id: f.lb.id }],
    });
  });
});

describe('null in an update', () => {
  it('takes a listener back to its defaults', async () => {
    const path = `/listeners/${f.tcp.id}`;
    await change(path, 'listener', {
      ...{ name: 'n', connection_limit: 5, timeout_client_data: 1, tags: ['t'] },
      allowed_cidrs: ['10.0.0.0/8'],
    });

    const item = await change(path, 'listener', {
      ...{ name: null, connection_limit: null, timeout_client_data: null, tags: null },
      ...{ allowed_cidrs: null, admin_state_up: null },
    });

    expect(item).toMatchObject({
      ...{ name: '', connection_limit: -1, timeout_client_data: 50000, allowed_cidrs: null },
      admin_state_up: false,
      // Tags are the exception.
      tags: ['t'],
    });
    expect((await change(path, 'listener', { tags: [] })).tags).toEqual([]);
  });

  it('detaches the default pool and removes session persistence', async () => {
    const listener = await change(`/listeners/${f.http.id}`, 'listener', { default_pool_id: null });
    expect(listener.default_pool_id).toBeNull();
    await change(`/listeners/${f.http.id}`, 'listener', { default_pool_id: f.pool.id });

    const path = `/pools/${f.pool.id}`;
    const cookie = { type: 'APP_COOKIE', cookie_name: 'a' };
    await change(path, 'pool', { session_persistence: cookie });
    const renamed = await change(path, 'pool', { session_persistence: { cookie_name: 'b' } });
    expect(renamed.session_persistence).toEqual({
      type: 'APP_COOKIE',
      cookie_name: 'b',
      persistence_timeout: null,
      persistence_granularity: null,
    });
    const none = await change(path, 'pool', { session_persistence: null });
    expect(none.session_persistence).toBeNull();
  });

  it('resets members and monitors', async () => {
    const path = `/pools/${f.pool.id}/members/${f.member.id}`;
    await change(path, 'member', { weight: 9, backup: true, monitor_port: 1 });
    expect(
      await change(path, 'member', { weight: null, backup: null, monitor_port: null }),
    ).toMatchObject({ weight: 1, backup: false, monitor_port: null });

    const monitor = `/healthmonitors/${f.monitor.id}`;
    await change(monitor, 'healthmonitor', { url_path: '/x', http_method: 'PUT' });
    const { text } = await api.put(monitor, {
      healthmonitor: { url_path: null, http_method: null, http_version: 1 },
    });
    await api.settled();
    expect(text).toContain('"http_method": "GET", "url_path": "/"');
    expect(text).toContain('"http_version": 1.0,');
  });
});

describe('an empty update', () => {
  it('is legal and shows in updated_at', async () => {
    const item = await change(`/loadbalancers/${f.lb.id}`, 'loadbalancer', {});
    expect(item.provisioning_status).toBe('PENDING_UPDATE');
    expect(item.updated_at).not.toBeNull();
  });
});

describe('L7 policies', () => {
  const create = async (attributes: object): Promise<Item> => {
    const { item, text } = await api.post('/l7policies', {
      l7policy: { listener_id: f.http.id, ...attributes },
    });
    await api.settled();
    expect(item, text).toHaveProperty('id');
    return item;
  };

  it.each([
    [
      { action: 'REDIRECT_TO_URL', redirect_url: 'http://a.example/', redirect_pool_id: 'POOL' },
      { action: 'REDIRECT_TO_URL', redirect_pool_id: null, redirect_http_code: 302 },
    ],
    [{ action: 'REJECT', redirect_url: 'http://a.example/' }, { action: 'REJECT' }],
    [
      { action: 'REJECT', redirect_prefix: 'http://a.example', redirect_http_code: 301 },
      { action: 'REDIRECT_PREFIX', redirect_http_code: 301 },
    ],
  ])('make the best of %j', async (given, expected) => {
    const text = JSON.stringify(given).replace('POOL', f.spare.id);
    const item = await create(JSON.parse(text) as object);
    expect(item).toMatchObject(expected);
    await api.remove(`/l7policies/${item.id}`);
    await api.settled();
  });

  it('stay densely numbered', async () => {
    const order = async (): Promise<unknown[]> =>
      (await api.get('/l7policies?sort=position')).items.map((p) => [p.name, p.position]);
    await change(`/l7policies/${f.policy.id}`, 'l7policy', { name: 'first' });
    await create({ action: 'REJECT', name: 'last' });
    const front = await create({ action: 'REJECT', name: 'front', position: 1 });
    expect(await order()).toEqual([
      ['front', 1],
      ['first', 2],
      ['last', 3],
    ]);

    await change(`/l7policies/${front.id}`, 'l7policy', { position: 2 });
    expect(await order()).toEqual([
      ['first', 1],
      ['front', 2],
      ['last', 3],
    ]);

    await api.remove(`/l7policies/${front.id}`);
    await api.settled();
    expect(await order()).toEqual([
      ['first', 1],
      ['last', 2],
    ]);
  });

  it('take fifty rules and no more', async () => {
    const { id } = await create({ action: 'REJECT' });
    for (let index = 0; index < 50; index += 1) {
      await api.post(`/l7policies/${id}/rules`, {
        rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: `/${index}` },
      });
      await api.settled();
    }
    const { status, body } = await api.post(`/l7policies/${id}/rules`, {
      rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/50' },
    });
    expect(status).toBe(409);
    expect(body).toMatchObject({ faultstring: `Too many rules on L7 policy ${id}` });
  });
});
