// Quotas, providers, and which roles may do what, in every mode.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PolicyMode } from '../../src/index.ts';
import { furnish, type Furnished } from './support/furnished.ts';
import { OTHER, startApi, TENANT, type StartedApi } from './support/started-api.ts';

describe('rights', () => {
  let api: StartedApi;
  let f: Furnished;
  beforeAll(async () => {
    api = await startApi();
    f = await furnish(api);
  });
  afterAll(() => api.stop());

  const one = (): string[] => [
    `/loadbalancers/${f.lb.id}`,
    `/loadbalancers/${f.lb.id}/status`,
    `/loadbalancers/${f.lb.id}/statuses`,
    `/loadbalancers/${f.lb.id}/stats`,
    `/listeners/${f.http.id}`,
    `/listeners/${f.http.id}/stats`,
    `/pools/${f.pool.id}`,
    `/pools/${f.pool.id}/members`,
    `/pools/${f.pool.id}/members/${f.member.id}`,
    `/healthmonitors/${f.monitor.id}`,
    `/l7policies/${f.policy.id}`,
    `/l7policies/${f.policy.id}/rules`,
    `/l7policies/${f.policy.id}/rules/${f.rule.id}`,
  ];

  it.each([
    ['tenant', 200],
    ['reader', 200],
    ['observer', 200],
    ['lb-member', 200],
    ['global', 200],
    ['admin', 200],
    ['other', 403],
    ['nobody', 403],
    ['quota-admin', 403],
  ])('%s reading each object gets %i', async (token, status) => {
    for (const path of one()) {
      expect((await api.get(path, { token })).status, path).toBe(status);
    }
  });

  it.each(['other', 'reader', 'observer', 'global', 'nobody'])(
    '%s changes nothing',
    async (token) => {
      const members = `/pools/${f.pool.id}/members`;
      const rules = `/l7policies/${f.policy.id}/rules`;
      const writes: [string, string, object?][] = [
        ['PUT', `/loadbalancers/${f.lb.id}`, { loadbalancer: {} }],
        ['PUT', `/loadbalancers/${f.lb.id}/failover`],
        ['DELETE', `/loadbalancers/${f.lb.id}?cascade=true`],
        [
          'POST',
          '/listeners',
          { listener: { loadbalancer_id: f.lb.id, protocol: 'TCP', protocol_port: 1 } },
        ],
        ['PUT', `/listeners/${f.http.id}`, { listener: {} }],
        ['DELETE', `/listeners/${f.http.id}`],
        [
          'POST',
          '/pools',
          { pool: { loadbalancer_id: f.lb.id, protocol: 'TCP', lb_algorithm: 'SOURCE_IP' } },
        ],
        ['PUT', `/pools/${f.pool.id}`, { pool: {} }],
        ['DELETE', `/pools/${f.pool.id}`],
        ['POST', members, { member: { address: '10.0.0.1', protocol_port: 1 } }],
        ['PUT', members, { members: [] }],
        ['PUT', `${members}/${f.member.id}`, { member: {} }],
        ['DELETE', `${members}/${f.member.id}`],
        [
          'POST',
          '/healthmonitors',
          {
            healthmonitor: {
              pool_id: f.spare.id,
              type: 'TCP',
              delay: 1,
              timeout: 1,
              max_retries: 1,
            },
          },
        ],
        ['PUT', `/healthmonitors/${f.monitor.id}`, { healthmonitor: {} }],
        ['DELETE', `/healthmonitors/${f.monitor.id}`],
        ['POST', '/l7policies', { l7policy: { listener_id: f.http.id, action: 'REJECT' } }],
        ['PUT', `/l7policies/${f.policy.id}`, { l7policy: { name: 'x' } }],
        ['DELETE', `/l7policies/${f.policy.id}`],
        ['POST', rules, { rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/' } }],
        ['PUT', `${rules}/${f.rule.id}`, { rule: {} }],
        ['DELETE', `${rules}/${f.rule.id}`],
      ];
      for (const [method, path, body] of writes) {
        const reply = await api.send(method, path, { token, ...(body ? { body } : {}) });
        expect(reply.status, `${method} ${path}`).toBe(403);
      }
      expect((await api.get(`/loadbalancers/${f.lb.id}`)).item.provisioning_status).toBe('ACTIVE');
    },
  );

  it('lets an admin make load balancers for others', async () => {
    const { status, item } = await api.post(
      '/loadbalancers',
      { loadbalancer: { vip_subnet_id: api.network.subnetId, tenant_id: TENANT } },
      { token: 'admin' },
    );
    expect(status).toBe(201);
    expect(item).toMatchObject({ project_id: TENANT, tenant_id: TENANT });
    await api.settled();
  });

  it('needs a project', async () => {
    const { body } = await api.post('/loadbalancers', { loadbalancer: {} }, { token: 'unscoped' });
    expect(body).toMatchObject({
      faultstring:
        'Validation failure: Missing project ID in request where one is required. An administrator should check the keystone settings in the Octavia configuration.',
    });
  });
});

describe('policy modes', () => {
  it.each<[PolicyMode, Record<string, [read: number, write: number]>]>([
    [
      'default',
      { tenant: [200, 404], 'lb-member': [200, 404], reader: [200, 403], nobody: [403, 403] },
    ],
    [
      'advanced',
      { tenant: [403, 403], 'lb-member': [200, 404], reader: [403, 403], observer: [200, 403] },
    ],
    [
      'keystone',
      { tenant: [200, 404], 'lb-member': [403, 403], observer: [403, 403], admin: [200, 404] },
    ],
    [
      'admin-or-owner',
      { tenant: [200, 404], nobody: [200, 404], admin: [200, 404], unscoped: [403, 400] },
    ],
  ])('%s', async (policyMode, expected) => {
    const api = await startApi({ policyMode });
    for (const [token, statuses] of Object.entries(expected)) {
      const read = await api.get('/loadbalancers', { token });
      // Allowed, the request fails later: there is no such subnet.
      const write = await api.post(
        '/loadbalancers',
        { loadbalancer: { vip_subnet_id: '00000000-0000-4000-8000-000000000000' } },
        { token },
      );
      const found = write.text.includes('Subnet') ? 404 : write.status;
      expect([read.status, found], token).toEqual(statuses);
    }
    await api.stop();
  });
});

describe('quotas', () => {
  let api: StartedApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());
  const admin = { token: 'quota-admin' };

  it('are shown with both spellings and the defaults filled in', async () => {
    const { text } = await api.get(`/quotas/${TENANT}`);
    expect(text).toBe(
      `{"quota": {"project_id": "${TENANT}", "loadbalancer": -1, "load_balancer": -1, ` +
        '"listener": -1, "member": -1, "pool": -1, "healthmonitor": -1, "health_monitor": -1, ' +
        `"l7policy": -1, "l7rule": -1, "tenant_id": "${TENANT}"}}`,
    );
    expect((await api.get(`/quotas/${TENANT}/default`)).item).toMatchObject({ pool: -1 });
  });

  it('are set, listed, applied and taken back', async () => {
    const set = await api.put(
      `/quotas/${TENANT}`,
      { quota: { load_balancer: 1, listener: 1, pool: 1, member: 1, health_monitor: 0 } },
      admin,
    );
    expect(set.status).toBe(202);
    expect(set.item).toMatchObject({ loadbalancer: 1, healthmonitor: 0, l7rule: -1 });
    expect((await api.get('/quotas', admin)).items).toMatchObject([{ project_id: TENANT }]);
    expect((await api.get('/quotas', { token: 'tenant' })).items).toHaveLength(1);
    expect((await api.get('/quotas', { token: 'other' })).items).toEqual([]);

    const lb = await api.loadBalancer({
      listeners: [{ protocol: 'HTTP', protocol_port: 80 }],
      pools: [
        {
          name: 'p',
          protocol: 'HTTP',
          lb_algorithm: 'ROUND_ROBIN',
          members: [{ address: '10.9.0.1', protocol_port: 80 }],
        },
      ],
    });
    const [pool] = (await api.get('/pools')).items;
    const ports = api.network.ports.size;
    const refused: [string, string, object][] = [
      [
        'Load Balancer',
        '/loadbalancers',
        { loadbalancer: { vip_subnet_id: api.network.subnetId } },
      ],
      [
        'Listener',
        '/listeners',
        { listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 1 } },
      ],
      [
        'Pool',
        '/pools',
        { pool: { loadbalancer_id: lb.id, protocol: 'TCP', lb_algorithm: 'SOURCE_IP' } },
      ],
      [
        'Member',
        `/pools/${pool!.id}/members`,
        { member: { address: '10.9.0.2', protocol_port: 1 } },
      ],
      [
        'Health Monitor',
        '/healthmonitors',
        { healthmonitor: { pool_id: pool!.id, type: 'TCP', delay: 1, timeout: 1, max_retries: 1 } },
      ],
    ];
    for (const [resource, path, body] of refused) {
      const reply = await api.post(path, body);
      expect(reply.status).toBe(403);
      expect(reply.body).toMatchObject({
        faultstring: `Quota has been met for resources: ${resource}`,
      });
    }
    expect(api.network.ports.size).toBe(ports);
    const swap = { members: [{ address: '10.9.0.9', protocol_port: 1 }] };
    expect((await api.put(`/pools/${pool!.id}/members`, swap)).status).toBe(202);
    await api.settled();

    expect((await api.put(`/quotas/${TENANT}`, { quota: { pool: null } }, admin)).item.pool).toBe(
      -1,
    );
    const removed = await api.remove(`/quotas/${TENANT}`, admin);
    expect([removed.status, removed.text]).toEqual([202, '']);
    const again = await api.remove(`/quotas/${TENANT}`, admin);
    expect(again.status).toBe(404);
    expect(again.body).toMatchObject({ faultstring: `Quotas ${TENANT} not found.` });
  });

  it('are nobody else’s business', async () => {
    expect((await api.get(`/quotas/${OTHER}`)).status).toBe(403);
    expect((await api.put(`/quotas/${TENANT}`, { quota: {} })).status).toBe(403);
    const bad = await api.put(`/quotas/${TENANT}`, { quota: { pool: -2 } }, admin);
    expect(bad.body).toMatchObject({
      faultstring:
        "Invalid input for field/attribute pool. Value: '-2'. Value should be greater or equal to -1",
    });
  });

  it('hold under concurrent creates', async () => {
    await api.put(`/quotas/${OTHER}`, { quota: { loadbalancer: 3 } }, { token: 'admin' });
    const ports = api.network.ports.size;
    const replies = await Promise.all(
      Array.from({ length: 8 }, () =>
        api.post(
          '/loadbalancers',
          { loadbalancer: { vip_subnet_id: api.network.subnetId } },
          { token: 'other' },
        ),
      ),
    );
    expect(replies.map((reply) => reply.status).sort()).toEqual([
      ...Array<number>(3).fill(201),
      ...Array<number>(5).fill(403),
    ]);
    expect(api.network.ports.size).toBe(ports + 3);
    await api.settled();
  });
});

describe('providers', () => {
  it('are listed; their capabilities are for admins', async () => {
    const api = await startApi();
    expect((await api.get('/providers?unknown=1')).items).toEqual([
      { name: 'f5networks', description: 'The F5 BIG-IP driver.' },
    ]);
    expect((await api.get('/providers?fields=name')).items).toEqual([{ name: 'f5networks' }]);
    for (const kind of ['flavor_capabilities', 'availability_zone_capabilities']) {
      expect((await api.get(`/providers/f5networks/${kind}`)).status).toBe(403);
      const { body } = await api.get(`/providers/f5networks/${kind}`, { token: 'admin' });
      expect(body).toEqual({ [kind]: [] });
      expect((await api.get(`/providers/nginx/${kind}`, { token: 'admin' })).status).toBe(400);
    }
    await api.stop();
  });
});
