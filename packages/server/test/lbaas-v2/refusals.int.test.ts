// What LBaaS v2 and v1 refuse, in Neutron's words; and how lists are asked for.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OTHER, TENANT, type Item } from '../api/support/started-api.ts';
import { refusalOf, startNetworkApi, type NetworkApi } from './support/network-api.ts';

let n: NetworkApi;
let lb: Item;
let http: Item;
let pool: Item;
beforeAll(async () => {
  n = await startNetworkApi();
  lb = await n.make('/lbaas/loadbalancers', {
    loadbalancer: { vip_subnet_id: n.api.network.subnetId, name: 'a' },
  });
  const parent = { loadbalancer_id: lb.id, protocol: 'HTTP' };
  http = await n.make('/lbaas/listeners', { listener: { ...parent, protocol_port: 80 } });
  pool = await n.make('/lbaas/pools', {
    pool: { listener_id: http.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
});
afterAll(() => n.api.stop());

const NONE = '00000000-0000-4000-8000-000000000000';
type Case = [
  what: string,
  path: string,
  body: () => unknown,
  status: number,
  type: string,
  message: string,
];

const CASES: Case[] = [
  ['no body', '/lbaas/pools', () => undefined, 400, 'HTTPBadRequest', 'Resource body required'],
  [
    'no JSON',
    '/lbaas/pools',
    () => '{',
    400,
    'MalformedRequestBody',
    'Malformed request body: not valid JSON.',
  ],
  [
    'lists without end',
    '/lbaas/pools',
    () => `{"pool": {"name": ${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    400,
    'MalformedRequestBody',
    'Malformed request body: nested too deeply.',
  ],
  ['no URL', '/lb/pools/%zz', () => ({}), 400, 'HTTPBadRequest', 'Malformed URL.'],
  [
    'a wrong wrapper',
    '/lbaas/pools',
    () => ({ x: {} }),
    400,
    'HTTPBadRequest',
    "Unable to find 'pool' in request body",
  ],
  [
    'no object',
    '/lbaas/pools',
    () => ({ pool: 5 }),
    400,
    'HTTPBadRequest',
    "Object 'pool' contains invalid data",
  ],
  [
    'an unknown attribute',
    '/lbaas/pools',
    () => ({ pool: { foo: 1 } }),
    400,
    'HTTPBadRequest',
    "Unrecognized attribute(s) 'foo'",
  ],
  [
    'a missing attribute',
    '/lb/vips',
    () => ({ vip: { protocol: 'TCP' } }),
    400,
    'HTTPBadRequest',
    "Failed to parse request. Required attribute 'subnet_id' not specified",
  ],
  [
    'a read-only attribute',
    '/lbaas/loadbalancers',
    () => ({ loadbalancer: { id: NONE, vip_subnet_id: NONE } }),
    400,
    'HTTPBadRequest',
    "Attribute 'id' not allowed in POST",
  ],
  [
    'a bad UUID',
    '/lbaas/loadbalancers',
    () => ({ loadbalancer: { vip_subnet_id: '' } }),
    400,
    'HTTPBadRequest',
    "Invalid input for vip_subnet_id. Reason: '' is not a valid UUID.",
  ],
  [
    'a bad boolean',
    '/lbaas/loadbalancers',
    () => ({ loadbalancer: { vip_subnet_id: NONE, admin_state_up: '' } }),
    400,
    'InvalidInput',
    "Invalid input for operation: '' cannot be converted to boolean.",
  ],
  [
    'a port out of range',
    '/lbaas/listeners',
    () => ({ listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 0 } }),
    400,
    'HTTPBadRequest',
    "Invalid input for protocol_port. Reason: '0' is too small - must be at least '1'.",
  ],
  [
    'a wrong protocol',
    '/lbaas/listeners',
    () => ({ listener: { loadbalancer_id: lb.id, protocol: 'UDP', protocol_port: 1 } }),
    400,
    'HTTPBadRequest',
    "Invalid input for protocol. Reason: 'UDP' is not in ['TCP', 'HTTPS', 'HTTP', 'TERMINATED_HTTPS'].",
  ],
  [
    'somebody else as owner',
    '/lbaas/pools',
    () => ({ pool: { tenant_id: OTHER } }),
    400,
    'HTTPBadRequest',
    "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
  ],
  [
    'no VIP network',
    '/lbaas/loadbalancers',
    () => ({ loadbalancer: {} }),
    400,
    'RequiredAttributeNotSpecified',
    'Required attribute vip_subnet_id or vip_network_id not specified',
  ],
  [
    'an unknown subnet',
    '/lbaas/loadbalancers',
    () => ({ loadbalancer: { vip_subnet_id: NONE } }),
    404,
    'EntityNotFound',
    `Subnet ${NONE} could not be found`,
  ],
  [
    'an unknown provider',
    '/lbaas/loadbalancers',
    () => ({ loadbalancer: { vip_subnet_id: n.api.network.subnetId, provider: 'x' } }),
    404,
    'ServiceProviderNotFound',
    "Service provider 'x' could not be found for service type LOADBALANCERV2",
  ],
  [
    'flavor and provider',
    '/lbaas/loadbalancers',
    () => ({ loadbalancer: { vip_subnet_id: NONE, provider: 'x', flavor_id: 'y' } }),
    409,
    'ProviderFlavorConflict',
    'Cannot specify both a flavor and a provider',
  ],
  [
    'a used port, whatever the protocol',
    '/lbaas/listeners',
    () => ({ listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 80 } }),
    409,
    'LoadBalancerListenerProtocolPortExists',
    `Load Balancer <lb> already has a listener with protocol_port of 80`,
  ],
  [
    'a listener without parent',
    '/lbaas/listeners',
    () => ({ listener: { protocol: 'TCP', protocol_port: 81 } }),
    400,
    'ListenerMustHaveLoadbalancer',
    'Listener must be created with a loadbalancer or pool.',
  ],
  [
    'protocols that do not fit',
    '/lbaas/listeners',
    () => ({
      listener: {
        loadbalancer_id: lb.id,
        default_pool_id: pool.id,
        protocol: 'TCP',
        protocol_port: 81,
      },
    }),
    409,
    'ListenerPoolProtocolMismatch',
    'Listener protocol TCP and pool protocol HTTP are not compatible.',
  ],
  [
    'a pool without parent',
    '/lbaas/pools',
    () => ({ pool: { protocol: 'TCP', lb_algorithm: 'SOURCE_IP' } }),
    400,
    'PoolMustHaveLoadbalancer',
    'Pool must be created with a loadbalancer or listener.',
  ],
  [
    'a second default pool',
    '/lbaas/pools',
    () => ({ pool: { listener_id: http.id, protocol: 'HTTP', lb_algorithm: 'SOURCE_IP' } }),
    409,
    'ListenerDefaultPoolAlreadySet',
    `Listener <http> is already using default pool <pool>.`,
  ],
  [
    'APP_COOKIE without name',
    '/lbaas/pools',
    () => ({
      pool: {
        loadbalancer_id: lb.id,
        protocol: 'HTTP',
        lb_algorithm: 'SOURCE_IP',
        session_persistence: { type: 'APP_COOKIE' },
      },
    }),
    400,
    'SessionPersistenceConfigurationInvalid',
    "Session Persistence Invalid: 'cookie_name' should be specified for APP_COOKIE session persistence.",
  ],
  [
    'persistence without type',
    '/lbaas/pools',
    () => ({
      pool: {
        loadbalancer_id: lb.id,
        protocol: 'HTTP',
        lb_algorithm: 'SOURCE_IP',
        session_persistence: { cookie_name: 'c' },
      },
    }),
    400,
    'HTTPBadRequest',
    "Invalid input for session_persistence. Reason: Validation of dictionary's keys failed. Expected keys: {'type'} Provided keys: {'cookie_name'}.",
  ],
  [
    'a redirect without pool',
    '/lbaas/l7policies',
    () => ({ l7policy: { listener_id: http.id, action: 'REDIRECT_TO_POOL' } }),
    409,
    'L7PolicyRedirectPoolIdMissing',
    'Redirect pool id is missing for L7 Policy with pool redirect action.',
  ],
  [
    'v1: delay below timeout',
    '/lb/health_monitors',
    () => ({ health_monitor: { type: 'TCP', delay: 1, timeout: 2, max_retries: 1 } }),
    400,
    'DelayOrTimeoutInvalid',
    'Delay must be greater than or equal to timeout',
  ],
  [
    'v1: an unknown pool',
    '/lb/members',
    () => ({ member: { pool_id: NONE, address: '10.0.0.1', protocol_port: 80 } }),
    404,
    'PoolNotFound',
    `Pool ${NONE} could not be found`,
  ],
  [
    'v1: a wrong method',
    '/lb/pools',
    () => ({ pool: { subnet_id: NONE, protocol: 'HTTP', lb_method: 'X' } }),
    400,
    'HTTPBadRequest',
    "Invalid input for lb_method. Reason: 'X' is not in ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'].",
  ],
];

it.each(CASES)('%s is refused', async (...[, path, body, status, type, message]: Case) => {
  const reply = await n.send('POST', path, body());

  const named = message
    .replace('<lb>', lb.id)
    .replace('<http>', http.id)
    .replace('<pool>', pool.id);
  expect(refusalOf(reply)).toEqual({ status, type, message: named });
});

it('other tenants’ objects do not exist; readers may not write; nobody comes without a token', async () => {
  const path = `/lbaas/loadbalancers/${lb.id}`;
  const message = `loadbalancer ${lb.id} could not be found`;
  const foreign = { status: 404, type: 'EntityNotFound', message };
  for (const [method, body] of [['GET'], ['PUT', { loadbalancer: {} }], ['DELETE']] as const) {
    expect(refusalOf(await n.send(method, path, body, 'other'))).toEqual(foreign);
  }
  expect(refusalOf(await n.send('PUT', path, { loadbalancer: {} }, 'reader')).status).toBe(403);
  expect((await n.get(path, 'reader')).status).toBe(200);
  expect((await n.get(path, null)).status).toBe(401);
  expect((await n.get('/lbaas/nothing')).status).toBe(404);
  expect(refusalOf(await n.get(`${path}/loadbalancer-hosting-agent`)).status).toBe(403);
  const hosting = await n.get(`${path}/loadbalancer-hosting-agent`, 'admin');
  const hosted = await n.get(`/agents/${hosting.item.id}/agent-loadbalancers`, 'admin');
  expect(hosted.items.map(({ id }) => id)).toContain(lb.id);
});

it('a project at its limit is told so, and limits are the same for all APIs', async () => {
  const quota = await n.send('PUT', `/quotas/${TENANT}`, { quota: { loadbalancer: '1' } }, 'admin');
  const loadbalancer = { vip_subnet_id: n.api.network.subnetId };

  expect(quota.item).toMatchObject({ loadbalancer: 1, vip: -1, health_monitor: -1 });
  expect(refusalOf(await n.send('POST', '/lbaas/loadbalancers', { loadbalancer }))).toEqual({
    status: 409,
    type: 'OverQuota',
    message: "Quota exceeded for resources: ['loadbalancer'].",
  });
  expect((await n.api.get(`/quotas/${TENANT}`)).item).toMatchObject({ loadbalancer: 1 });
  expect((await n.send('DELETE', `/quotas/${TENANT}`, undefined, 'admin')).status).toBe(204);
  expect((await n.get(`/quotas/${TENANT}`)).item).toMatchObject({ loadbalancer: -1 });
});

describe('lists', () => {
  it('filter, pick fields, sort and page; unknown filters are ignored', async () => {
    const ids = async (query: string): Promise<string[]> =>
      (await n.get(`/lbaas/pools?${query}`)).items.map(({ id }) => id);
    const second = await n.make('/lbaas/pools', {
      pool: { loadbalancer_id: lb.id, protocol: 'TCP', lb_algorithm: 'SOURCE_IP', name: 'z' },
    });

    expect(await ids('name=z')).toEqual([second.id]);
    expect(await ids(`id=${pool.id}&id=${second.id}&protocol=TCP&x=y`)).toEqual([second.id]);
    expect(await ids('sort_key=name&sort_dir=desc')).toEqual([second.id, pool.id]);
    expect((await n.get('/lbaas/pools?fields=id&name=z')).items).toEqual([{ id: second.id }]);
    const page = (await n.get('/lbaas/pools?limit=1')).body as Record<string, Item[]>;
    expect(page.pools).toHaveLength(1);
    expect(page.pools_links).toMatchObject([{ rel: 'next' }]);
    expect(await ids(`limit=1&marker=${pool.id}`)).toEqual([second.id]);
    expect((await n.get('/lbaas/pools?sort_key=name')).status).toBe(400);
    // v1's, which are put together from several rows, in the same way.
    const v1 = async (query: string): Promise<string[]> =>
      (await n.get(`/lb/pools.json?${query}`)).items.map(({ id }) => id);
    expect(await v1('name=z')).toEqual([second.id]);
    expect(await v1('sort_key=name&sort_dir=desc&limit=1')).toEqual([second.id]);
    expect((await n.get('/lb/pools', 'other')).items).toEqual([]);
  });
});
