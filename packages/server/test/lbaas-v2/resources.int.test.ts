// LBaaS v2 on the network endpoint: each resource with its attributes, defaults and life cycle.
import { afterAll, beforeAll, expect, it } from 'vitest';

import { TENANT, type Item } from '../api/support/started-api.ts';
import { refusalOf, startNetworkApi, type NetworkApi } from './support/network-api.ts';

let n: NetworkApi;
let lb: Item;
beforeAll(async () => {
  n = await startNetworkApi();
  lb = await n.make('/lbaas/loadbalancers', {
    loadbalancer: { vip_subnet_id: n.api.network.subnetId, name: 'web' },
  });
});
afterAll(() => n.api.stop());

const mine = { tenant_id: TENANT, project_id: TENANT };

it('a load balancer', async () => {
  const { item } = await n.get(`/lbaas/loadbalancers/${lb.id}`);

  expect(item).toEqual({
    ...mine,
    id: lb.id,
    name: 'web',
    description: '',
    vip_subnet_id: n.api.network.subnetId,
    vip_address: expect.stringMatching(/^10\./) as string,
    vip_port_id: expect.any(String) as string,
    provider: 'f5networks',
    admin_state_up: true,
    listeners: [],
    pools: [],
    provisioning_status: 'ACTIVE',
    operating_status: 'OFFLINE',
  });
  expect(n.api.network.ports.get(String(item.vip_port_id))).toMatchObject({
    name: `loadbalancer-${lb.id}`,
    device_id: lb.id,
    device_owner: 'neutron:LOADBALANCERV2',
  });
});

it('is PENDING until the agent reports, and refuses changes meanwhile', async () => {
  n.api.agent.holding = true;
  const created = await n.send('POST', '/lbaas/loadbalancers', {
    loadbalancer: { vip_subnet_id: n.api.network.subnetId },
  });
  const path = `/lbaas/loadbalancers/${created.item.id}`;
  const update = await n.send('PUT', path, { loadbalancer: { name: 'x' } });
  n.api.agent.holding = false;

  expect(created.status).toBe(201);
  expect(created.item).toMatchObject({ provisioning_status: 'PENDING_CREATE' });
  expect(refusalOf(update)).toEqual({
    status: 409,
    type: 'StateInvalid',
    message: `Invalid state PENDING_CREATE of loadbalancer resource ${created.item.id}`,
  });
  await n.api.restoreActive();
  await n.drop(path);
});

it('a listener, pool, member, monitor, policy and rule, made, changed and removed bottom-up', async () => {
  const listener = await n.make('/lbaas/listeners', {
    listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: '80' },
  });
  expect(listener).toEqual({
    ...mine,
    id: expect.any(String) as string,
    name: '',
    description: '',
    loadbalancers: [{ id: lb.id }],
    default_pool_id: null,
    default_tls_container_ref: null,
    sni_container_refs: [],
    connection_limit: -1,
    protocol: 'HTTP',
    protocol_port: 80,
    admin_state_up: true,
  });

  const pool = await n.make('/lbaas/pools', {
    pool: {
      listener_id: listener.id,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
      session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' },
    },
  });
  expect(pool).toEqual({
    ...mine,
    id: expect.any(String) as string,
    name: '',
    description: '',
    listeners: [{ id: listener.id }],
    loadbalancers: [{ id: lb.id }],
    healthmonitor_id: null,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' },
    members: [],
    admin_state_up: true,
  });

  const members = `/lbaas/pools/${pool.id}/members`;
  const member = await n.make(members, {
    member: { address: '10.9.0.1', protocol_port: 8080, subnet_id: n.api.network.subnetId },
  });
  expect(member).toEqual({
    ...mine,
    id: expect.any(String) as string,
    name: '',
    address: '10.9.0.1',
    protocol_port: 8080,
    weight: 1,
    admin_state_up: true,
    subnet_id: n.api.network.subnetId,
  });

  const monitor = await n.make('/lbaas/healthmonitors', {
    healthmonitor: { pool_id: pool.id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 },
  });
  expect(monitor).toEqual({
    ...mine,
    id: expect.any(String) as string,
    name: '',
    pools: [{ id: pool.id }],
    type: 'HTTP',
    delay: 5,
    timeout: 3,
    max_retries: 2,
    max_retries_down: 3,
    http_method: 'GET',
    url_path: '/',
    expected_codes: '200',
    admin_state_up: true,
  });

  const spare = await n.make('/lbaas/pools', {
    pool: { loadbalancer_id: lb.id, protocol: 'HTTP', lb_algorithm: 'SOURCE_IP' },
  });
  const policy = await n.make('/lbaas/l7policies', {
    l7policy: { listener_id: listener.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: spare.id },
  });
  expect(policy).toEqual({
    ...mine,
    id: expect.any(String) as string,
    name: '',
    description: '',
    listener_id: listener.id,
    action: 'REDIRECT_TO_POOL',
    redirect_pool_id: spare.id,
    position: 1,
    rules: [],
    admin_state_up: true,
  });
  const rules = `/lbaas/l7policies/${policy.id}/rules`;
  const rule = await n.make(rules, {
    rule: { type: 'HEADER', compare_type: 'CONTAINS', key: 'X-A', value: 'v' },
  });
  expect(rule).toEqual({
    ...mine,
    id: expect.any(String) as string,
    type: 'HEADER',
    compare_type: 'CONTAINS',
    invert: false,
    key: 'X-A',
    value: 'v',
    admin_state_up: true,
  });

  expect(
    await n.change(`/lbaas/listeners/${listener.id}`, { listener: { name: 'l' } }),
  ).toMatchObject({ name: 'l' });
  expect(
    await n.change(`/lbaas/pools/${pool.id}`, { pool: { session_persistence: {} } }),
  ).toMatchObject({ session_persistence: null });
  expect(await n.change(`${members}/${member.id}`, { member: { weight: 0 } })).toMatchObject({
    weight: 0,
  });
  expect(
    await n.change(`/lbaas/healthmonitors/${monitor.id}`, { healthmonitor: { delay: 9 } }),
  ).toMatchObject({ delay: 9 });
  expect(await n.change(`${rules}/${rule.id}`, { rule: { invert: true } })).toMatchObject({
    invert: true,
  });

  for (const [path, used] of [
    [`/lbaas/loadbalancers/${lb.id}`, `loadbalancer is using listener ${listener.id}`],
    [`/lbaas/listeners/${listener.id}`, `listener is using l7policy ${policy.id}`],
    [`/lbaas/pools/${pool.id}`, `pool is using healthmonitor ${monitor.id}`],
  ] as const) {
    const message = used;
    expect(refusalOf(await n.send('DELETE', path))).toEqual({
      status: 409,
      type: 'EntityInUse',
      message,
    });
  }

  // The policy outlives its redirect pool, and rejects from then on.
  await n.drop(`/lbaas/pools/${spare.id}`);
  expect((await n.get(`/lbaas/l7policies/${policy.id}`)).item).toMatchObject({
    action: 'REJECT',
    redirect_pool_id: null,
    redirect_url: null,
  });

  for (const path of [
    `${rules}/${rule.id}`,
    `/lbaas/l7policies/${policy.id}`,
    `/lbaas/healthmonitors/${monitor.id}`,
    `${members}/${member.id}`,
    `/lbaas/pools/${pool.id}`,
    `/lbaas/listeners/${listener.id}`,
  ]) {
    await n.drop(path);
    expect((await n.get(path)).status).toBe(404);
  }
});

it('a policy joins a change that is under way', async () => {
  const listener = await n.make('/lbaas/listeners', {
    listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 81 },
  });
  n.api.agent.holding = true;
  await n.send('PUT', `/lbaas/loadbalancers/${lb.id}`, { loadbalancer: { name: 'busy' } });
  const l7policy = {
    listener_id: listener.id,
    action: 'REDIRECT_TO_URL',
    redirect_url: 'http://a/',
  };

  const policy = await n.send('POST', '/lbaas/l7policies', { l7policy });
  const update = await n.send('PUT', `/lbaas/l7policies/${policy.item.id}`, { l7policy: {} });
  n.api.agent.holding = false;

  expect(policy.status).toBe(201);
  expect(refusalOf(update).type).toBe('StateInvalid');
  await n.api.restoreActive();
  await n.drop(`/lbaas/l7policies/${policy.item.id}`);
  await n.drop(`/lbaas/listeners/${listener.id}`);
});

it('a load balancer in ERROR takes changes', async () => {
  n.api.agent.failing.add(lb.id);
  await n.send('PUT', `/lbaas/loadbalancers/${lb.id}`, { loadbalancer: { name: 'broken' } });
  await n.api.settled();
  expect((await n.get(`/lbaas/loadbalancers/${lb.id}`)).item.provisioning_status).toBe('ERROR');
  n.api.agent.failing.clear();

  await n.change(`/lbaas/loadbalancers/${lb.id}`, { loadbalancer: { name: 'web' } });

  expect((await n.get(`/lbaas/loadbalancers/${lb.id}`)).item).toMatchObject({
    provisioning_status: 'ACTIVE',
    name: 'web',
  });
});

it('a graph, its statuses and statistics', async () => {
  const pool = {
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    members: [{ address: '10.9.0.2', protocol_port: 80, subnet_id: n.api.network.subnetId }],
    healthmonitor: { type: 'PING', delay: 5, timeout: 3, max_retries: 2 },
  };
  const policy = { action: 'REDIRECT_TO_POOL', redirect_pool: pool };
  const rules = [{ type: 'PATH', compare_type: 'EQUAL_TO', value: '/x' }];
  const graph = await n.make('/lbaas/graphs', {
    graph: {
      loadbalancer: {
        vip_subnet_id: n.api.network.subnetId,
        name: 'tree',
        listeners: [
          {
            protocol: 'HTTP',
            protocol_port: 80,
            default_pool: pool,
            l7policies: [{ ...policy, rules }],
          },
        ],
      },
    },
  });

  const tree = graph.loadbalancer as Item & { listeners: (Item & { default_pool: Item })[] };
  expect(tree).toMatchObject({
    name: 'tree',
    listeners: [
      {
        protocol_port: 80,
        default_pool: { members: [{ address: '10.9.0.2' }], healthmonitor: { type: 'PING' } },
        l7policies: [{ action: 'REDIRECT_TO_POOL', redirect_pool: { protocol: 'HTTP' }, rules }],
      },
    ],
  });
  const path = `/lbaas/loadbalancers/${tree.id}`;
  const statuses = (await n.get(`${path}/statuses`)).item as unknown as Record<string, Item>;
  expect(statuses.loadbalancer).toMatchObject({
    id: tree.id,
    provisioning_status: 'ACTIVE',
    // Fresh objects are OFFLINE until the agent tells otherwise; plain GETs say so.
    operating_status: 'DEGRADED',
    listeners: [
      {
        id: tree.listeners[0]?.id,
        pools: [
          {
            members: [{ address: '10.9.0.2', protocol_port: 80, provisioning_status: 'ACTIVE' }],
            healthmonitor: { type: 'PING', provisioning_status: 'ACTIVE' },
          },
        ],
        l7policies: [{ action: 'REDIRECT_TO_POOL', rules: [{ type: 'PATH' }] }],
      },
    ],
  });
  expect(statuses.loadbalancer?.pools).toHaveLength(2);
  expect((await n.get(`${path}/stats`)).body).toEqual({
    stats: { bytes_in: 0, bytes_out: 0, active_connections: 0, total_connections: 0 },
  });
});

it('of several at once, all or none', async () => {
  const network = n.api.network;
  const good = { vip_subnet_id: network.subnetId, name: 'bulk' };
  const before = (await n.get('/lbaas/loadbalancers')).items.length;

  const many = await n.send('POST', '/lbaas/loadbalancers', { loadbalancers: [good, good] });
  await n.api.settled();
  const half = await n.send('POST', '/lbaas/loadbalancers', {
    loadbalancers: [good, { ...good, vip_address: '192.168.77.1', vip_subnet_id: lb.id }],
  });
  await n.api.settled();

  expect(many.status).toBe(201);
  expect(many.items).toHaveLength(2);
  expect(half.status).toBe(404);
  expect((await n.get('/lbaas/loadbalancers')).items.length).toBe(before + 2);
});
