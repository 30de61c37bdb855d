// Several providers, each with an environment of its own: its agents, its topics, its bindings.
import { AGENT_TYPE } from '@f5-lbaas/rpc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Providers } from '../../src/providers/providers.ts';
import { startDriver, type Harness } from './harness.ts';
import type { StubAgent } from './stub-agent.ts';

const PROVIDERS: Providers = {
  f5networks: { description: '', environment: 'Project' },
  gold: { description: '', environment: 'Gold' },
};
const DOWN_MS = 75_000;
const TENANT = 'tenant-1';

let server: Harness;
let plain: StubAgent;
let gold: StubAgent;

beforeEach(async () => {
  server = await startDriver({ providers: PROVIDERS, agentDownTimeMs: DOWN_MS });
  plain = await server.agent('plain-1');
  gold = await server.agent('gold-1', { environment: 'Gold' });
});
afterEach(() => server.stop());

async function create(provider: string, project_id = TENANT): Promise<string> {
  const id = await server.api.createLoadBalancer({ provider, project_id });
  await server.settled();
  return id;
}
const root = (id: string) => server.storage.read.loadbalancers.get(id);
const boundHost = async (environment: string): Promise<string | undefined> => {
  const { read } = server.storage;
  const binding = await read.tenantBindings.find(TENANT, environment);
  return binding && (await read.agents.find(binding.agent_id))?.host;
};
/** Everybody but the named agents says that it is alive, for as long as an agent takes to be taken for dead. */
async function die(...dead: StubAgent[]): Promise<void> {
  await server.clock.advance(DOWN_MS - 1000);
  for (const agent of [plain, gold].filter((one) => !dead.includes(one))) await agent.heartbeat();
  await server.clock.advance(2000);
}

describe('a tenant with load balancers of two providers', () => {
  it('is bound to one agent in each environment, and each hears of its own', async () => {
    const first = await create('f5networks');
    const second = await create('gold');

    expect(await boundHost('Project')).toBe('plain-1');
    expect(await boundHost('Gold')).toBe('gold-1');
    expect([...plain.services.keys()]).toEqual([first]);
    expect([...gold.services.keys()]).toEqual([second]);
    expect(gold.services.get(second)?.loadbalancer.provider).toBe('gold');

    await plain.finish(first);
    await gold.finish(second);
    expect(await root(first)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await root(second)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('is listed to each agent with what is its own, whichever topic it asks on', async () => {
    const first = await create('f5networks');
    const second = await create('gold');
    const ids = (answer: unknown) => (answer as { lb_id: string }[]).map(({ lb_id }) => lb_id);
    const ask = (agent: StubAgent, args: Record<string, unknown>) =>
      agent.call('get_all_loadbalancers', { group: null, host: agent.host, ...args });

    expect(ids(await ask(plain, { env: 'Project' }))).toEqual([first]);
    expect(ids(await ask(gold, { env: 'Gold' }))).toEqual([second]);
    expect(ids(await ask(gold, {}))).toEqual([second]);
    expect(ids(await ask(gold, { env: 'Project' }))).toEqual([]);
    expect(ids(await ask(plain, { env: 'Project', host: null }))).toEqual([first]);
  });

  it('is described only to agents of the environment', async () => {
    const id = await create('gold');
    const ask = (agent: StubAgent) =>
      agent.call('get_service_by_loadbalancer_id', { loadbalancer_id: id, host: agent.host });

    expect(await ask(gold)).toMatchObject({ loadbalancer: { id } });
    expect(await ask(plain)).toEqual({});
  });

  it('has statuses and counters taken only from the agent of the provider', async () => {
    const id = await create('gold');
    await gold.finish(id);
    const pool = await server.api.createPool(id);
    await server.settled();
    await gold.finish(id);
    const listener = await server.api.createListener(id, pool);
    await server.settled();
    await server.storage.transaction(({ loadbalancers }) =>
      loadbalancers.update(id, { operating_status: 'OFFLINE' }),
    );
    const health = (agent: StubAgent) =>
      agent.call('update_operating_status', {
        host: agent.host,
        objects: { loadbalancers: { [id]: 'ONLINE' }, pools: { [pool]: 'ONLINE' } },
      });
    const counters = {
      bytes_in: 1,
      bytes_out: 2,
      active_connections: 3,
      total_connections: 4,
      request_errors: 0,
    };
    const count = (agent: StubAgent) =>
      agent.call('update_statistics', { host: agent.host, listeners: { [listener]: counters } });
    // The tenant is bound to this agent, too, but not with this load balancer.
    await create('f5networks');

    await plain.call('update_service_status', { ...plain.outcome(gold.services.get(id)!) });
    await health(plain);
    await count(plain);
    expect(await root(id)).toMatchObject({
      provisioning_status: 'PENDING_UPDATE',
      operating_status: 'OFFLINE',
    });
    expect(await server.storage.read.statistics.forListener(listener)).toBeUndefined();

    await gold.finish(id);
    await health(gold);
    await count(gold);
    expect(await root(id)).toMatchObject({
      provisioning_status: 'ACTIVE',
      operating_status: 'ONLINE',
    });
    expect(await server.storage.read.pools.get(pool)).toMatchObject({ operating_status: 'ONLINE' });
    expect(await server.storage.read.statistics.forListener(listener)).toEqual(counters);
  });
});

describe('an agent that is dead', () => {
  it('keeps nobody of another environment waiting, and has no successor there', async () => {
    const first = await create('f5networks');
    await plain.finish(first);
    await die(gold);

    await expect(server.api.createLoadBalancer({ provider: 'gold' })).rejects.toMatchObject({
      code: 'ERR_NO_ACTIVE_AGENT',
      message: expect.stringContaining("'Gold'") as string,
    });
    const second = await create('f5networks');
    await plain.finish(second);
    expect(await root(second)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('hands over to one of its own environment only', async () => {
    const first = await create('f5networks');
    const second = await create('gold');
    const heir = await server.agent('gold-2', { environment: 'Gold' });
    await server.clock.advance(DOWN_MS - 1000);
    await heir.heartbeat();
    await server.clock.advance(2000);

    await server.sweeper.sweep();
    await server.settled();

    expect(await boundHost('Gold')).toBe('gold-2');
    expect(await boundHost('Project')).toBe('plain-1');
    expect([...heir.services.keys()]).toEqual([second]);
    await plain.heartbeat();
    await server.sweeper.sweep();
    await server.settled();
    await plain.finish(first);
    expect(await root(first)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('is scrubbed for the environment that asks', async () => {
    await create('f5networks');
    await create('gold');
    await server.agent('plain-2');
    await server.agent('gold-2', { environment: 'Gold' });
    await server.storage.transaction(async ({ agents }) => {
      for (const host of ['plain-1', 'gold-1']) {
        const agent = await agents.findByHost(AGENT_TYPE, host);
        await agents.update(agent!.id, { admin_state_up: false });
      }
    });

    expect(await gold.call('scrub_dead_agents', { env: 'Gold', group: null })).toBe(true);
    expect(await boundHost('Gold')).toBe('gold-2');
    expect(await boundHost('Project')).toBe('plain-1');
    expect(await gold.call('scrub_dead_agents', { env: 'Elsewhere', group: null })).toBe(false);
    expect(await plain.call('scrub_dead_agents', {})).toBe(true);
    expect(await boundHost('Project')).toBe('plain-2');
  });
});

it('elects an agent of each environment to act for its devices', async () => {
  const elected = async (agent: StubAgent, env: string | null) =>
    (await agent.call('get_clusterwide_agent', { env, group: null })) as { host?: string };

  expect(await elected(plain, 'Project')).toMatchObject({ host: 'plain-1' });
  expect(await elected(gold, null)).toMatchObject({ host: 'gold-1' });
  expect(await elected(gold, 'Elsewhere')).toEqual({});
});

it('moves tenants away from an agent that has gone to another environment', async () => {
  const id = await create('gold');
  await server.agent('gold-2', { environment: 'Gold' });
  // The same agent by name, with another prefix.
  await gold.stop();
  await server.agent('gold-1', { environment: 'Project' });

  await server.clock.advance(10_000);
  await server.sweeper.sweep();
  await server.settled();

  expect(await boundHost('Gold')).toBe('gold-2');
  expect(await root(id)).toMatchObject({ provisioning_status: 'PENDING_CREATE' });
});

it('says so when an agent belongs to no provider, and gives it no work', async () => {
  await plain.stop();
  await server.storage.transaction(async ({ agents }) => {
    for (const { id } of await agents.list()) await agents.update(id, { admin_state_up: false });
  });
  const stray = await server.agent('stray', {
    configurations: { environment_prefix: 'Projekt' },
  });

  await expect(server.api.createLoadBalancer()).rejects.toMatchObject({
    code: 'ERR_NO_ACTIVE_AGENT',
  });
  await stray.heartbeat();
  const warnings = server.log.filter(({ agent_host }) => agent_host === 'stray');
  expect(warnings).toEqual([expect.objectContaining({ environment: 'Projekt', level: 'warn' })]);
});

describe('a server that is not configured for a provider', () => {
  it('leaves its load balancers to those that are, and lets none wait for ever', async () => {
    const id = await create('gold');
    gold.messages.length = 0;
    const other = server.another({ providers: { f5networks: PROVIDERS['f5networks']! } });

    await server.clock.advance(20_000);
    await other.sweeper.sweep();
    await server.settled();
    expect(gold.messages).toEqual([]);

    await server.clock.advance(900_000);
    await other.sweeper.sweep();
    expect(await root(id)).toMatchObject({
      provisioning_status: 'ERROR',
      status_reason: "Not finished within 900 s: provider 'gold' is not configured.",
    });

    await gold.heartbeat();
    await server.clock.advance(1_000);
    await server.sweeper.sweep();
    await server.settled();
    await gold.heartbeat();
    await server.clock.advance(300_000);
    await gold.heartbeat();
    await server.sweeper.sweep();
    await server.settled();
    await gold.finish(id);
    expect(await root(id)).toMatchObject({ provisioning_status: 'ACTIVE', status_reason: null });
  });

  it('refuses a change of one instead of losing it', async () => {
    const id = await create('gold');
    await gold.finish(id);
    const other = server.another({ providers: { f5networks: PROVIDERS['f5networks']! } });
    const change = { verb: 'update', kind: 'loadbalancers', id, loadbalancerId: id } as const;

    await expect(
      server.storage.transaction((r) => other.driver.record(r, change, [])),
    ).rejects.toMatchObject({ kind: 'unavailable', code: 'ERR_PROVIDER_NOT_CONFIGURED' });
    expect(await root(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });
});
