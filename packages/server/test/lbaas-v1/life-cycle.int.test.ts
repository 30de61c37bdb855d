// LBaaS v1: pools as roots, vips, members, monitors that pools share; and the same objects seen by the other APIs.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '@f5-lbaas/testkit';

import { TENANT, type Item } from '../api/support/started-api.ts';
import { refusalOf, startNetworkApi, type NetworkApi } from '../lbaas-v2/support/network-api.ts';

let n: NetworkApi;
beforeAll(async () => {
  n = await startNetworkApi({}, { driver: { sweepIntervalMs: 50 } });
});
afterAll(() => n.api.stop());

const mine = { tenant_id: TENANT, project_id: TENANT };
const anId = expect.any(String) as string;

const aPool = (attributes: object = {}): Promise<Item> =>
  n.make('/lb/pools', {
    pool: {
      subnet_id: n.api.network.subnetId,
      protocol: 'HTTP',
      lb_method: 'ROUND_ROBIN',
      ...attributes,
    },
  });
const aVip = (poolId: string, attributes: object = {}): Promise<Item> =>
  n.make('/lb/vips', {
    vip: {
      subnet_id: n.api.network.subnetId,
      protocol: 'HTTP',
      protocol_port: 80,
      pool_id: poolId,
      ...attributes,
    },
  });
const show = async (path: string): Promise<Item> => (await n.get(path)).item;
const octavia = async (path: string): Promise<Item> => (await n.api.get(path)).item;

it('a pool exists and is scheduled without a vip, and goes with its load balancer', async () => {
  const created = await aPool({ name: 'p' });
  const pool = await show(`/lb/pools/${created.id}`);

  expect(created.status).toBe('PENDING_CREATE');
  expect(pool).toEqual({
    ...mine,
    id: created.id,
    vip_id: null,
    name: 'p',
    description: '',
    subnet_id: n.api.network.subnetId,
    protocol: 'HTTP',
    provider: 'f5networks',
    lb_method: 'ROUND_ROBIN',
    members: [],
    health_monitors: [],
    health_monitors_status: [],
    admin_state_up: true,
    status: 'ACTIVE',
    status_description: null,
  });
  const agent = await n.get(`/lb/pools/${pool.id}/loadbalancer-agent`, 'admin');
  expect(agent.item).toMatchObject({ host: 'agent-1', alive: true });
  const pools = await n.get(`/agents/${agent.item.id}/loadbalancer-pools`, 'admin');
  expect(pools.items.map(({ id }) => id)).toContain(pool.id);
  const { loadbalancers } = await octavia(`/pools/${pool.id}`);
  const [root] = loadbalancers as Item[];
  expect(await octavia(`/loadbalancers/${root?.id}`)).toMatchObject({ vip_address: null });
  const listener = { loadbalancer_id: root?.id, protocol: 'HTTP', protocol_port: 80 };
  expect((await n.api.post('/listeners', { listener })).status).toBe(409);

  await n.drop(`/lb/pools/${pool.id}`);

  expect((await n.api.get(`/loadbalancers/${root?.id}`)).status).toBe(404);
});

it('a vip brings the address and takes it along; its port is given back', async () => {
  const pool = await aPool();
  const persistence = { type: 'APP_COOKIE', cookie_name: 'sid' };
  const { id } = await aVip(pool.id, { session_persistence: persistence, connection_limit: '9' });
  const vip = await show(`/lb/vips/${id}`);

  expect(vip).toEqual({
    ...mine,
    id,
    name: '',
    description: '',
    subnet_id: n.api.network.subnetId,
    address: expect.stringMatching(/^10\./) as string,
    port_id: anId,
    protocol_port: 80,
    protocol: 'HTTP',
    pool_id: pool.id,
    session_persistence: persistence,
    connection_limit: 9,
    admin_state_up: true,
    status: 'ACTIVE',
    status_description: null,
  });
  const port = String(vip.port_id);
  expect(n.api.network.ports.get(port)).toMatchObject({
    name: `vip-${id}`,
    device_owner: 'neutron:LOADBALANCER',
  });
  expect((await show(`/lb/pools/${pool.id}`)).vip_id).toBe(id);
  expect(refusalOf(await n.send('DELETE', `/lb/pools/${pool.id}`))).toMatchObject({
    status: 409,
    type: 'PoolInUse',
  });
  // Any update that does not mention persistence ends it.
  expect((await n.change(`/lb/vips/${id}`, { vip: { name: 'v' } })).session_persistence).toBe(null);

  await n.drop(`/lb/vips/${id}`);

  expect((await n.get(`/lb/vips/${id}`)).status).toBe(404);
  await waitFor(() => !n.api.network.ports.has(port), { what: 'the port to be given back' });
  await aVip(pool.id, { protocol_port: 81 });
  expect((await show(`/lb/pools/${pool.id}`)).vip_id).not.toBe(null);
});

it('a member is on the subnet that its address tells, which the other APIs show', async () => {
  const { network } = n.api;
  const { id: pool_id } = await aPool();
  const subnetOf = async (address: string): Promise<unknown> => {
    const { id } = await n.make('/lb/members', { member: { pool_id, address, protocol_port: 80 } });
    const shown = await octavia(`/pools/${pool_id}/members/${id}`);
    await n.drop(`/lb/members/${id}`);
    return shown.subnet_id;
  };
  const port = {
    ...{ id: 'port-1', name: '', device_id: '', device_owner: '' },
    ...{ network_id: network.networkId, project_id: TENANT, tenant_id: TENANT },
    fixed_ips: [{ subnet_id: network.subnet6Id, ip_address: '2001:db8::7' }],
  };

  expect(await subnetOf('10.0.0.7')).toBe(network.subnetId);
  expect(await subnetOf('10.9.0.7')).toBe(network.otherSubnetId);
  expect(await subnetOf('2001:db8::7')).toBe(null);
  network.ports.set(port.id, port);
  expect(await subnetOf('2001:db8::7')).toBe(network.subnet6Id);
  network.ports.delete(port.id);
  for (const subnet of network.subnets) subnet.tenant_id = TENANT;
  expect(await subnetOf('2001:db8::8')).toBe(network.subnet6Id);
  expect(await subnetOf('192.0.2.7')).toBe(null);
});

it('a vip changes its pool, and with it nothing else', async () => {
  const [a, b] = [await aPool({ name: 'a' }), await aPool({ name: 'b' })];
  const member = await n.make('/lb/members', {
    member: { pool_id: b.id, address: '10.9.0.7', protocol_port: 80 },
  });
  const { id } = await aVip(a.id);
  const before = await show(`/lb/vips/${id}`);

  const after = await n.change(`/lb/vips/${id}`, { vip: { pool_id: b.id } });

  expect(after).toMatchObject({ pool_id: b.id, address: before.address });
  expect((await show(`/lb/pools/${a.id}`)).vip_id).toBe(null);
  expect(await show(`/lb/pools/${b.id}`)).toMatchObject({ vip_id: id, members: [member.id] });
  expect(await show(`/lb/members/${member.id}`)).toMatchObject({ status: 'ACTIVE' });
  await n.change(`/lb/members/${member.id}`, { member: { pool_id: a.id, weight: 3 } });
  expect(await show(`/lb/pools/${a.id}`)).toMatchObject({ members: [member.id] });
  await n.drop(`/lb/members/${member.id}`);
  await aVip(a.id);
});

it('a monitor is shared by pools, and changes in all of them', async () => {
  const [a, b] = [await aPool(), await aPool()];
  const monitor = await n.make('/lb/health_monitors', {
    health_monitor: { type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 },
  });
  expect(monitor).toEqual({
    ...mine,
    id: anId,
    type: 'HTTP',
    delay: 5,
    timeout: 3,
    max_retries: 2,
    http_method: 'GET',
    url_path: '/',
    expected_codes: '200',
    admin_state_up: true,
    pools: [],
  });
  const associate = (pool: Item) =>
    n.send('POST', `/lb/pools/${pool.id}/health_monitors`, { health_monitor: { id: monitor.id } });

  expect((await associate(a)).body).toEqual({ health_monitor: {} });
  expect(refusalOf(await associate(a)).type).toBe('PoolMonitorAssociationExists');
  await associate(b);
  await n.api.settled();
  await n.change(`/lb/health_monitors/${monitor.id}`, { health_monitor: { delay: 9 } });

  for (const pool of [a, b]) {
    const { health_monitors: ids, health_monitors_status: statuses } = await show(
      `/lb/pools/${pool.id}`,
    );
    expect(ids).toEqual([monitor.id]);
    expect(statuses).toMatchObject([{ monitor_id: monitor.id, status: 'ACTIVE' }]);
    const { healthmonitor_id: row } = await octavia(`/pools/${pool.id}`);
    expect(await octavia(`/healthmonitors/${String(row)}`)).toMatchObject({ delay: 9 });
  }
  const path = `/lb/health_monitors/${monitor.id}`;
  expect(refusalOf(await n.send('DELETE', path)).type).toBe('HealthMonitorInUse');
  for (const pool of [a, b]) await n.drop(`/lb/pools/${pool.id}/health_monitors/${monitor.id}`);
  expect((await show(path)).pools).toEqual([]);
  await n.drop(path);
  expect(refusalOf(await n.get(path))).toMatchObject({
    status: 404,
    message: `Health_monitor ${monitor.id} could not be found`,
  });
});

it('several monitors are associated with a pool, in any order, and each has a status', async () => {
  const pool = await aPool();
  const path = `/lb/pools/${pool.id}/health_monitors`;
  const times = { delay: 5, timeout: 3, max_retries: 2 };
  const associated: string[] = [];
  for (const type of ['HTTP', 'TCP', 'PING']) {
    const monitor = await n.make('/lb/health_monitors', { health_monitor: { type, ...times } });
    await n.make(path, { health_monitor: { id: monitor.id } });
    associated.push(monitor.id);
  }
  const [http, tcp, ping] = associated;

  expect((await show(`/lb/pools/${pool.id}`)).health_monitors).toEqual(associated);
  // The other APIs list them all, and show the oldest as the pool's.
  const { items: rows } = await n.api.get(`/healthmonitors?pool_id=${pool.id}`);
  expect(rows.map(({ type }) => type)).toEqual(['HTTP', 'TCP', 'PING']);
  const [oldest, second] = rows;
  expect(await octavia(`/pools/${pool.id}`)).toMatchObject({ healthmonitor_id: oldest!.id });
  expect(await show(`/lbaas/pools/${pool.id}`)).toMatchObject({ healthmonitor_id: oldest!.id });
  expect((await n.get(`/lbaas/healthmonitors/${second!.id}`)).item.pools).toEqual([
    { id: pool.id },
  ]);
  // They take no further one themselves.
  const more = { pool_id: pool.id, type: 'TCP', ...times };
  const v2 = await n.send('POST', '/lbaas/healthmonitors', { healthmonitor: more });
  expect(refusalOf(v2)).toMatchObject({ status: 409, type: 'OneHealthMonitorPerPool' });
  const v2Delete = await n.send('DELETE', `/lbaas/pools/${pool.id}`);
  expect(refusalOf(v2Delete)).toMatchObject({ status: 409, type: 'EntityInUse' });

  n.api.agent.failing.add(second!.id);
  await n.change(`/lb/health_monitors/${tcp}`, { health_monitor: { delay: 9 } });
  n.api.agent.failing.clear();
  const { health_monitors_status: statuses } = await show(`/lb/pools/${pool.id}`);
  expect(statuses).toMatchObject([
    { monitor_id: http, status: 'ACTIVE' },
    { monitor_id: tcp, status: 'ERROR' },
    { monitor_id: ping, status: 'ACTIVE' },
  ]);
  // Where one is shown, it is the one in trouble.
  const lb = (await n.get(`/lbaas/pools/${pool.id}`)).item.loadbalancers as Item[];
  const tree = (await n.get(`/lbaas/loadbalancers/${lb[0]!.id}/statuses`)).item as unknown as {
    loadbalancer: { pools: { operating_status: string; healthmonitor: Item }[] };
  };
  expect(tree.loadbalancer.pools).toMatchObject([
    {
      operating_status: 'DEGRADED',
      healthmonitor: { id: second!.id, provisioning_status: 'ERROR' },
    },
  ]);

  await n.drop(`${path}/${http}`);
  expect((await show(`/lb/pools/${pool.id}`)).health_monitors).toEqual([tcp, ping]);
  expect(await octavia(`/pools/${pool.id}`)).toMatchObject({ healthmonitor_id: second!.id });
  await n.drop(`/lb/pools/${pool.id}`);
  expect((await n.api.get('/healthmonitors')).items).toEqual([]);
  expect((await show(`/lb/health_monitors/${ping}`)).pools).toEqual([]);
});

it('takes changes while others are pending, but none of what is leaving', async () => {
  const pool = await aPool();
  n.api.agent.holding = true;
  const member = { pool_id: pool.id, address: '10.9.0.8', protocol_port: 80 };
  const first = await n.send('POST', '/lb/members', { member });
  const second = await n.send('POST', '/lb/members', { member: { ...member, protocol_port: 81 } });
  const removed = await n.send('DELETE', `/lb/members/${first.item.id}`);
  const late = await n.send('PUT', `/lb/members/${first.item.id}`, { member: { weight: 2 } });
  n.api.agent.holding = false;

  expect([first.status, second.status, removed.status]).toEqual([201, 201, 204]);
  expect(refusalOf(late)).toEqual({
    status: 409,
    type: 'StateInvalid',
    message: `Invalid state PENDING_DELETE of Loadbalancer resource ${first.item.id}`,
  });
  await n.change(`/lb/members/${second.item.id}`, { member: { weight: 2 } });
  expect((await show(`/lb/pools/${pool.id}`)).members).toEqual([second.item.id]);
});

it('one load balancer through three APIs', async () => {
  const pool = await aPool({ name: 'shared' });
  const vip = await aVip(pool.id);
  const { loadbalancers } = await octavia(`/pools/${pool.id}`);
  const [root] = loadbalancers as Item[];

  // v2 sees the vip as a listener, and changes it.
  expect(await show(`/lbaas/listeners/${vip.id}`)).toMatchObject({ protocol_port: 80 });
  await n.change(`/lbaas/listeners/${vip.id}`, { listener: { name: 'by v2' } });
  expect(await show(`/lb/vips/${vip.id}`)).toMatchObject({ name: 'by v2', status: 'ACTIVE' });
  // Octavia adds a monitor, which v1 sees and can take over.
  const { item: monitor } = await n.api.post('/healthmonitors', {
    healthmonitor: { pool_id: pool.id, type: 'TCP', delay: 5, timeout: 3, max_retries: 2 },
  });
  await n.api.settled();
  expect(await show(`/lb/health_monitors/${monitor.id}`)).toMatchObject({
    pools: [{ pool_id: pool.id, status: 'ACTIVE' }],
  });
  await n.drop(`/lb/pools/${pool.id}/health_monitors/${monitor.id}`);
  expect(await show(`/lb/health_monitors/${monitor.id}`)).toMatchObject({ pools: [], delay: 5 });
  // A listener that Octavia adds keeps the address when the vip goes.
  const listener = { loadbalancer_id: root?.id, protocol: 'TCP', protocol_port: 25 };
  await n.api.post('/listeners', { listener });
  await n.api.settled();
  await n.drop(`/lb/vips/${vip.id}`);
  expect(await octavia(`/loadbalancers/${root?.id}`)).toMatchObject({ vip_address: vip.address });
  await n.drop(`/lb/pools/${pool.id}`);
  expect((await n.api.get(`/loadbalancers/${root?.id}`)).status).toBe(200);
});
