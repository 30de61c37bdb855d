import { systemClock, type Clock } from '@f5-lbaas/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, columnAt, listAt } from './support/json.ts';
import { passwordAuth, standInsUnderTest, type StandInsUnderTest } from './support/stand-ins.ts';

describe('the lab Keystone', () => {
  let lab: StandInsUnderTest;
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => Date.now() + aheadMs };
  beforeEach(() => {
    aheadMs = 0;
    lab = standInsUnderTest(clock);
  });
  afterEach(() => lab.close());

  const authenticate = (body: unknown) => lab.keystone('POST', '/v3/auth/tokens', { body });

  it('issues a token on a project with roles and catalog', async () => {
    const answer = await authenticate(passwordAuth(lab.directory, 'lab', 'lab'));

    expect(answer.status).toBe(201);
    expect(at(answer.body, 'token.project.name')).toBe('lab');
    const roles = columnAt(answer.body, 'token.roles', 'name').sort();
    expect(roles).toEqual(['load-balancer_member', 'member', 'reader']);
    const types = columnAt(answer.body, 'token.catalog', 'type');
    expect(types).toEqual(['identity', 'network', 'load-balancer', 'key-manager']);
  });

  it('issues an unscoped token, and exchanges it for a scoped one that ends no later', async () => {
    const unscoped = await authenticate(passwordAuth(lab.directory, 'lab'));
    const id = unscoped.headers['x-subject-token'];
    const project = { name: 'lab', domain: { name: 'Default' } };

    const scoped = await authenticate({
      auth: { identity: { methods: ['token'], token: { id } }, scope: { project } },
    });

    expect(at(unscoped.body, 'token.project')).toBeUndefined();
    expect(at(scoped.body, 'token.project.name')).toBe('lab');
    expect(at(scoped.body, 'token.methods')).toEqual(['password', 'token']);
    expect(at(scoped.body, 'token.expires_at')).toBe(at(unscoped.body, 'token.expires_at'));
  });

  it.each([
    ['a wrong password', 'lab', 'lab', 'wrong'],
    ['a project that the user has no role on', 'lab', 'lab-other', undefined],
    ['a project that is not there', 'lab', 'nowhere', undefined],
  ])('refuses %s without saying what was wrong', async (_what, user, project, password) => {
    const answer = await authenticate(passwordAuth(lab.directory, user, project, password));

    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error: {
        code: 401,
        title: 'Unauthorized',
        message: 'The request you have made requires authentication.',
      },
    });
    expect(answer.headers['www-authenticate']).toMatch(/^Keystone uri="http/);
  });

  it('validates tokens for services, before and after a restart', async () => {
    const service = await lab.tokenOf('lbaas', 'service');
    const subject = await lab.tokenOf('lab');
    lab.restart();

    const shown = await lab.keystone('GET', '/v3/auth/tokens', { token: service, subject });
    const head = await lab.keystone('HEAD', '/v3/auth/tokens', { token: service, subject });

    expect(shown.status).toBe(200);
    expect(shown.headers['x-subject-token']).toBe(subject);
    expect(at(shown.body, 'token.user.name')).toBe('lab');
    expect(head.status).toBe(200);
  });

  it('does not let tenants validate the tokens of others', async () => {
    const token = await lab.tokenOf('lab-other');
    const subject = await lab.tokenOf('lab');

    const answer = await lab.keystone('GET', '/v3/auth/tokens', { token, subject });

    expect(answer.status).toBe(403);
  });

  it('does not know a token that has expired, was revoked or was tampered with', async () => {
    const token = await lab.tokenOf('admin');
    const revoked = await lab.tokenOf('lab');
    await lab.keystone('DELETE', '/v3/auth/tokens', { token, subject: revoked });
    lab.restart();
    const validate = async (subject: string) =>
      (await lab.keystone('GET', '/v3/auth/tokens', { token, subject })).status;

    expect(await validate(revoked)).toBe(404);
    expect(await validate(`x${await lab.tokenOf('lab')}`)).toBe(404);
    expect(await validate('nonsense')).toBe(404);
    aheadMs = 3_600_001;
    expect(await validate(token)).toBe(401);
  });

  it('lists projects, users and role assignments to administrators only', async () => {
    const token = await lab.tokenOf('admin');
    const tenant = await lab.tokenOf('lab');

    const projects = await lab.keystone('GET', '/v3/projects?name=lab-other', { token });
    const users = await lab.keystone('GET', '/v3/users', { token });
    const assignments = await lab.keystone('GET', '/v3/role_assignments?include_names', { token });

    expect(listAt(projects.body, 'projects')).toHaveLength(1);
    expect(listAt(users.body, 'users').length).toBeGreaterThan(3);
    expect(JSON.stringify(users.body)).not.toContain('"password"');
    expect(at(assignments.body, 'role_assignments.0.user.name')).toBe('admin');
    for (const path of ['projects', 'users', 'role_assignments', 'services']) {
      expect((await lab.keystone('GET', `/v3/${path}`, { token: tenant })).status).toBe(403);
    }
    const own = await lab.keystone('GET', '/v3/auth/projects', { token: tenant });
    expect(columnAt(own.body, 'projects', 'name')).toEqual(['lab']);
  });
});
