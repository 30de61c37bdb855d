// The contract of Storage, the same on every database.
import fc from 'fast-check';
import {
  aHealthMonitorRow,
  aListenerRow,
  aLoadBalancerRow,
  aMemberRow,
  anL7PolicyRow,
  anL7RuleRow,
  aPoolRow,
} from '@f5-lbaas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentRow, Storage } from '../src/index.ts';
import { databaseKinds, type TestDatabase } from './databases.ts';

function anAgentRow(given: Partial<AgentRow> = {}): AgentRow {
  const id = crypto.randomUUID();
  return {
    id,
    agent_type: 'Loadbalancerv2 agent',
    binary: 'f5-oslbaasv2-agent',
    host: `host:${id}`,
    topic: 'f5-lbaasv2-process-on-agent',
    admin_state_up: true,
    disabled_by_agent: false,
    configurations: { environment_prefix: 'Project', nested: { list: [1, 'zwei'] } },
    created_at: '2026-01-01T00:00:00.000Z',
    started_at: '2026-01-01T00:00:00.000Z',
    heartbeat_timestamp: '2026-01-01T00:00:00.000Z',
    ...given,
  };
}

const project = () => `project-${crypto.randomUUID()}`;
const kinds = await databaseKinds();

for (const kind of kinds) {
  const title = kind.skip === undefined ? kind.name : `${kind.name}: skipped, ${kind.skip}`;
  describe.skipIf(kind.skip !== undefined)(title, () => {
    let database: TestDatabase;
    let storage: Storage;

    beforeAll(async () => {
      database = await kind.create();
      storage = await database.open();
      await storage.migrate();
    });

    afterAll(async () => {
      await storage.close();
      await database.drop();
    });

    const insert = (...rows: ReturnType<typeof aLoadBalancerRow>[]) =>
      storage.transaction(async (repositories) => {
        for (const row of rows) await repositories.loadbalancers.insert(row);
      });

    it('migrates again, and in several processes at once, without harm', async () => {
      const other = await database.open();

      await Promise.all([storage.migrate(), other.migrate(), storage.migrate()]);

      await other.close();
    });

    it('keeps what only LBaaS v1 knows, as long as what it is about', async () => {
      const lb = aLoadBalancerRow();
      const pool = aPoolRow({ loadbalancer_id: lb.id });
      const probe = aHealthMonitorRow({ loadbalancer_id: lb.id, pool_id: pool.id });
      const [monitorId, portId] = [crypto.randomUUID(), crypto.randomUUID()];
      const monitor = {
        id: monitorId,
        project_id: project(),
        type: 'HTTP' as const,
        delay: 5,
        timeout: 3,
        max_retries: 2,
        http_method: 'GET',
        url_path: '/',
        expected_codes: '200',
        admin_state_up: false,
        created_at: '2026-01-01T00:00:00.000Z',
      };
      const known = { pool_id: pool.id, subnet_id: 's', owns_loadbalancer: true };
      const release = { port_id: portId, loadbalancer_id: lb.id, revision: 4_000_000_000 };
      await storage.transaction(async (r) => {
        await r.loadbalancers.insert(lb);
        await r.pools.insert(pool);
        await r.healthmonitors.insert(probe);
        await r.v1Pools.insert(known);
        await r.v1Monitors.insert(monitor);
        await r.v1Associations.insert({ healthmonitor_id: probe.id, monitor_id: monitorId });
        await r.portReleases.insert(release);
      });
      const { read } = storage;

      expect(await read.v1Pools.find(pool.id)).toEqual(known);
      expect(await read.v1Monitors.list({ project_id: monitor.project_id })).toEqual([monitor]);
      expect(await read.portReleases.list({ loadbalancer_id: lb.id })).toEqual([release]);
      await storage.transaction(async (r) => {
        expect(await r.v1Monitors.lock(monitorId)).toEqual(monitor);
        await r.v1Monitors.update(monitorId, { delay: 9 });
        await expect(r.v1Monitors.find(monitorId)).resolves.toMatchObject({ delay: 9 });
        await r.loadbalancers.delete(lb.id);
      });
      expect(await read.v1Pools.find(pool.id)).toBeUndefined();
      expect(await read.v1Associations.list({ monitor_id: monitorId })).toEqual([]);
      expect(await read.v1Monitors.find(monitorId)).toBeDefined();
      // The port is still Neutron's to delete.
      expect(await read.portReleases.find(portId)).toEqual(release);
      await storage.transaction((r) => r.portReleases.delete(portId));
      expect(await read.portReleases.find(portId)).toBeUndefined();
    });

    it('keeps claims on VIP ports until they are settled', async () => {
      const claim = {
        id: crypto.randomUUID(),
        device_id: 'lb-1',
        user_port_id: null,
        abandoned: false,
        created_at: '2026-01-01T00:00:00.000Z',
      };
      await storage.transaction((r) => r.vipClaims.insert(claim));
      await storage.transaction(async (r) => {
        expect(await r.vipClaims.lock(claim.id)).toEqual(claim);
        await r.vipClaims.update(claim.id, { abandoned: true });
      });

      expect(await storage.read.vipClaims.find(claim.id)).toEqual({ ...claim, abandoned: true });
      await storage.transaction((r) => r.vipClaims.delete(claim.id));
      expect(await storage.read.vipClaims.find(claim.id)).toBeUndefined();
    });

    it('keeps the environments of providers, those of older load balancers as not known', async () => {
      const lb = aLoadBalancerRow({ provider: 'older' });
      await storage.transaction(async (r) => {
        await r.loadbalancers.insert(lb);
        await r.loadbalancers.insert(aLoadBalancerRow({ provider: 'older' }));
        await r.providerEnvironments.insert({ provider: 'gold', environment: 'Gold' });
        await r.providerEnvironments.update('gold', { environment: 'Gilt' });
      });
      expect(await storage.read.providerEnvironments.find('gold')).toEqual({
        provider: 'gold',
        environment: 'Gilt',
      });

      await database.execute('drop table provider_environments');
      await database.execute(
        "delete from schema_migrations where name = '0004-provider-environments'",
      );
      await storage.migrate();

      const rows = await storage.read.providerEnvironments.list();
      expect(rows).toContainEqual({ provider: 'older', environment: null });
      expect(rows.map(({ provider }) => provider)).not.toContain('gold');
    });

    it('lists the tenants of an agent, of all environments or of some', async () => {
      const mine = anAgentRow();
      const project_id = project();
      const bindings = ['Gold', 'Project'].map((environment) => ({
        ...{ project_id, environment },
        agent_id: mine.id,
      }));
      await storage.transaction(async (r) => {
        await r.agents.upsert(mine);
        for (const row of bindings) await r.tenantBindings.bind(row);
      });
      const { tenantBindings } = storage.read;

      expect(await tenantBindings.listByAgent(mine.id)).toEqual(bindings);
      expect(await tenantBindings.listByAgent(mine.id, ['Gold', 'Silver'])).toEqual([bindings[0]]);
      expect(await tenantBindings.listByAgent(mine.id, [])).toEqual([]);
    });

    it('answers every kind of row as it was stored', async () => {
      const lb = aLoadBalancerRow({
        vip_sg_ids: ['a', 'b'],
        additional_vips: [{ subnet_id: 's', ip_address: '2001:db8::1', port_id: null }],
        tags: ['zulu', 'alpha'],
        name: "Ünïcödé 🚀 ' ; --",
        revision: 4_000_000_000,
      });
      const pool = aPoolRow({
        loadbalancer_id: lb.id,
        session_persistence: {
          type: 'APP_COOKIE',
          cookie_name: 'SHOP',
          persistence_timeout: null,
          persistence_granularity: null,
        },
      });
      const listener = aListenerRow({
        loadbalancer_id: lb.id,
        default_pool_id: pool.id,
        insert_headers: { 'X-Forwarded-For': 'true' },
        tls_versions: ['TLSv1.2'],
        hsts_preload: true,
      });
      const member = aMemberRow({ loadbalancer_id: lb.id, pool_id: pool.id, backup: true });
      const monitor = aHealthMonitorRow({
        loadbalancer_id: lb.id,
        pool_id: pool.id,
        http_version: 1.1,
      });
      const policy = anL7PolicyRow({ loadbalancer_id: lb.id, listener_id: listener.id });
      const rule = anL7RuleRow({ loadbalancer_id: lb.id, l7policy_id: policy.id, invert: true });

      await storage.transaction(async (repositories) => {
        await repositories.loadbalancers.insert(lb);
        await repositories.pools.insert(pool);
        await repositories.listeners.insert(listener);
        await repositories.members.insert(member);
        await repositories.healthmonitors.insert(monitor);
        await repositories.l7policies.insert(policy);
        await repositories.l7rules.insert(rule);
      });

      expect(await storage.read.loadTree(lb.id)).toEqual({
        loadbalancer: lb,
        listeners: [listener],
        pools: [pool],
        members: [member],
        healthmonitors: [monitor],
        l7policies: [policy],
        l7rules: [rule],
      });
      expect(await storage.read.loadTree(crypto.randomUUID())).toBeUndefined();
    });

    it('deletes what is below a row with it, and lets go of what points to it', async () => {
      const lb = aLoadBalancerRow({ tags: ['t'] });
      const pool = aPoolRow({ loadbalancer_id: lb.id });
      const listener = aListenerRow({ loadbalancer_id: lb.id, default_pool_id: pool.id });
      const member = aMemberRow({ loadbalancer_id: lb.id, pool_id: pool.id, tags: ['x'] });
      await storage.transaction(async (repositories) => {
        await repositories.loadbalancers.insert(lb);
        await repositories.pools.insert(pool);
        await repositories.listeners.insert(listener);
        await repositories.members.insert(member);
      });

      await storage.transaction((repositories) => repositories.pools.delete(pool.id));

      expect((await storage.read.listeners.get(listener.id)).default_pool_id).toBeNull();
      expect(await storage.read.members.find(member.id)).toBeUndefined();

      await storage.transaction((repositories) => repositories.loadbalancers.delete(lb.id));
      await storage.transaction((repositories) => repositories.loadbalancers.delete(lb.id));
      expect(await storage.read.listeners.find(listener.id)).toBeUndefined();
    });

    it('says which row is missing, doubled, or refers to nothing', async () => {
      const lb = aLoadBalancerRow();
      await insert(lb);

      await expect(insert(lb)).rejects.toMatchObject({ kind: 'conflict', code: 'ERR_DUPLICATE' });
      await expect(storage.read.pools.get('nope')).rejects.toMatchObject({
        kind: 'not_found',
        code: 'ERR_NOT_FOUND',
        context: { kind: 'pools', id: 'nope' },
      });
      await expect(
        storage.transaction((r) => r.pools.update('nope', { name: 'x' })),
      ).rejects.toMatchObject({ kind: 'not_found' });
      await expect(
        storage.transaction((r) => r.pools.insert(aPoolRow({ loadbalancer_id: 'nope' }))),
      ).rejects.toMatchObject({ kind: 'conflict', code: 'ERR_REFERENCE' });
    });

    it('rolls a unit of work back as a whole', async () => {
      const lb = aLoadBalancerRow();

      await expect(
        storage.transaction(async (repositories) => {
          await repositories.loadbalancers.insert(lb);
          throw new Error('no');
        }),
      ).rejects.toThrow('no');

      expect(await storage.read.loadbalancers.find(lb.id)).toBeUndefined();
    });

    it('filters by attributes and by tags', async () => {
      const project_id = project();
      const a = aLoadBalancerRow({ project_id, name: 'a', tags: ['red', 'big'] });
      const b = aLoadBalancerRow({ project_id, name: 'B', tags: ['red'], admin_state_up: false });
      const c = aLoadBalancerRow({ project_id, name: 'b', flavor_id: 'f' });
      await insert(a, b, c);
      const names = async (query: object, where: object = {}) =>
        (await storage.read.loadbalancers.list({ where: { project_id, ...where }, ...query }))
          .map((row) => row.name)
          .sort();

      expect(await names({}, { name: 'b' })).toEqual(['b']);
      expect(await names({}, { admin_state_up: false })).toEqual(['B']);
      expect(await names({}, { flavor_id: null })).toEqual(['B', 'a']);
      expect(await names({}, { name: ['a', 'b'] })).toEqual(['a', 'b']);
      expect(await names({}, { revision: 'x' })).toEqual([]);
      expect(await names({}, { revision: 999_999_999_999_999 })).toEqual([]);
      expect(await names({}, { name: '\0' })).toEqual([]);
      expect(await storage.read.loadbalancers.find('\0')).toBe(undefined);
      expect(await names({ tags: ['red', 'big'] })).toEqual(['a']);
      expect(await names({ tagsAny: ['big', 'none'] })).toEqual(['a']);
      expect(await names({ notTags: ['red', 'big'] })).toEqual(['B', 'b']);
      expect(await names({ notTagsAny: ['red', 'big'] })).toEqual(['b']);

      await storage.transaction((r) => r.loadbalancers.update(c.id, { tags: ['big'] }));
      expect(await names({ tags: ['big'] })).toEqual(['a', 'b']);
      expect(await storage.read.loadbalancers.count({ project_id })).toBe(3);
      await expect(names({}, { colour: 'red' })).rejects.toMatchObject({
        kind: 'bad_request',
        code: 'ERR_UNKNOWN_COLUMN',
      });
      await expect(names({}, { tags: 'red' })).rejects.toMatchObject({
        code: 'ERR_UNKNOWN_COLUMN',
      });
      await expect(names({ marker: 'nope' })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_MARKER' });
      await expect(names({ sort: [{ key: 'toString', dir: 'asc' }] })).rejects.toMatchObject({
        code: 'ERR_UNKNOWN_COLUMN',
      });
    });

    it('pages through a list without overlap or gap, whatever the order', async () => {
      const project_id = project();
      const rows = Array.from({ length: 23 }, (_, i) =>
        aLoadBalancerRow({
          project_id,
          name: `n${i % 4}`,
          vip_address: i % 3 === 0 ? null : `10.0.0.${i % 5}`,
          created_at: `2026-01-01T00:00:0${i % 3}.000Z`,
        }),
      );
      await insert(...rows);
      const where = { project_id };
      const keys = fc.constantFrom('name', 'vip_address', 'created_at', 'id', 'revision');
      const sorts = fc.array(
        fc.record({ key: keys, dir: fc.constantFrom('asc' as const, 'desc' as const) }),
        { maxLength: 3 },
      );

      await fc.assert(
        fc.asyncProperty(sorts, fc.integer({ min: 1, max: 9 }), async (sort, limit) => {
          const list = storage.read.loadbalancers;
          const all = (await list.list({ where, sort })).map((row) => row.id);
          const paged: string[] = [];
          for (;;) {
            const marker = paged.at(-1);
            const page = await list.list({
              where,
              sort,
              limit,
              ...(marker === undefined ? {} : { marker }),
            });
            paged.push(...page.map((row) => row.id));
            if (page.length < limit) break;
          }
          expect(paged).toEqual(all);
          const marker = all[10]!;
          const before = await list.list({ where, sort, marker, pageReverse: true, limit: 4 });
          expect(before.map((row) => row.id)).toEqual(all.slice(0, 4));
        }),
        { numRuns: 15 },
      );
    });

    it('binds a tenant once, however many ask at the same time', async () => {
      const agents = Array.from({ length: 5 }, () => anAgentRow());
      for (const agent of agents) {
        await storage.transaction((r) => r.agents.upsert(agent));
      }
      const project_id = project();

      const bindings = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          storage.transaction((r) =>
            r.tenantBindings.bind({
              project_id,
              environment: 'Project',
              agent_id: agents[i % agents.length]!.id,
            }),
          ),
        ),
      );

      expect(new Set(bindings.map((binding) => binding.agent_id)).size).toBe(1);
      expect(await storage.read.tenantBindings.find(project_id, 'Project')).toEqual(bindings[0]);
    });

    it('lets units of work that lock the same load balancer go one after the other', async () => {
      const lb = aLoadBalancerRow({ revision: 0 });
      await insert(lb);
      const other = await database.open();

      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? storage : other).transaction(async (r) => {
            const { revision } = await r.loadbalancers.lock(lb.id);
            await r.loadbalancers.update(lb.id, { revision: revision + 1 });
          }),
        ),
      );

      expect((await storage.read.loadbalancers.get(lb.id)).revision).toBe(20);
      await other.close();
    });

    it('tries a unit of work again after a deadlock', async () => {
      const [one, two] = [aLoadBalancerRow({ revision: 0 }), aLoadBalancerRow({ revision: 0 })];
      await insert(one, two);
      const raise = (first: string, second: string) =>
        storage.transaction(async (r) => {
          const a = await r.loadbalancers.lock(first);
          await r.loadbalancers.update(first, { revision: a.revision + 1 });
          const b = await r.loadbalancers.lock(second);
          await r.loadbalancers.update(second, { revision: b.revision + 1 });
        });

      await Promise.all([raise(one.id, two.id), raise(two.id, one.id), raise(one.id, two.id)]);

      expect((await storage.read.loadbalancers.get(one.id)).revision).toBe(3);
      expect((await storage.read.loadbalancers.get(two.id)).revision).toBe(3);
    });

    it('lets one process claim a notification', async () => {
      const lb = aLoadBalancerRow();
      await insert(lb);
      const now = '2026-01-01T00:00:01.000Z';

      const claims = await Promise.all(
        Array.from({ length: 10 }, () =>
          storage.transaction((r) => r.loadbalancers.claimNotification(lb.id, null, now)),
        ),
      );

      expect(claims.filter(Boolean)).toHaveLength(1);
      const again = storage.transaction((r) => r.loadbalancers.claimNotification(lb.id, now, now));
      expect(await again).toBe(true);
    });

    it('lists unfinished load balancers oldest first, and those whose change failed unseen', async () => {
      const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
      const pending = [3, 1, 2].map((second) =>
        aLoadBalancerRow({ provisioning_status: 'PENDING_UPDATE', pending_since: at(second) }),
      );
      const lost = aLoadBalancerRow({
        provisioning_status: 'ERROR',
        revision: 3,
        applied_revision: 2,
      });
      const owed = aLoadBalancerRow({ provisioning_status: 'ERROR', delete_requested: true });
      const failed = aLoadBalancerRow({ provisioning_status: 'ERROR' });
      await insert(...pending, lost, owed, failed);

      const first = await storage.read.loadbalancers.listPending(2);
      const second = await storage.read.loadbalancers.listPending(2, first[1]);
      const unsettled = await storage.read.loadbalancers.listUnsettled(10);

      expect([...first, ...second].map((row) => row.pending_since)).toEqual([at(1), at(2), at(3)]);
      expect(unsettled.map((row) => row.id).sort()).toEqual([lost.id, owed.id].sort());
      expect(await storage.read.loadbalancers.summarisePending()).toEqual({
        ...{ count: 3, oldest: at(1) },
      });
    });

    it('keeps who an agent is when it reports again', async () => {
      const agent = anAgentRow();
      await storage.transaction((r) => r.agents.upsert(agent));
      await storage.transaction((r) => r.agents.update(agent.id, { admin_state_up: false }));

      const later = '2026-02-01T00:00:00.000Z';
      await storage.transaction((r) =>
        r.agents.upsert(
          anAgentRow({ host: agent.host, heartbeat_timestamp: later, configurations: { a: 1 } }),
        ),
      );

      expect(await storage.read.agents.findByHost(agent.agent_type, agent.host)).toEqual({
        ...agent,
        admin_state_up: false,
        heartbeat_timestamp: later,
        configurations: { a: 1 },
      });
    });

    it('elects one agent of a device group, and replaces only the one that the caller saw', async () => {
      const [a, b, c] = [anAgentRow(), anAgentRow(), anAgentRow()];
      for (const agent of [a, b, c]) await storage.transaction((r) => r.agents.upsert(agent));
      const row = { environment: project(), group_number: 1 };
      const elect = (agentId: string, replacing?: string) =>
        storage.transaction((r) =>
          r.clusterwideAgents.elect({ ...row, agent_id: agentId }, replacing),
        );

      const elected = await Promise.all([elect(a.id), elect(b.id), elect(c.id)]);
      const holder = elected[0].agent_id;
      const challenger = [a, b, c].find((agent) => agent.id !== holder)!;

      expect(new Set(elected.map((e) => e.agent_id)).size).toBe(1);
      expect((await elect(challenger.id, 'somebody else')).agent_id).toBe(holder);
      expect((await elect(challenger.id, holder)).agent_id).toBe(challenger.id);
    });

    it('replaces counters and quotas', async () => {
      const lb = aLoadBalancerRow();
      const listener = aListenerRow({ loadbalancer_id: lb.id });
      await storage.transaction(async (r) => {
        await r.loadbalancers.insert(lb);
        await r.listeners.insert(listener);
      });
      const counters = {
        bytes_in: 9_007_199_254_740_000,
        bytes_out: 2,
        active_connections: 3,
        total_connections: 4,
        request_errors: 5,
      };
      const total = { ...counters, bytes_in: 77 };
      await storage.transaction((r) => r.statistics.putTotal(lb.id, total));
      expect(await storage.read.statistics.listByLoadBalancer(lb.id)).toEqual([total]);
      await storage.transaction(async (r) => {
        await r.statistics.put(listener.id, lb.id, { ...counters, bytes_in: 1 });
        await r.statistics.put(listener.id, lb.id, counters);
      });

      expect(await storage.read.statistics.forListener(listener.id)).toEqual(counters);
      expect(await storage.read.statistics.listByLoadBalancer(lb.id)).toEqual([counters]);

      const quota = {
        project_id: project(),
        loadbalancer: 1,
        listener: null,
        pool: -1,
        member: 0,
        healthmonitor: null,
        l7policy: null,
        l7rule: null,
      };
      await storage.transaction(async (r) => {
        await r.quotas.lock(quota.project_id);
        await r.quotas.put({ ...quota, pool: 5 });
        await r.quotas.put(quota);
      });
      expect(await storage.read.quotas.find(quota.project_id)).toEqual(quota);
    });

    it('shows one moment of a load balancer while it is being changed', async () => {
      const lb = aLoadBalancerRow({ revision: 0 });
      await insert(lb);
      const progress = { writing: true };
      const writer = (async () => {
        for (let revision = 1; revision <= 30; revision += 1) {
          await storage.transaction(async (r) => {
            await r.loadbalancers.update(lb.id, { revision });
            await r.pools.insert(aPoolRow({ loadbalancer_id: lb.id, revision }));
          });
        }
        progress.writing = false;
      })();

      while (progress.writing) {
        const tree = await storage.read.loadTree(lb.id);
        expect(tree?.pools).toHaveLength(tree?.loadbalancer.revision ?? -1);
      }
      await writer;
    });
  });
}
