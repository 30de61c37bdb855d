import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startApi, TENANT, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('discovery', () => {
  it('lists the versions to anybody, the newest as CURRENT', async () => {
    const { status, items } = await api.get('~/', { token: null });

    expect(status).toBe(200);
    expect(items).toHaveLength(31);
    expect(items[0]).toEqual({
      id: 'v2.0',
      status: 'SUPPORTED',
      updated: '2016-12-11T00:00:00Z',
      links: [{ href: `${api.url}/v2`, rel: 'self' }],
    });
    expect(items.filter((version) => version.status === 'CURRENT')).toMatchObject([
      { id: 'v2.30' },
    ]);
  });

  it.each(['/v2', '/v2/', '/v2.0', '/v2/lbaas', '/v2.0/lbaas', '/v2/octavia'])(
    'answers the name of the API at %s, to those with a token',
    async (path) => {
      expect((await api.get(`~${path}`)).text).toBe('"v2"');
      expect((await api.get(`~${path}`, { token: null })).status).toBe(401);
    },
  );

  it('serves the same tree below the mount point, with links that say so', async () => {
    const versions = await api.get('~/load-balancer/', { token: null });
    expect(versions.items[0]).toMatchObject({
      links: [{ href: `${api.url}/load-balancer/v2`, rel: 'self' }],
    });
    expect((await api.get('~/load-balancer/v2.0/lbaas/loadbalancers')).status).toBe(200);
  });

  it.each(['/v2/lbaas', '/v2.0/lbaas', '/v2', '/v2.0'])('has the resources below %s', async (p) => {
    expect((await api.get(`~${p}/listeners`)).body).toEqual({
      listeners: [],
      listeners_links: [],
    });
    expect((await api.get(`~${p}/listeners/`)).status).toBe(200);
  });
});

describe('authentication', () => {
  it.each([
    ['no token', null],
    ['an unknown token', 'stolen'],
  ])('refuses %s and says where to get one', async (_what, token) => {
    const { status, headers, body } = await api.get('/loadbalancers', { token });

    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(`Keystone uri="${api.identity.url}/v3"`);
    expect(body).toEqual({
      error: {
        code: 401,
        title: 'Unauthorized',
        message: 'The request you have made requires authentication.',
      },
    });
  });

  it('asks Keystone once for many requests with one token', async () => {
    await api.get('/pools');
    const before = api.identity.validations;

    await Promise.all(Array.from({ length: 5 }, () => api.get('/pools')));

    expect(api.identity.validations).toBe(before);
  });

  it('logs in again when its own token was revoked', async () => {
    api.identity.serviceTokens.clear();

    expect((await api.get('/pools', { token: 'observer' })).status).toBe(200);
  });

  it('answers 503 while Keystone is away', async () => {
    const down = await startApi();
    await down.identity.stop();

    const { status, body } = await down.get('/loadbalancers');

    expect(status).toBe(503);
    expect(body).toMatchObject({ faultcode: 'Server', debuginfo: null });
    await down.stop();
  });
});

describe('HTTP rules', () => {
  it('gives every answer a request id', async () => {
    for (const path of ['~/', '/loadbalancers', '/nothing', '~/v2/lbaas/pools/x/members/y']) {
      const { headers } = await api.get(path);
      expect(headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
    }
  });

  it('does not know unknown paths', async () => {
    const { status, body } = await api.get('/nothing');
    expect(status).toBe(404);
    expect(body).toEqual({ code: 404, title: 'Not Found', description: '' });
    expect((await api.get('/nothing', { token: null })).status).toBe(401);
  });

  it.each([
    ['POST', '/loadbalancers/x'],
    ['PATCH', '/loadbalancers/x'],
    ['PUT', '/loadbalancers/x/stats'],
    ['GET', '/providers/f5networks'],
  ])('refuses %s on %s', async (method, path) => {
    const { status, body } = await api.send(method, path);
    expect(status).toBe(405);
    expect(body).toEqual({ code: 405, title: 'Method Not Allowed', description: '' });
  });

  it.each(['PUT', 'DELETE'])('misses an id for %s on a collection', async (method) => {
    const { status, body } = await api.send(method, '/loadbalancers');
    expect(status).toBe(400);
    expect(body).toEqual({
      faultcode: 'Client',
      faultstring: 'Missing argument: "id"',
      debuginfo: null,
    });
  });

  it.each(['/pools/%zz', '/loadbalancers/%', '/pools/%00', '/quotas/%00'])(
    'answers %s with a fault, below 500',
    async (path) => {
      const { status, body } = await api.get(path);

      expect([400, 404]).toContain(status);
      expect(body).toMatchObject({ code: status });
    },
  );

  it.each(['/pools', '/loadbalancers', '/listeners'])(
    'refuses a body of thousands of levels at %s',
    async (path) => {
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      const wrapper = path.slice(1, -1);
      const { status, body } = await api.post(path, `{"${wrapper}": {"name": ${deep}}}`);

      expect(status).toBe(400);
      expect(body).toMatchObject({ faultcode: 'Client' });
    },
  );

  it('takes JSON only', async () => {
    const plain = { 'content-type': 'text/plain' };
    const refused = await api.send('POST', '/loadbalancers', { body: 'x', headers: plain });
    expect(refused.status).toBe(415);
    expect(refused.body).toMatchObject({ faultstring: 'Unknown mimetype: text/plain' });
  });

  it.each([
    ['application/json', 200],
    ['*/*', 200],
    ['text/html, application/*;q=0.5', 200],
    ['text/html', 406],
  ])('answers Accept: %s with %i', async (accept, status) => {
    const answer = await api.get('/loadbalancers', { headers: { accept } });
    expect(answer.status).toBe(status);
    if (status === 406) {
      expect(answer.body).toEqual({
        code: 406,
        title: 'Not Acceptable',
        description: 'Only content type application/json is accepted.',
      });
    }
  });

  it('writes JSON as Python does', async () => {
    const name = 'Zoë "x"';
    const { id } = await api.loadBalancer({ name, tags: ['a', 'b'] });

    const { text } = await api.get(`/loadbalancers/${id}?fields=name&fields=tags&fields=listeners`);

    expect(text).toBe(
      String.raw`{"loadbalancer": {"name": "Zo\u00eb \"x\"", "listeners": [], "tags": ["a", "b"]}}`,
    );
  });

  it('answers deletes with an empty body', async () => {
    const { id } = await api.loadBalancer();
    const { status, headers, text } = await api.remove(`/loadbalancers/${id}`);
    expect(status).toBe(204);
    expect(text).toBe('');
    expect(headers.get('content-type')).toBeNull();
  });

  it('says whether it is well', async () => {
    const { status, text } = await api.get('~/healthcheck', { token: null });
    expect([status, text]).toEqual([200, 'OK']);
  });
});

describe('attribute order', () => {
  it('is that of the reference, tenant_id last', async () => {
    const created = await api.post('/loadbalancers', {
      loadbalancer: { vip_subnet_id: api.network.subnetId },
    });
    const shown = await api.get(`/loadbalancers/${created.item.id}`);

    const rest = ['provider', 'flavor_id', 'vip_qos_policy_id', 'tags', 'availability_zone'];
    const head = [
      ...['id', 'name', 'description', 'provisioning_status', 'operating_status'],
      ...['admin_state_up', 'project_id', 'created_at', 'updated_at', 'vip_address'],
      ...['vip_port_id', 'vip_subnet_id', 'vip_network_id', 'vip_sg_ids', 'additional_vips'],
    ];
    const tail = [...rest, 'vip_vnic_type', 'tenant_id'];
    expect(Object.keys(created.item)).toEqual(['listeners', 'pools', ...head, ...tail]);
    expect(Object.keys(shown.item)).toEqual([...head, 'listeners', 'pools', ...tail]);
    expect(created.item).toMatchObject({ tenant_id: TENANT, updated_at: null });
    expect(created.item.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    await api.settled();
  });
});
