// The operator's API: reasons of ERROR, what is pending, and for whom it is.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { furnish, type Furnished } from './support/furnished.ts';
import { OTHER, startApi, TENANT, type Reply, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
let f: Furnished;
beforeAll(async () => {
  api = await startApi();
  f = await furnish(api);
});
beforeEach(async () => {
  api.agent.holding = false;
  api.agent.failing.clear();
  await api.restoreActive();
});
afterAll(() => api.stop());

const ask = (path: string, token: string | null = 'admin', root = ''): Promise<Reply> =>
  api.get(`~${root}/operator/v1${path}`, { token });

/** As an agent's report leaves them; the agent's words for it are `told to fail`. */
async function failing(...ids: string[]): Promise<void> {
  ids.forEach((id) => api.agent.failing.add(id));
  await api.put(`/pools/${f.pool.id}`, { pool: { name: 'changed' } });
  await api.settled();
}

describe('a load balancer', () => {
  it('shows revision, agent and what is not ACTIVE below it, with the reason', async () => {
    await failing(f.pool.id);

    const { status, body } = await ask(`/loadbalancers/${f.lb.id}`);

    expect(status).toBe(200);
    const row = await api.storage.read.loadbalancers.get(f.lb.id);
    expect(body).toEqual({
      loadbalancer: {
        ...{ id: f.lb.id, name: 'furnished', project_id: TENANT, provider: row.provider },
        ...{ provisioning_status: 'ACTIVE', operating_status: row.operating_status, reason: null },
        ...{ revision: row.revision, applied_revision: row.revision },
        ...{ pending_since: null, notified_at: row.notified_at, delete_requested: false },
        updated_at: row.updated_at,
        agent: {
          id: expect.any(String) as string,
          ...{ host: 'agent-1', alive: true, admin_state_up: true },
          heartbeat_timestamp: expect.any(String) as string,
        },
        objects: [
          {
            ...{ kind: 'pools', id: f.pool.id, name: 'changed' },
            ...{ provisioning_status: 'ERROR', reason: 'told to fail' },
            operating_status: expect.any(String) as string,
            ...{ revision: row.revision, delete_requested: false },
            updated_at: expect.any(String) as string,
          },
        ],
      },
    });
  });

  it('shows since when it is pending, and for which revision', async () => {
    api.agent.holding = true;
    const before = await api.storage.read.loadbalancers.get(f.lb.id);
    await api.remove(`/listeners/${f.tcp.id}`);

    const { item } = await ask(`/loadbalancers/${f.lb.id}`);

    expect(item).toMatchObject({
      provisioning_status: 'PENDING_UPDATE',
      pending_since: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      ...{ revision: before.revision + 1, applied_revision: before.revision },
      objects: [{ kind: 'listeners', id: f.tcp.id, delete_requested: true, reason: null }],
    });
  });

  it('that is not there is not found', async () => {
    const { status, body } = await ask('/loadbalancers/nope');

    expect(status).toBe(404);
    expect(body).toEqual({ error: { code: 404, message: "There is no load balancer 'nope'." } });
  });
});

describe('errors', () => {
  it('are those of all projects, the newest first, as many as asked for', async () => {
    expect((await ask('/errors')).body).toEqual({ errors: [], is_truncated: false });
    await failing(f.pool.id);
    await api.storage.read.members.update(f.member.id, {
      ...{ provisioning_status: 'ERROR', status_reason: '01070734:3: no', project_id: OTHER },
      updated_at: '2026-01-01T00:00:00.000Z',
    });

    const { body } = await ask('/errors');
    expect(body).toMatchObject({
      errors: [
        {
          ...{ kind: 'pools', id: f.pool.id, name: 'changed', reason: 'told to fail' },
          ...{ loadbalancer_id: f.lb.id, project_id: TENANT },
        },
        {
          ...{ kind: 'members', id: f.member.id, reason: '01070734:3: no' },
          ...{ loadbalancer_id: f.lb.id, project_id: OTHER },
        },
      ],
      is_truncated: false,
    });
    expect((await ask('/errors?limit=1')).body).toMatchObject({
      errors: [{ id: f.pool.id }],
      is_truncated: true,
    });
    await api.storage.read.members.update(f.member.id, { project_id: TENANT });
  });

  it.each(['0', '1001', '-1', 'many', ''])('refuse a limit of %j', async (limit) => {
    const { status, body } = await ask(`/errors?limit=${limit}`);

    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { message: expect.stringContaining('limit') as string } });
  });
});

describe('who may ask', () => {
  const PATHS = ['/errors', '/loadbalancers/x'];

  it.each([
    ['tenant', 403],
    ['other', 403],
    ['reader', 403],
    ['observer', 403],
    ['lb-member', 403],
    ['global', 403],
    ['quota-admin', 403],
    ['nobody', 403],
    ['unscoped', 403],
    ['forged', 401],
    [null, 401],
  ])('%s gets %i, whether or not there is something', async (token, status) => {
    for (const path of [...PATHS, `/loadbalancers/${f.lb.id}`]) {
      const reply = await ask(path, token);
      expect(reply.status, path).toBe(status);
      expect(reply.text).not.toContain('furnished');
      if (status === 401) expect(reply.headers.get('www-authenticate')).toContain('Keystone');
    }
  });

  it('is found behind the mount of the load balancing API, and nowhere among its resources', async () => {
    expect((await ask('/errors', 'admin', '/load-balancer')).status).toBe(200);
    expect((await api.get('/errors', { token: 'admin' })).status).toBe(404);
    expect((await api.post('~/operator/v1/errors', {}, { token: 'admin' })).status).toBe(404);
  });
});
