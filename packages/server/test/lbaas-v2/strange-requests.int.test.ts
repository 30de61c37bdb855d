// LBaaS v2, whatever a client sends: no 5xx, refusals in Neutron's form, and nothing stored by what was refused.
import { describeStrangeRequests } from './support/describe-strange-requests.ts';
import type { NetworkApi } from './support/network-api.ts';
import type { Template } from './support/strange-requests.ts';

/** A load balancer with something of everything, and a right request for every resource. */
async function templatesOf(network: NetworkApi): Promise<Template[]> {
  const { api } = network;
  const subnet_id = api.network.subnetId;
  const made = (plural: string, singular: string, attributes: object) =>
    network.make(`/lbaas/${plural}`, { [singular]: attributes });
  const lb = await made('loadbalancers', 'loadbalancer', { vip_subnet_id: subnet_id });
  const listener = { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 80 };
  const http = await made('listeners', 'listener', listener);
  const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  const main = await made('pools', 'pool', { ...pool, listener_id: http.id });
  const spare = await made('pools', 'pool', { ...pool, loadbalancer_id: lb.id });
  const member = { address: '10.9.0.1', protocol_port: 8080, subnet_id };
  const one = await made(`pools/${main.id}/members`, 'member', member);
  const monitor = {
    ...{ pool_id: main.id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 },
    ...{ http_method: 'GET', url_path: '/up', expected_codes: '200,204' },
  };
  const health = await made('healthmonitors', 'healthmonitor', monitor);
  const policy = {
    ...{ listener_id: http.id, name: 'p', position: 1 },
    ...{ action: 'REDIRECT_TO_POOL', redirect_pool_id: spare.id },
  };
  const l7 = await made('l7policies', 'l7policy', policy);
  const rule = { type: 'HEADER', compare_type: 'REGEX', key: 'X-A', value: 'b+', invert: false };
  const rules = `/lbaas/l7policies/${l7.id}/rules`;
  const l7rule = await network.make(rules, { rule });

  const members = `/lbaas/pools/${main.id}/members`;
  const common = { name: 'n', description: 'd', admin_state_up: false };
  const timing = { delay: 6, timeout: 4, max_retries: 3, max_retries_down: 2, name: 'm' };
  const graph = {
    ...{ vip_subnet_id: subnet_id, name: 'g' },
    listeners: [
      {
        ...{ protocol: 'HTTP', protocol_port: 80 },
        default_pool: {
          ...pool,
          members: [member],
          healthmonitor: { type: 'TCP', delay: 5, timeout: 3, max_retries: 2 },
        },
        l7policies: [{ action: 'REJECT', rules: [rule] }],
      },
    ],
  };
  const persistence = { type: 'APP_COOKIE', cookie_name: 'sid' };
  const post = (path: string, body: Record<string, unknown>): Template => ({
    ...{ method: 'POST', path, body },
  });
  const put = (path: string, body: Record<string, unknown>): Template => ({
    ...{ method: 'PUT', path, body },
  });
  const list = (path: string, ...filters: string[]): Template => ({
    ...{ method: 'GET', path, filters: ['id', 'name', 'tenant_id', 'admin_state_up', ...filters] },
  });
  const show = (path: string): Template => ({ method: 'GET', path });
  return [
    post('/lbaas/loadbalancers', { loadbalancer: { vip_subnet_id: subnet_id, ...common } }),
    put(`/lbaas/loadbalancers/${lb.id}`, { loadbalancer: common }),
    post('/lbaas/listeners', { listener: { ...listener, ...common, protocol_port: 81 } }),
    {
      ...post('/lbaas/listeners', {
        listeners: [82, 83].map((protocol_port) => ({ ...listener, protocol_port })),
      }),
      isBulk: true,
    },
    put(`/lbaas/listeners/${http.id}`, { listener: { ...common, connection_limit: 5 } }),
    post('/lbaas/pools', {
      pool: { ...pool, ...common, loadbalancer_id: lb.id, session_persistence: persistence },
    }),
    put(`/lbaas/pools/${main.id}`, { pool: { ...common, session_persistence: persistence } }),
    post(members, { member: { ...member, address: '10.9.0.2', name: 'n', weight: 4 } }),
    put(`${members}/${one.id}`, { member: { name: 'n', weight: 5, admin_state_up: true } }),
    post('/lbaas/healthmonitors', { healthmonitor: { ...monitor, pool_id: spare.id } }),
    put(`/lbaas/healthmonitors/${health.id}`, { healthmonitor: timing }),
    post('/lbaas/l7policies', { l7policy: policy }),
    put(`/lbaas/l7policies/${l7.id}`, { l7policy: { ...common, position: 2 } }),
    post(rules, { rule }),
    put(`${rules}/${l7rule.id}`, { rule: { value: 'c*', key: 'X-B' } }),
    {
      ...post('/lbaas/graphs', { graph: { loadbalancer: graph } }),
      remove: (item) =>
        api.remove(`/loadbalancers/${(item.loadbalancer as { id: string }).id}?cascade=1`),
    },
    list('/lbaas/loadbalancers', 'vip_address', 'provisioning_status'),
    list('/lbaas/listeners', 'protocol_port', 'connection_limit'),
    list('/lbaas/pools', 'lb_algorithm'),
    list(members, 'weight', 'address'),
    list('/lbaas/healthmonitors', 'delay', 'expected_codes'),
    list('/lbaas/l7policies', 'position', 'action'),
    list(rules, 'value', 'invert'),
    show(`/lbaas/loadbalancers/${lb.id}/statuses`),
    show(`/lbaas/loadbalancers/${lb.id}/stats`),
  ];
}

await describeStrangeRequests(templatesOf, 300);
