// LBaaS v1 and quotas, whatever a client sends: no 5xx, refusals in Neutron's form, nothing stored by what was refused.
import { TENANT } from '../api/support/started-api.ts';
import { describeStrangeRequests } from '../lbaas-v2/support/describe-strange-requests.ts';
import type { NetworkApi } from '../lbaas-v2/support/network-api.ts';
import type { Template } from '../lbaas-v2/support/strange-requests.ts';

/** Two pools, one with a VIP, and a right request for every resource. */
async function templatesOf(network: NetworkApi): Promise<Template[]> {
  const { api } = network;
  const subnet_id = api.network.subnetId;
  const pool = { subnet_id, protocol: 'HTTP', lb_method: 'ROUND_ROBIN' };
  const main = await network.make('/lb/pools', { pool });
  const spare = await network.make('/lb/pools', { pool });
  const vip = { subnet_id, protocol: 'HTTP', protocol_port: 80 };
  const address = await network.make('/lb/vips', { vip: { ...vip, pool_id: main.id } });
  const member = { pool_id: main.id, address: '10.9.0.1', protocol_port: 8080 };
  const one = await network.make('/lb/members', { member });
  const timing = { delay: 5, timeout: 3, max_retries: 2 };
  const monitor = {
    ...{ type: 'HTTP', ...timing },
    ...{ http_method: 'GET', url_path: '/up', expected_codes: '200-204' },
  };
  const health = await network.make('/lb/health_monitors', { health_monitor: monitor });
  const associations = `/lb/pools/${main.id}/health_monitors`;

  const common = { name: 'n', description: 'd', admin_state_up: false };
  const persistence = { type: 'APP_COOKIE', cookie_name: 'sid' };
  const post = (path: string, body: Record<string, unknown>): Template => ({
    ...{ method: 'POST', path, body },
  });
  const put = (path: string, body: Record<string, unknown>): Template => ({
    ...{ method: 'PUT', path, body },
  });
  const list = (path: string, ...filters: string[]): Template => ({
    ...{ method: 'GET', path, filters: ['id', 'tenant_id', 'admin_state_up', ...filters] },
  });
  return [
    post('/lb/pools', { pool: { ...pool, ...common } }),
    { ...post('/lb/pools', { pools: [pool, { ...pool, ...common }] }), isBulk: true },
    put(`/lb/pools/${main.id}`, { pool: { ...common, lb_method: 'SOURCE_IP' } }),
    post('/lb/vips', {
      vip: { ...vip, ...common, pool_id: spare.id, session_persistence: persistence },
    }),
    put(`/lb/vips/${address.id}`, { vip: { ...common, connection_limit: 7 } }),
    post('/lb/members', { member: { ...member, address: '10.9.0.2', weight: 3 } }),
    put(`/lb/members/${one.id}`, { member: { weight: 4, admin_state_up: false } }),
    post('/lb/health_monitors', { health_monitor: monitor }),
    put(`/lb/health_monitors/${health.id}`, { health_monitor: timing }),
    {
      ...post(associations, { health_monitor: { id: health.id } }),
      remove: () => network.drop(`${associations}/${health.id}`),
    },
    put(`/quotas/${TENANT}`, { quota: { loadbalancer: 40, pool: -1 } }),
    list('/lb/pools', 'name', 'vip_id', 'status'),
    list('/lb/vips', 'address', 'protocol_port', 'connection_limit'),
    list('/lb/members', 'weight', 'address'),
    list('/lb/health_monitors', 'delay', 'max_retries'),
    { method: 'GET', path: `/lb/pools/${main.id}/stats` },
    { method: 'GET', path: `${associations}/${health.id}` },
  ];
}

await describeStrangeRequests(templatesOf, 200);
