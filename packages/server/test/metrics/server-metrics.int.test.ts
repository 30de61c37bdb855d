// The server's metrics, counted by a whole server over HTTP.
import { createMetricsRegistry } from '@f5-lbaas/platform';
import { waitFor } from '@f5-lbaas/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createServerMetrics } from '../../src/metrics/server-metrics.ts';
import { startApi, type StartedApi } from '../api/support/started-api.ts';

let registry: ReturnType<typeof createMetricsRegistry>;
let api: StartedApi;

beforeEach(async () => {
  registry = createMetricsRegistry();
  api = await startApi({
    metrics: createServerMetrics(registry),
    driver: {
      sweepIntervalMs: 20,
      resendInitialMs: 100,
      resendMaxMs: 100,
      pendingTimeoutMs: 2_000,
    },
    networkEndpoint: { listen: { host: '127.0.0.1', port: 0 } },
  });
});
afterEach(() => api.stop());

/** Name and labels, as the scraper sees them, with what they stand at. */
async function scrape(): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}

/** All that begin like this. */
async function valuesOf(name: string): Promise<Record<string, number>> {
  return Object.fromEntries([...(await scrape())].filter(([key]) => key.startsWith(name)));
}

const REQUESTS = 'lbaas_server_request_duration_seconds_count';
const REPEATS = 'lbaas_server_sweeper_repeats_total';
const CASTS = 'lbaas_server_rpc_casts_total{method="create_loadbalancer",result="ok"}';
const key = (endpoint: string, method: string, route: string, status: number): string =>
  `${REQUESTS}{endpoint="${endpoint}",method="${method}",route="${route}",status="${status}"}`;

it('counts requests by route, not by id, and by status', async () => {
  const { id } = await api.loadBalancer();
  await api.get(`/loadbalancers/${id}`);
  await api.get('/loadbalancers/not-there');
  await api.get('/loadbalancers', { token: null });
  await api.post('/listeners', { listener: {} });
  await api.get('~/nowhere/at/all', { token: 'admin' });
  await api.get('~/healthcheck', { token: null });
  await api.get(`~${api.networkUrl ?? ''}/v2.0/lbaas/loadbalancers/${id}`);

  expect(await valuesOf(REQUESTS)).toEqual({
    [key('load-balancer', 'POST', '/v2/lbaas/loadbalancers', 201)]: 1,
    [key('load-balancer', 'GET', '/v2/lbaas/loadbalancers/:id', 200)]: 1,
    [key('load-balancer', 'GET', '/v2/lbaas/loadbalancers/:id', 404)]: 1,
    [key('load-balancer', 'GET', '/v2/lbaas/loadbalancers', 401)]: 1,
    [key('load-balancer', 'POST', '/v2/lbaas/listeners', 400)]: 1,
    [key('load-balancer', 'GET', '', 404)]: 1,
    [key('load-balancer', 'GET', '/healthcheck', 200)]: 1,
    [key('network', 'GET', '/v2.0/lbaas/loadbalancers/:id', 200)]: 1,
  });
});

it('counts messages to agents, repeats, and what nobody reported on in time', async () => {
  await api.loadBalancer();
  const quiet = await scrape();
  expect(quiet.get('lbaas_server_pending_load_balancers')).toBe(0);
  expect(quiet.get('lbaas_server_oldest_pending_seconds')).toBe(0);
  expect(quiet.get('lbaas_server_pending_expired_total')).toBe(0);
  const repeatsBefore = quiet.get(REPEATS)!;

  api.agent.holding = true;
  const loadbalancer = { vip_subnet_id: api.network.subnetId };
  for (let n = 0; n < 2; n += 1) await api.post('/loadbalancers', { loadbalancer });

  const waiting = await waitFor(async () => {
    const now = await scrape();
    return now.get(REPEATS)! >= repeatsBefore + 4 ? now : undefined;
  });
  expect(waiting.get('lbaas_server_pending_load_balancers')).toBe(2);
  expect(waiting.get('lbaas_server_oldest_pending_seconds')).toBeGreaterThan(0.1);
  expect(waiting.get('lbaas_server_oldest_pending_seconds')).toBeLessThan(60);
  await waitFor(async () => (await scrape()).get('lbaas_server_pending_expired_total') === 2);
  expect((await scrape()).get('lbaas_server_pending_load_balancers')).toBe(0);
  // Each change and each repeat of one is a message.
  await waitFor(async () => {
    const now = await scrape();
    return now.get(CASTS) === 3 + now.get(REPEATS)!;
  });
});

it('goes on without the database', async () => {
  await api.storage.close();

  const away = await scrape();

  expect(away.get('lbaas_server_pending_load_balancers')).toBeNaN();
  expect(away.get('lbaas_server_oldest_pending_seconds')).toBeNaN();
  expect((await api.get('~/healthcheck', { token: null })).status).toBe(503);
  expect((await valuesOf(REQUESTS))[key('load-balancer', 'GET', '/healthcheck', 503)]).toBe(1);
});
