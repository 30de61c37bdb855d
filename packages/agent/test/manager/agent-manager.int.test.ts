// The agent manager under simulated time: in-process messages, a server and a driver written for the purpose.
import { silentLogger } from '@f5-lbaas/platform';
import {
  agentTopic,
  createMemoryBroker,
  createMemoryTransport,
  type AgentState,
  type MemoryBroker,
  type RpcTransport,
} from '@f5-lbaas/rpc';
import {
  aService,
  createManualClock,
  createSeededRandom,
  type ManualClock,
} from '@f5-lbaas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAgent, type RunningAgent } from '../../src/start-agent.ts';
import type { AgentOptions } from '../../src/options.ts';
import { FakeDriver } from './fake-driver.ts';
import { FakeServer } from './fake-server.ts';

const ENVIRONMENT = 'Test';

describe('LbaasAgentManager', () => {
  let clock: ManualClock;
  let broker: MemoryBroker;
  let transport: RpcTransport;
  let server: FakeServer;
  let driver: FakeDriver;
  let agent: RunningAgent | undefined;

  const options: AgentOptions = {
    host: 'net-1',
    environmentPrefix: ENVIRONMENT,
    deviceHosts: ['bigip-b', 'bigip-a'],
    manager: { orphanConfirmMs: 60_000 },
  };
  const start = async (overrides: Partial<AgentOptions> = {}): Promise<RunningAgent> => {
    agent = await startAgent({
      options: { ...options, ...overrides },
      transport,
      createDriver: () => driver,
      clock,
      random: createSeededRandom(7),
      logger: silentLogger,
    });
    await clock.advance(0);
    return agent;
  };
  const send = (method: string, service: unknown): Promise<void> =>
    transport.cast(agentTopic(ENVIRONMENT, agent?.agentHost ?? ''), method, { service });

  beforeEach(async () => {
    clock = createManualClock();
    broker = createMemoryBroker();
    transport = createMemoryTransport({
      broker,
      clock,
      random: createSeededRandom(1),
      logger: silentLogger,
    });
    server = new FakeServer(transport, ENVIRONMENT);
    await server.start();
    driver = new FakeDriver(clock);
  });
  afterEach(async () => {
    await agent?.stop();
    await transport.close();
    agent = undefined;
  });

  describe('a change', () => {
    it('is applied, and its outcome is reported with its revision', async () => {
      const { agentHost } = await start();

      await send('create_loadbalancer', aService({ revision: 3, listeners: [{}] }));
      await clock.advance(0);

      expect(driver.applied).toEqual(['lb-1@3']);
      expect(server.reports('lb-1')).toEqual([
        {
          loadbalancer_id: 'lb-1',
          host: agentHost,
          revision: 3,
          objects: {
            loadbalancers: { 'lb-1': { provisioning_status: 'ACTIVE' } },
            listeners: { 'lb-1-listener-1': { provisioning_status: 'ACTIVE' } },
          },
        },
      ]);
    });

    it.each(['update_pool', 'delete_member', 'create_health_monitor', 'update_l7rule'])(
      'may come as %s: only the service definition counts',
      async (method) => {
        await start();

        await send(method, aService({ revision: 4 }));
        await clock.advance(0);

        expect(driver.applied).toEqual(['lb-1@4']);
      },
    );

    it('of the newest revision wins when several come while one is being applied', async () => {
      await start();
      driver.applyMs = 1_000;

      await send('update_pool', aService({ revision: 1 }));
      await clock.advance(100);
      for (const revision of [2, 4, 3]) await send('update_pool', aService({ revision }));
      await clock.advance(5_000);

      expect(driver.applied).toEqual(['lb-1@1', 'lb-1@4']);
      expect(server.reports('lb-1').map((report) => report.revision)).toEqual([1, 4]);
    });

    it('that is older than what was applied is dropped', async () => {
      await start();
      await send('update_pool', aService({ revision: 5 }));
      await clock.advance(0);

      await send('update_pool', aService({ revision: 4 }));
      await clock.advance(1_000);

      expect(driver.applied).toEqual(['lb-1@5']);
      expect(server.reports('lb-1')).toHaveLength(1);
    });

    it('that was applied already is reported again without touching devices', async () => {
      await start();
      await send('update_pool', aService({ revision: 5 }));
      await clock.advance(0);

      await send('update_pool', aService({ revision: 5 }));
      await clock.advance(0);

      expect(driver.applied).toEqual(['lb-1@5']);
      expect(server.reports('lb-1').map((report) => report.revision)).toEqual([5, 5]);
    });

    it('that the device refused is tried again when it is sent again', async () => {
      await start();
      driver.refusals.set('lb-1', '01020036:3: The requested pool was not found.');
      await send('update_pool', aService({ revision: 5 }));
      await clock.advance(0);
      driver.refusals.clear();

      await send('update_pool', aService({ revision: 5 }));
      await clock.advance(0);

      expect(server.reports('lb-1').map((report) => report.objects)).toMatchObject([
        {
          loadbalancers: {
            'lb-1': {
              provisioning_status: 'ERROR',
              reason: '01020036:3: The requested pool was not found.',
            },
          },
        },
        { loadbalancers: { 'lb-1': { provisioning_status: 'ACTIVE' } } },
      ]);
    });

    it('that came late does not bring a deleted load balancer back', async () => {
      await start();
      const loadbalancer = { provisioning_status: 'PENDING_DELETE' } as const;
      await send('delete_loadbalancer', aService({ revision: 9, loadbalancer }));
      await clock.advance(0);

      await send('update_loadbalancer', aService({ revision: 8 }));
      await clock.advance(0);

      expect(driver.applied).toEqual(['lb-1@9']);
      expect(driver.devices.size).toBe(0);
    });

    it('that cannot be read is dropped and does not stop the others', async () => {
      await start();

      await send('update_pool', { loadbalancer: { id: 7 } });
      await send('update_pool', aService({ revision: 2 }));
      await clock.advance(0);

      expect(driver.applied).toEqual(['lb-1@2']);
    });
  });

  describe('tenants', () => {
    it('are served in parallel up to the limit, each one change at a time', async () => {
      await start({ manager: { tenantParallelism: 3 } });
      driver.applyMs = 1_000;

      for (let tenant = 1; tenant <= 5; tenant += 1) {
        for (const lb of ['a', 'b']) {
          const id = `lb-${tenant}-${lb}`;
          await send('create_loadbalancer', aService({ id, tenantId: `tenant-${tenant}` }));
        }
      }
      await clock.advance(10_000);

      expect(driver.applied).toHaveLength(10);
      expect(driver.mostAtOnce).toBe(3);
      expect(driver.mostOfOneTenant).toBe(1);
    });
  });

  describe('when no device is available', () => {
    it('keeps the change, reports nothing, and goes on by itself when one returns', async () => {
      const running = await start();
      driver.operational = false;

      await send('create_loadbalancer', aService({ revision: 2 }));
      await clock.advance(120_000);
      expect(server.reports('lb-1')).toEqual([]);
      expect(running.state().queueDepth).toBe(1);

      driver.operational = true;
      await clock.advance(15_000);
      expect(driver.applied).toEqual(['lb-1@2']);
      expect(server.reports('lb-1')).toHaveLength(1);
      expect(running.state().queueDepth).toBe(0);
    });

    it('does not wait when the driver says that one is back', async () => {
      server.services.set('lb-1', aService({ revision: 1 }));
      await start();
      driver.operational = false;
      await send('create_loadbalancer', aService({ revision: 2 }));
      driver.askForResync('all');
      await clock.advance(300_000);
      driver.resynced.length = 0;

      driver.operational = true;
      driver.askForResync('all', 'device is back');
      await clock.advance(10);

      expect(server.reports('lb-1').at(-1)?.revision).toBe(2);
      expect(driver.resynced).toEqual([{ tenantId: 'tenant-1', loadbalancers: ['lb-1'] }]);
    });

    it('applies only the newest of what waited', async () => {
      await start();
      driver.operational = false;
      for (const revision of [2, 3, 4]) {
        await send('create_loadbalancer', aService({ revision }));
        await clock.advance(20_000);
      }

      driver.operational = true;
      await clock.advance(15_000);

      expect(driver.applied).toEqual(['lb-1@4']);
    });

    it('tells the server at once, and again when a device is back', async () => {
      await start();
      const operational = () =>
        server.argsOf('report_state').map((args) => stateOf(args).configurations.operational);
      expect(operational()).toEqual([true]);

      driver.operational = false;
      await clock.advance(1_000);
      driver.operational = true;
      await clock.advance(1_000);

      expect(operational()).toEqual([true, false, true]);
    });
  });

  describe('when the server does not take a report', () => {
    it('repeats it until it is taken', async () => {
      await start();
      server.failures.set('update_service_status', 3);

      await send('create_loadbalancer', aService({ revision: 2 }));
      await clock.advance(60_000);

      expect(server.reports('lb-1')).toHaveLength(1);
      expect(driver.applied).toEqual(['lb-1@2']);
    });

    it('gives it up for the report of a newer revision', async () => {
      await start();
      server.failures.set('update_service_status', 1);
      await send('create_loadbalancer', aService({ revision: 2 }));
      await clock.advance(0);

      await send('update_loadbalancer', aService({ revision: 3 }));
      await clock.advance(60_000);

      expect(server.reports('lb-1').map((report) => report.revision)).toEqual([3]);
    });

    it('keeps it through a broker outage', async () => {
      await start();
      driver.applyMs = 500;
      await send('create_loadbalancer', aService({ revision: 2 }));
      await clock.advance(100);

      broker.setReachable(false);
      await clock.advance(60_000);
      broker.setReachable(true);
      await clock.advance(60_000);

      expect(server.reports('lb-1').map((report) => report.revision)).toEqual([2]);
    });
  });

  describe('a resync', () => {
    it('on start brings every bound load balancer in line, tenant by tenant', async () => {
      for (const [id, tenantId] of [
        ['lb-1', 'tenant-1'],
        ['lb-2', 'tenant-1'],
        ['lb-3', 'tenant-2'],
      ] as const) {
        server.services.set(id, aService({ id, tenantId, revision: 4 }));
      }

      await start();

      expect(driver.resynced).toEqual([
        { tenantId: 'tenant-1', loadbalancers: ['lb-1', 'lb-2'] },
        { tenantId: 'tenant-2', loadbalancers: ['lb-3'] },
      ]);
      expect(server.reports('lb-3').map((report) => report.revision)).toEqual([4]);
    });

    it('lifts ERROR, and says nothing about what was and stays ACTIVE', async () => {
      server.services.set(
        'lb-1',
        aService({ id: 'lb-1', loadbalancer: { provisioning_status: 'ERROR' } }),
      );
      server.services.set(
        'lb-2',
        aService({ id: 'lb-2', loadbalancer: { provisioning_status: 'ACTIVE' } }),
      );

      await start();

      expect(server.reports('lb-1')).toMatchObject([
        { objects: { loadbalancers: { 'lb-1': { provisioning_status: 'ACTIVE' } } } },
      ]);
      expect(server.reports('lb-2')).toEqual([]);
    });

    it('happens for the tenants that the driver names', async () => {
      server.services.set('lb-1', aService({ id: 'lb-1', tenantId: 'tenant-1' }));
      server.services.set('lb-2', aService({ id: 'lb-2', tenantId: 'tenant-2' }));
      await start();
      driver.resynced.length = 0;

      driver.askForResync(['tenant-2']);
      await clock.advance(0);

      expect(driver.resynced).toEqual([{ tenantId: 'tenant-2', loadbalancers: ['lb-2'] }]);
    });

    it('happens at every interval', async () => {
      server.services.set('lb-1', aService());
      await start({ manager: { resyncIntervalMs: 300_000 } });

      await clock.advance(900_000);

      expect(driver.resynced).toHaveLength(4);
    });

    it('waits for a server or a device that cannot answer', async () => {
      server.services.set('lb-1', aService());
      server.failures.set('get_all_loadbalancers', 2);
      driver.operational = false;
      await start();
      await clock.advance(60_000);
      expect(driver.resynced).toEqual([]);

      driver.operational = true;
      await clock.advance(60_000);
      expect(driver.resynced).toHaveLength(1);
    });

    it('leaves a tenant alone while one of its services cannot be read', async () => {
      server.services.set('lb-1', aService());
      server.failures.set('get_service_by_loadbalancer_id', 1);

      await start();
      expect(driver.resynced).toEqual([]);

      await clock.advance(1_000);
      expect(driver.resynced).toHaveLength(1);
    });

    it('never puts an older definition over a newer one that came by message', async () => {
      await start();
      await send('update_pool', aService({ revision: 8 }));
      await clock.advance(0);
      server.services.set('lb-1', aService({ revision: 7 }));

      driver.askForResync('all');
      await clock.advance(0);

      expect(driver.devices.get('lb-1')?.revision).toBe(8);
    });
  });

  describe('an orphan', () => {
    const orphan = {
      kind: 'loadbalancers',
      id: 'gone',
      device: 'bigip-a',
      fullPath: '/Test_t/Test_gone',
    } as const;

    it('is removed after the server has called it unknown twice, some time apart', async () => {
      driver.orphans.set('tenant-9', [orphan]);

      await start();
      await clock.advance(59_000);
      expect(driver.removed).toEqual([]);

      await clock.advance(62_000);
      expect(driver.removed).toEqual(['loadbalancers/gone']);
      expect(server.argsOf('validate_loadbalancers_state')).toHaveLength(2);
    });

    it('stays while the server knows it', async () => {
      driver.orphans.set('tenant-9', [orphan]);
      server.known.add('gone');

      await start();
      await clock.advance(1_200_000);

      expect(driver.removed).toEqual([]);
    });

    it('stays when the look-up fails', async () => {
      driver.orphans.set('tenant-9', [orphan]);
      server.failures.set('validate_loadbalancers_state', 1_000);

      await start();
      await clock.advance(3_600_000);

      expect(driver.removed).toEqual([]);
    });

    it('is not removed by a failed look-up after its first denial, but by the next denial', async () => {
      driver.orphans.set('tenant-9', [orphan]);
      await start();
      server.failures.set('validate_loadbalancers_state', 20);

      await clock.advance(600_000);
      expect(server.failures.get('validate_loadbalancers_state')).toBeLessThan(10);
      expect(driver.removed).toEqual([]);

      server.failures.clear();
      await clock.advance(60_000);
      expect(driver.removed).toEqual(['loadbalancers/gone']);
    });

    it('has to be confirmed anew when the server knew it in between', async () => {
      driver.orphans.set('tenant-9', [orphan]);
      await start();

      server.known.add('gone');
      await clock.advance(60_000);
      server.known.clear();
      await clock.advance(250_000);

      expect(driver.removed).toEqual([]);
    });

    it('of a kind that the server cannot be asked about stays', async () => {
      driver.orphans.set('tenant-9', [{ ...orphan, kind: 'l7rules' }]);

      await start();
      await clock.advance(1_200_000);

      expect(driver.removed).toEqual([]);
    });
  });

  describe('the state report', () => {
    it('announces the agent, first with its start flag, then at every interval', async () => {
      driver.score = 0.5;
      const { agentHost } = await start();
      await clock.advance(60_000);

      const states = server.argsOf('report_state').map(stateOf);
      expect(states).toHaveLength(3);
      expect(states.map((state) => state.start_flag)).toEqual([true, undefined, undefined]);
      expect(states[0]).toMatchObject({
        binary: 'f5-oslbaasv2-agent',
        agent_type: 'Loadbalancerv2 agent',
        topic: 'f5-lbaasv2-process-on-agent',
        host: agentHost,
        configurations: {
          environment_prefix: ENVIRONMENT,
          environment_group_number: 1,
          environment_capacity_score: 0.5,
          global_routed_mode: true,
          operational: true,
        },
      });
      expect(server.argsOf('report_state')[0]?.time).toBe('2026-01-01T00:00:00.000000');
    });

    it('names ESDs when told so, as long as there is room for all of them', async () => {
      const named = (): unknown =>
        stateOf(server.argsOf('report_state').at(-1) ?? {}).configurations['esd_name'];
      driver.esds.add('mobile');
      await start();
      expect(named()).toBeUndefined();
      await agent?.stop();

      await start({ manager: { reportEsdNames: true } });
      expect(named()).toEqual(['mobile']);
      driver.esds.add('late');
      await clock.advance(30_000);
      expect(named()).toEqual(['late', 'mobile']);

      for (let n = 0; n < 500; n += 1) driver.esds.add(`esd-number-${n}`);
      await clock.advance(30_000);
      expect(named()).toBeUndefined();
      expect(stateOf(server.argsOf('report_state').at(-1) ?? {}).configurations).toMatchObject({
        icontrol_endpoints: { 'bigip-a': { status: 'active' } },
      });
    });

    it('is repeated at short intervals until a server has it', async () => {
      await server.stop();
      await start();
      await clock.advance(120_000);
      expect(server.argsOf('report_state')).toEqual([]);

      await server.start();
      await clock.advance(8_000);

      expect(stateOf(server.argsOf('report_state').at(-1) ?? {}).start_flag).toBe(true);
    });

    it('carries the name that the devices and the environment give the agent', async () => {
      const { agentHost } = await start();

      // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_DNS, 'Test.bigip-a'))"
      expect(agentHost).toBe('net-1:912d31ed-ab7e-5b5d-8372-2c3ea6098ef5');
    });
  });

  describe('differences on the devices', () => {
    const difference = {
      loadbalancerId: 'lb-1',
      device: 'bigip-a',
      steps: [],
      problems: [],
    };

    it.each([
      ['repair', ['repair', 'repair']],
      ['report', ['repair', 'report']],
    ] as const)('are looked for at every interval; the agent is told to %s', async (...row) => {
      const [driftAction, modes] = row;
      server.services.set('lb-1', aService({}));
      driver.differences.set('tenant-1', [difference]);
      await start({ manager: { driftAction, resyncIntervalMs: 60_000 } });

      await clock.advance(60_000);

      // The first look, at the start, follows an absence: it always repairs.
      expect(driver.modes).toEqual(modes);
    });

    it('are repaired after a device returned, even if otherwise only reported', async () => {
      server.services.set('lb-1', aService({}));
      await start({ manager: { driftAction: 'report', resyncIntervalMs: 0 } });

      driver.askForResync('all');
      await clock.advance(0);

      expect(driver.modes).toEqual(['repair', 'repair']);
    });

    it('that are orphans stay when differences are only reported', async () => {
      driver.orphans.set('tenant-1', [
        { kind: 'pools', id: 'stray', device: 'bigip-a', fullPath: '/Test_tenant-1/Test_stray' },
      ]);
      await start({
        manager: { driftAction: 'report', resyncIntervalMs: 60_000, orphanConfirmMs: 60_000 },
      });

      await clock.advance(300_000);

      expect(driver.removed).toEqual([]);
    });
  });

  describe('an admin state', () => {
    const setAdminState = (isUp: boolean) =>
      transport.cast(agentTopic(ENVIRONMENT, agent?.agentHost ?? ''), 'agent_updated', {
        payload: { admin_state_up: isUp },
      });

    it('of down stops resyncs but not the changes that the server sends', async () => {
      server.services.set('lb-1', aService());
      await start();
      driver.resynced.length = 0;

      await setAdminState(false);
      await clock.advance(600_000);
      await send('update_pool', aService({ revision: 2 }));
      await clock.advance(0);

      expect(driver.resynced).toEqual([]);
      expect(driver.applied).toEqual(['lb-1@2']);

      await setAdminState(true);
      await clock.advance(0);
      expect(driver.resynced).toHaveLength(1);
    });

    it('is forced up on start only when asked for', async () => {
      await start();
      expect(server.argsOf('set_agent_admin_state')).toEqual([]);
      await agent?.stop();

      const { agentHost } = await start({ manager: { forceAdminStateUp: true } });
      expect(server.argsOf('set_agent_admin_state')).toEqual([
        { admin_state_up: true, host: agentHost },
      ]);
    });
  });

  describe('polling', () => {
    it('tells the server only what changed in health, and everything now and then', async () => {
      server.services.set('lb-1', aService({ members: [{}, {}], pools: [{}] }));
      await start({ manager: { healthIntervalMs: 10_000, resyncIntervalMs: 0 } });
      driver.health = { members: { m1: 'ONLINE', m2: 'ONLINE' }, pools: { p1: 'ONLINE' } };
      await clock.advance(20_000);

      driver.health = { members: { m1: 'ONLINE', m2: 'ERROR' }, pools: { p1: 'DEGRADED' } };
      await clock.advance(10_000);

      expect(server.argsOf('update_operating_status').map((args) => args.objects)).toEqual([
        { members: { m1: 'ONLINE', m2: 'ONLINE' }, pools: { p1: 'ONLINE' } },
        { members: { m2: 'ERROR' }, pools: { p1: 'DEGRADED' } },
      ]);
      await clock.advance(300_000);
      expect(server.argsOf('update_operating_status').at(-1)?.objects).toEqual(driver.health);
      expect(server.argsOf('update_operating_status')).toHaveLength(3);
    });

    it('tells the health of a load balancer again after the server took an outcome of it', async () => {
      const parts = { pools: [{}], listeners: [] };
      server.services.set('lb-1', aService({ ...parts, revision: 1 }));
      server.services.set('lb-2', aService({ ...parts, id: 'lb-2', tenantId: 'tenant-2' }));
      driver.health = { pools: { 'lb-1-pool-1': 'DEGRADED', 'lb-2-pool-1': 'ONLINE' } };
      await start({ manager: { healthIntervalMs: 10_000, resyncIntervalMs: 0 } });
      await clock.advance(20_000);
      const told = server.argsOf('update_operating_status').length;

      // The outcome says that the pool is ONLINE, as it was switched off and on between two polls.
      await send('update_pool', aService({ ...parts, revision: 2 }));
      await clock.advance(20_000);

      expect(
        server
          .argsOf('update_operating_status')
          .slice(told)
          .map((args) => args.objects),
      ).toEqual([{ pools: { 'lb-1-pool-1': 'DEGRADED' } }]);
    });

    it('does not ask the devices when there is nothing to ask about', async () => {
      await start();
      await clock.advance(60_000);

      expect(driver.healthPolls).toBe(0);
    });

    it('hands counters over at every interval and on demand', async () => {
      const service = aService({ listeners: [{}] });
      server.services.set('lb-1', service);
      const counters = {
        bytes_in: 10,
        bytes_out: 20,
        active_connections: 1,
        total_connections: 5,
        request_errors: 0,
      };
      driver.statistics = { 'lb-1-listener-1': counters, other: counters };
      const { agentHost } = await start({ manager: { statisticsIntervalMs: 60_000 } });

      await clock.advance(60_000);
      await send('update_loadbalancer_stats', service);
      await clock.advance(0);

      const expected = { host: agentHost, listeners: { 'lb-1-listener-1': counters } };
      expect(server.argsOf('update_statistics')).toEqual([expected, expected]);
    });
  });

  describe("F5's Python driver as the server", () => {
    const python = { revision: null } as const;

    it('gets each outcome by its own methods, the load balancer last', async () => {
      await start();

      await send(
        'create_member',
        aService({
          ...python,
          loadbalancer: { provisioning_status: 'PENDING_UPDATE' },
          listeners: [{}],
          pools: [{ id: 'p1' }],
          members: [{ id: 'm1' }, { id: 'm2', provisioning_status: 'PENDING_DELETE' }],
          healthmonitors: [{ id: 'h1', provisioning_status: 'PENDING_DELETE' }],
        }),
      );
      await clock.advance(0);

      const reports = server.received.filter(({ method }) => /status$|destroyed$/.test(method));
      expect(reports).toEqual([
        {
          method: 'update_member_status',
          args: { member_id: 'm1', provisioning_status: 'ACTIVE', operating_status: 'ONLINE' },
        },
        { method: 'member_destroyed', args: { member_id: 'm2' } },
        { method: 'healthmonitor_destroyed', args: { healthmonitor_id: 'h1' } },
        {
          method: 'update_pool_status',
          args: { pool_id: 'p1', provisioning_status: 'ACTIVE', operating_status: 'ONLINE' },
        },
        {
          method: 'update_listener_status',
          args: {
            listener_id: 'lb-1-listener-1',
            provisioning_status: 'ACTIVE',
            operating_status: 'ONLINE',
          },
        },
        {
          method: 'update_loadbalancer_status',
          args: { loadbalancer_id: 'lb-1', status: 'ACTIVE', operating_status: 'ONLINE' },
        },
      ]);
    });

    it('has its changes applied in the order they come', async () => {
      await start();
      driver.applyMs = 100;

      for (const name of ['first', 'second', 'third']) {
        await send('update_loadbalancer', aService({ ...python, loadbalancer: { name } }));
      }
      await clock.advance(1_000);

      expect(driver.applied).toHaveLength(2);
      expect(driver.devices.get('lb-1')?.loadbalancer.name).toBe('third');
    });

    it('gets the health of members, and counters per load balancer on demand', async () => {
      const service = aService({
        ...python,
        listeners: [{}],
        pools: [{}],
        members: [{ id: 'm1' }],
      });
      server.services.set('lb-1', service);
      driver.health = { members: { m1: 'ERROR' } };
      const counters = { active_connections: 1, total_connections: 5, request_errors: 0 };
      driver.statistics = { 'lb-1-listener-1': { bytes_in: 10, bytes_out: 20, ...counters } };
      await start();

      await clock.advance(10_000);
      await send('update_loadbalancer_stats', service);
      await clock.advance(0);

      expect(server.argsOf('update_member_status').at(-1)).toEqual({
        member_id: 'm1',
        provisioning_status: null,
        operating_status: 'ERROR',
      });
      expect(server.argsOf('update_loadbalancer_stats')).toEqual([
        {
          loadbalancer_id: 'lb-1',
          stats: { bytes_in: 10, bytes_out: 20, active_connections: 1, total_connections: 5 },
        },
      ]);
    });
  });
});

function stateOf(args: Record<string, unknown>): AgentState {
  return (args.agent_state as { agent_state: AgentState }).agent_state;
}
