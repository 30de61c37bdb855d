// Limits of a project where LBaaS v1 has other names, or counts otherwise.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { TENANT, type Item } from '../api/support/started-api.ts';
import { refusalOf, startNetworkApi, type NetworkApi } from '../lbaas-v2/support/network-api.ts';

let n: NetworkApi;
beforeAll(async () => {
  n = await startNetworkApi({}, { driver: { sweepIntervalMs: 50 } });
});
afterEach(() => n.send('DELETE', `/quotas/${TENANT}`, undefined, 'admin'));
afterAll(() => n.api.stop());

const limit = (quota: object) => n.send('PUT', `/quotas/${TENANT}`, { quota }, 'admin');
const overQuota = (name: string) => ({
  status: 409,
  type: 'OverQuota',
  message: `Quota exceeded for resources: ['${name}'].`,
});
const poolBody = () => ({
  pool: { subnet_id: n.api.network.subnetId, protocol: 'HTTP', lb_method: 'ROUND_ROBIN' },
});
const monitorBody = (type = 'TCP') => ({
  health_monitor: { type, delay: 5, timeout: 3, max_retries: 2 },
});

it('vips are listeners: one limit, one number, in whichever words it is set', async () => {
  const [first, second] = [
    await n.make('/lb/pools', poolBody()),
    await n.make('/lb/pools', poolBody()),
  ];
  const vip = (pool: Item) => ({
    vip: {
      ...{ subnet_id: n.api.network.subnetId, pool_id: pool.id },
      ...{ protocol: 'HTTP', protocol_port: 80 },
    },
  });
  expect((await limit({ vip: 1 })).item).toMatchObject({ vip: 1, listener: 1 });
  const made = await n.make('/lb/vips', vip(first));
  const ports = n.api.network.ports.size;

  expect(refusalOf(await n.send('POST', '/lb/vips', vip(second)))).toEqual(overQuota('vip'));
  await n.api.settled();
  expect(n.api.network.ports.size).toBe(ports);
  const lb = (await n.get(`/lbaas/listeners/${made.id}`)).item.loadbalancers as Item[];
  const listener = { loadbalancer_id: lb[0]!.id, protocol: 'TCP', protocol_port: 81 };
  expect(refusalOf(await n.send('POST', '/lbaas/listeners', { listener }))).toEqual(
    overQuota('listener'),
  );
  await n.drop(`/lb/vips/${made.id}`);
  for (const { id } of [first, second]) await n.drop(`/lb/pools/${id}`);
});

it('two names of one limit that differ are refused, and equal ones are not', async () => {
  const refused = await limit({ listener: -1, vip: 10 });

  expect(refusalOf(refused)).toEqual({
    status: 400,
    type: 'HTTPBadRequest',
    message: "Invalid input for vip. Reason: it is the same limit as 'listener', which differs.",
  });
  expect((await n.get(`/quotas/${TENANT}`)).item).toMatchObject({ listener: -1, vip: -1 });
  const both = await limit({ listener: 10, vip: '10', health_monitor: 3, healthmonitor: 3 });
  expect(both.item).toMatchObject({ vip: 10, healthmonitor: 3 });
});

it('a monitor counts once, associated with no pool or with many', async () => {
  await limit({ health_monitor: 2 });
  const monitor = await n.make('/lb/health_monitors', monitorBody());
  const pools = [await n.make('/lb/pools', poolBody()), await n.make('/lb/pools', poolBody())];
  for (const pool of pools) {
    await n.make(`/lb/pools/${pool.id}/health_monitors`, { health_monitor: { id: monitor.id } });
  }

  const second = await n.make('/lb/health_monitors', monitorBody('PING'));
  const refused = await n.send('POST', '/lb/health_monitors', monitorBody('HTTP'));
  expect(refusalOf(refused)).toEqual(overQuota('health_monitor'));
  const lone = await n.make('/lb/pools', poolBody());
  const ofPool = { pool_id: lone.id, type: 'TCP', delay: 5, timeout: 3, max_retries: 2 };
  const octavia = await n.api.post('/healthmonitors', { healthmonitor: ofPool });
  expect(octavia.status).toBe(403);
  await n.drop(`/lb/health_monitors/${second.id}`);
  await n.make('/lbaas/healthmonitors', { healthmonitor: ofPool });

  expect(refusalOf(await n.send('POST', '/lb/health_monitors', monitorBody()))).toEqual(
    overQuota('health_monitor'),
  );
  for (const { id } of [...pools, lone]) await n.drop(`/lb/pools/${id}`);
  // The shared one outlives its pools, the one of the other API does not.
  await n.make('/lb/health_monitors', monitorBody());
  expect(refusalOf(await n.send('POST', '/lb/health_monitors', monitorBody()))).toEqual(
    overQuota('health_monitor'),
  );
});

it('the load balancer that a pool is given counts, and is called so', async () => {
  await limit({ loadbalancer: 1, pool: 5 });
  const pool = await n.make('/lb/pools', poolBody());

  expect(refusalOf(await n.send('POST', '/lb/pools', poolBody()))).toEqual(
    overQuota('loadbalancer'),
  );
  await n.drop(`/lb/pools/${pool.id}`);
});
