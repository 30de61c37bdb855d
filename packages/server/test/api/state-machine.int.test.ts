// Who may change what in which state, and what everything becomes when a change is accepted.
import type { ResourceKind } from '@f5-lbaas/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { furnish, type Furnished } from './support/furnished.ts';
import { startApi, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
let f: Furnished;
beforeEach(async () => {
  api = await startApi();
  f = await furnish(api);
});
afterEach(() => api.stop());

const batch = { members: [{ address: '10.9.0.1', protocol_port: 8080 }] };

/** Every change below a load balancer: method, path, body, and the objects that wait for it. */
function changes(): [string, string, string, object | undefined, Record<string, string>][] {
  const { lb, http, tcp, pool, spare, member, monitor, policy, rule } = f;
  const lbPending = { [lb.id]: 'PENDING_UPDATE' };
  const poolPending = {
    ...lbPending,
    [pool.id]: 'PENDING_UPDATE',
    [http.id]: 'PENDING_UPDATE',
  };
  const policyPending = { ...lbPending, [http.id]: 'PENDING_UPDATE' };
  const members = `/pools/${pool.id}/members`;
  const rules = `/l7policies/${policy.id}/rules`;
  const listener = { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 99 };
  const another = { loadbalancer_id: lb.id, protocol: 'HTTP', lb_algorithm: 'SOURCE_IP' };
  return [
    ['POST', '/listeners', 'listener', { listener }, lbPending],
    [
      'PUT',
      `/listeners/${http.id}`,
      'listener',
      { listener: {} },
      { ...lbPending, [http.id]: 'PENDING_UPDATE' },
    ],
    ['DELETE', `/listeners/${tcp.id}`, '', undefined, { ...lbPending, [tcp.id]: 'PENDING_DELETE' }],
    ['POST', '/pools', 'pool', { pool: another }, lbPending],
    [
      'POST',
      '/pools',
      'pool',
      { pool: { listener_id: tcp.id, protocol: 'TCP', lb_algorithm: 'SOURCE_IP' } },
      { ...lbPending, [tcp.id]: 'PENDING_UPDATE' },
    ],
    ['PUT', `/pools/${pool.id}`, 'pool', { pool: {} }, poolPending],
    // Reached through an L7 policy with a rule.
    [
      'PUT',
      `/pools/${spare.id}`,
      'pool',
      { pool: {} },
      { ...lbPending, [spare.id]: 'PENDING_UPDATE', [http.id]: 'PENDING_UPDATE' },
    ],
    ['DELETE', `/pools/${pool.id}`, '', undefined, { ...poolPending, [pool.id]: 'PENDING_DELETE' }],
    ['POST', members, 'member', { member: { address: '10.9.0.2', protocol_port: 1 } }, poolPending],
    [
      'PUT',
      `${members}/${member.id}`,
      'member',
      { member: {} },
      { ...poolPending, [member.id]: 'PENDING_UPDATE' },
    ],
    [
      'DELETE',
      `${members}/${member.id}`,
      '',
      undefined,
      { ...poolPending, [member.id]: 'PENDING_DELETE' },
    ],
    ['PUT', members, '', batch, { ...poolPending, [member.id]: 'PENDING_UPDATE' }],
    [
      'POST',
      '/healthmonitors',
      'healthmonitor',
      { healthmonitor: { pool_id: spare.id, type: 'TCP', delay: 1, timeout: 1, max_retries: 1 } },
      { ...lbPending, [spare.id]: 'PENDING_UPDATE', [http.id]: 'PENDING_UPDATE' },
    ],
    [
      'PUT',
      `/healthmonitors/${monitor.id}`,
      'healthmonitor',
      { healthmonitor: {} },
      { ...poolPending, [monitor.id]: 'PENDING_UPDATE' },
    ],
    [
      'DELETE',
      `/healthmonitors/${monitor.id}`,
      '',
      undefined,
      { ...poolPending, [monitor.id]: 'PENDING_DELETE' },
    ],
    [
      'POST',
      '/l7policies',
      'l7policy',
      { l7policy: { listener_id: http.id, action: 'REJECT' } },
      policyPending,
    ],
    [
      'PUT',
      `/l7policies/${policy.id}`,
      'l7policy',
      { l7policy: { name: 'x' } },
      { ...policyPending, [policy.id]: 'PENDING_UPDATE' },
    ],
    [
      'DELETE',
      `/l7policies/${policy.id}`,
      '',
      undefined,
      { ...policyPending, [policy.id]: 'PENDING_DELETE' },
    ],
    [
      'POST',
      rules,
      'rule',
      { rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/y' } },
      { ...policyPending, [policy.id]: 'PENDING_UPDATE' },
    ],
    [
      'PUT',
      `${rules}/${rule.id}`,
      'rule',
      { rule: {} },
      { ...policyPending, [policy.id]: 'PENDING_UPDATE', [rule.id]: 'PENDING_UPDATE' },
    ],
    [
      'DELETE',
      `${rules}/${rule.id}`,
      '',
      undefined,
      { ...policyPending, [policy.id]: 'PENDING_UPDATE', [rule.id]: 'PENDING_DELETE' },
    ],
  ];
}

async function pendingStatuses(): Promise<Record<string, string>> {
  const kinds: ResourceKind[] = [
    ...(['loadbalancers', 'listeners', 'pools', 'members'] as const),
    ...(['healthmonitors', 'l7policies', 'l7rules'] as const),
  ];
  const rows = await Promise.all(kinds.map((kind) => api.storage.read.resource(kind).list()));
  const pending = rows.flat().filter((row) => row.provisioning_status.startsWith('PENDING'));
  return Object.fromEntries(pending.map((row) => [row.id, row.provisioning_status]));
}

describe('an ACTIVE load balancer', () => {
  it('accepts every change, which then waits with all that it touches', async () => {
    const accepted: Record<string, number> = { POST: 201, PUT: 200, DELETE: 204 };
    for (let index = 0; index < changes().length; index += 1) {
      // The change before may have removed what this one needs.
      await api.remove(`/loadbalancers/${f.lb.id}?cascade=true`);
      await api.settled();
      f = await furnish(api);
      const [method, path, wrapper, body, waiting] = changes()[index]!;
      api.agent.holding = true;

      const reply = await api.send(method, path, body === undefined ? {} : { body });

      expect(reply.status, `${method} ${path}: ${reply.text}`).toBe(
        wrapper === '' && method === 'PUT' ? 202 : accepted[method],
      );
      const created =
        method === 'POST' ? { [reply.item.id]: 'PENDING_CREATE' } : ({} as Record<string, string>);
      expect(await pendingStatuses(), `${method} ${path}`).toEqual({ ...waiting, ...created });
      if (wrapper !== '') {
        expect(reply.item.provisioning_status).toBe(
          method === 'POST' ? 'PENDING_CREATE' : 'PENDING_UPDATE',
        );
      }
      await api.restoreActive();
      api.agent.holding = false;
    }
  }, 60_000);
});

describe('a load balancer with a change under way', () => {
  it('refuses every other change with the right object in the sentence', async () => {
    api.agent.holding = true;
    const first = await api.put(`/listeners/${f.tcp.id}`, { listener: { name: 'busy' } });
    expect(first.status).toBe(200);

    for (const [method, path, , body] of changes()) {
      const { status, body: fault } = await api.send(method, path, body ? { body } : {});

      expect(status, `${method} ${path}`).toBe(409);
      expect(fault).toEqual({
        faultcode: 'Client',
        faultstring: `Load Balancer ${f.lb.id} is immutable and cannot be updated.`,
        debuginfo: null,
      });
    }
    for (const [method, suffix, token] of [
      ['PUT', '', 'tenant'],
      ['DELETE', '', 'tenant'],
      ['PUT', '/failover', 'admin'],
    ] as const) {
      const body = method === 'PUT' ? { loadbalancer: {} } : undefined;
      const path = `/loadbalancers/${f.lb.id}${suffix}${method === 'DELETE' ? '?cascade=1' : ''}`;
      const reply = await api.send(method, path, { token, ...(body ? { body } : {}) });

      expect(reply.status).toBe(409);
      expect(reply.body).toMatchObject({
        faultstring: `Invalid state PENDING_UPDATE of loadbalancer resource ${f.lb.id}`,
      });
    }
  });

  it('names a busy pool or policy before the load balancer', async () => {
    api.agent.holding = true;
    await api.put(`/pools/${f.pool.id}`, { pool: { name: 'busy' } });
    const member = await api.remove(`/pools/${f.pool.id}/members/${f.member.id}`);
    expect(member.body).toMatchObject({
      faultstring: `Pool ${f.pool.id} is immutable and cannot be updated.`,
    });

    await api.restoreActive();
    await api.put(`/l7policies/${f.policy.id}`, { l7policy: { name: 'busy' } });
    const rule = await api.remove(`/l7policies/${f.policy.id}/rules/${f.rule.id}`);
    expect(rule.body).toMatchObject({
      faultstring: `L7Policy ${f.policy.id} is immutable and cannot be updated.`,
    });
  });
});

describe('a load balancer in ERROR', () => {
  it('accepts only deletion and failover', async () => {
    await api.storage.read.loadbalancers.update(f.lb.id, { provisioning_status: 'ERROR' });
    const path = `/loadbalancers/${f.lb.id}`;

    const update = await api.put(path, { loadbalancer: { name: 'x' } });
    const child = await api.put(`/listeners/${f.http.id}`, { listener: { name: 'x' } });

    expect(update.body).toMatchObject({
      faultstring: `Invalid state ERROR of loadbalancer resource ${f.lb.id}`,
    });
    expect(child.status).toBe(409);
    expect((await api.put(`${path}/failover`, {}, { token: 'admin' })).status).toBe(202);
    await api.settled();
    expect((await api.get(path)).item.provisioning_status).toBe('ACTIVE');
    await api.storage.read.loadbalancers.update(f.lb.id, { provisioning_status: 'ERROR' });
    expect((await api.remove(`${path}?cascade=yes`)).status).toBe(204);
  });

  it('comes from a failed child without blocking its siblings', async () => {
    api.agent.failing.add(f.member.id);
    await api.put(`/pools/${f.pool.id}/members/${f.member.id}`, { member: { weight: 3 } });
    await api.settled();

    const shown = await api.get(`/pools/${f.pool.id}/members/${f.member.id}`);
    expect(shown.item.provisioning_status).toBe('ERROR');
    api.agent.failing.clear();
    const again = await api.put(`/pools/${f.pool.id}/members/${f.member.id}`, {
      member: { weight: 4 },
    });
    expect(again.status).toBe(200);
    await api.settled();
    const healed = await api.get(`/pools/${f.pool.id}/members/${f.member.id}`);
    expect(healed.item).toMatchObject({ provisioning_status: 'ACTIVE', weight: 4 });
  });
});

describe('concurrent changes of one load balancer', () => {
  it('are accepted one at a time', async () => {
    api.agent.holding = true;
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        api.post('/listeners', {
          listener: { loadbalancer_id: f.lb.id, protocol: 'TCP', protocol_port: 1000 + index },
        }),
      ),
    );
    expect(replies.map((reply) => reply.status).sort()).toEqual([
      201,
      ...Array<number>(7).fill(409),
    ]);
  });
});
