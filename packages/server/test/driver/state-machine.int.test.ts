// The promise "never stuck, never lost": whatever order changes, reports, deaths and outages come in, every
// accepted change ends settled, and no status ever takes a step that it must not.
import fc from 'fast-check';
import {
  isPending,
  LbaasError,
  RESOURCE_KINDS,
  type ProvisioningStatus,
  type Resource,
  type ResourceKind,
  type ServiceDefinition,
} from '@f5-lbaas/model';
import type { ObjectReport } from '@f5-lbaas/rpc';
import { expect, it } from 'vitest';
import { startDriver, type Harness } from './harness.ts';
import type { StubAgent } from './stub-agent.ts';
import { RefusedError } from './tenant-api.ts';

const CHILD_KINDS = ['listeners', 'pools', 'members', 'healthmonitors', 'l7policies'] as const;
type ChildKind = (typeof CHILD_KINDS)[number];

/** `wrong`: says of every object the opposite of what was asked for. */
type Outcome = 'done' | 'child' | 'all' | 'wrong';

type Step =
  | { do: 'create' }
  | { do: 'create child'; kind: ChildKind; pick: number }
  | { do: 'rename child' | 'remove child' | 'delete'; pick: number }
  | { do: 'report'; agent: number; pick: number; outcome: Outcome; twice: boolean }
  | { do: 'advance'; seconds: number }
  | { do: 'sweep'; servers: number }
  | { do: 'agent' | 'neutron' | 'broker'; agent: number; up: boolean };

const pick = fc.nat(1000);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('create child' as const),
      kind: fc.constantFrom(...CHILD_KINDS),
      pick,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('rename child' as const, 'remove child' as const, 'delete' as const),
      pick,
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      agent: fc.nat(1),
      // Mostly the newest service, now and then an old one.
      pick: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: pick }),
      outcome: fc.constantFrom<Outcome>('done', 'done', 'child', 'all', 'wrong'),
      twice: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      seconds: fc.constantFrom(1, 15, 100, 400, 1000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('sweep' as const),
      servers: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('agent' as const, 'neutron' as const, 'broker' as const),
      agent: fc.nat(1),
      up: fc.boolean(),
    }),
  },
);

type StoredRow = Resource & { kind: ResourceKind; loadbalancer_id?: string };
type Rows = Map<string, StoredRow>;

class World {
  readonly server: Harness;
  readonly other: ReturnType<Harness['another']>;
  readonly agents: StubAgent[];
  readonly alive = [true, true];
  /** Services in order of arrival, newest last, per agent. */
  readonly received: ServiceDefinition[][] = [[], []];
  /** Accepted creates without an accepted delete. */
  readonly wanted = new Set<string>();

  constructor(server: Harness, agents: StubAgent[]) {
    this.server = server;
    this.other = server.another();
    this.agents = agents;
  }

  async rows(): Promise<Rows> {
    const rows: Rows = new Map();
    for (const kind of RESOURCE_KINDS) {
      for (const row of await this.server.storage.read.resource(kind).list()) {
        rows.set(row.id, { ...row, kind });
      }
    }
    return rows;
  }

  async take(step: Step): Promise<'tenant' | 'operator'> {
    const { server } = this;
    switch (step.do) {
      case 'advance':
        await server.clock.advance(step.seconds * 1000);
        await this.beat();
        return 'operator';
      case 'sweep':
        await Promise.all(
          [server.sweeper, this.other.sweeper].slice(0, step.servers).map((s) => s.sweep()),
        );
        return 'operator';
      case 'agent':
        this.alive[step.agent] = step.up;
        await this.beat();
        return 'operator';
      case 'neutron':
        server.neutron.away = !step.up;
        return 'operator';
      case 'broker':
        server.broker.setReachable(step.up);
        return 'operator';
      case 'report':
        await this.report(step);
        return 'operator';
      default:
        await this.change(step);
        return 'tenant';
    }
  }

  /** Agents that live report; a broker outage loses it. */
  async beat(): Promise<void> {
    for (const [index, agent] of this.agents.entries()) {
      if (this.alive[index] === true) await agent.heartbeat().catch(() => undefined);
    }
  }

  collect(): void {
    for (const [index, agent] of this.agents.entries()) {
      for (const { args } of agent.messages.splice(0)) {
        const service = args['service'] as ServiceDefinition | undefined;
        if (service !== undefined) this.received[index]?.push(service);
      }
    }
  }

  async report(step: Extract<Step, { do: 'report' }>): Promise<void> {
    const services = this.received[step.agent] ?? [];
    const service = services[services.length - 1 - (step.pick % Math.max(1, services.length))];
    const agent = this.agents[step.agent];
    if (service === undefined || agent === undefined || this.alive[step.agent] !== true) return;
    const differing = differingObjects(step.outcome, service);
    const outcome = agent.outcome(service, differing);
    for (let i = 0; i < (step.twice ? 2 : 1); i += 1) {
      await agent.call('update_service_status', { ...outcome }).catch(() => undefined);
    }
  }

  async change(step: Step): Promise<void> {
    const rows = [...(await this.rows()).values()];
    try {
      await this.accept(step, rows);
    } catch (error) {
      const refused =
        error instanceof RefusedError ||
        (error instanceof LbaasError && error.code === 'ERR_NO_ACTIVE_AGENT');
      if (!refused) throw error;
    }
  }

  async accept(step: Step, rows: StoredRow[]): Promise<void> {
    const loadbalancers = rows.filter((row) => row.kind === 'loadbalancers');
    switch (step.do) {
      case 'create':
        if (loadbalancers.length < 3) this.wanted.add(await this.server.api.createLoadBalancer());
        return;
      case 'create child': {
        const id = await this.createChild(step.kind, step.pick, rows);
        if (id !== undefined) this.wanted.add(id);
        return;
      }
      case 'delete': {
        const lb = loadbalancers[step.pick % loadbalancers.length]?.id;
        if (lb === undefined) return;
        await this.server.api.deleteLoadBalancer(lb);
        this.unwant(rows, lb);
        return;
      }
      case 'rename child':
      case 'remove child':
        await this.changeChild(step.do, step.pick, rows);
        return;
      default:
        throw new Error(`'${step.do}' is no change of a tenant.`);
    }
  }

  async createChild(kind: ChildKind, n: number, rows: StoredRow[]): Promise<string | undefined> {
    const { api } = this.server;
    const loadbalancers = rows.filter((row) => row.kind === 'loadbalancers');
    const lb = loadbalancers[n % loadbalancers.length]?.id;
    if (lb === undefined) return undefined;
    const first = (of: ChildKind) =>
      rows.find((row) => row.kind === of && row.loadbalancer_id === lb)?.id;
    const [pool, listener] = [first('pools'), first('listeners')];
    const creators: Record<ChildKind, () => Promise<string> | undefined> = {
      listeners: () => api.createListener(lb, pool ?? null),
      pools: () => api.createPool(lb),
      members: () => (pool === undefined ? undefined : api.createMember(lb, pool)),
      healthmonitors: () => (pool === undefined ? undefined : api.createHealthMonitor(lb, pool)),
      l7policies: () => (listener === undefined ? undefined : api.createL7Policy(lb, listener, 1)),
    };
    return creators[kind]();
  }

  async changeChild(what: 'rename child' | 'remove child', n: number, rows: StoredRow[]) {
    const children = rows.filter((row) => row.kind !== 'loadbalancers' && !row.delete_requested);
    const child = children[n % children.length];
    if (child?.loadbalancer_id === undefined) return;
    const [kind, lb] = [child.kind as ChildKind, child.loadbalancer_id];
    if (what === 'rename child') {
      await this.server.api.rename(kind, child.id, lb);
      return;
    }
    await this.server.api.remove(kind, child.id, lb);
    this.unwant(rows, child.id);
  }

  unwant(rows: StoredRow[], id: string): void {
    for (const row of rows) if (belongsTo(row, id)) this.wanted.delete(row.id);
  }

  /** Everything works again; agents, started afresh, do what they are told: it takes bounded time. */
  async heal(): Promise<void> {
    const { server } = this;
    for (const services of this.received) services.splice(0);
    server.neutron.away = false;
    server.broker.setReachable(true);
    this.alive.fill(true);
    for (let round = 0; round < 12; round += 1) {
      await this.beat();
      await server.sweeper.sweep();
      await server.settled();
      this.collect();
      for (const [index, agent] of this.agents.entries()) {
        const newest = new Map(this.received[index]?.map((s) => [s.loadbalancer.id, s]));
        for (const service of newest.values()) {
          await agent.call('update_service_status', { ...agent.outcome(service) });
        }
      }
      await server.clock.advance(60_000);
    }
  }
}

function differingObjects(
  outcome: Outcome,
  service: ServiceDefinition,
): Record<string, ObjectReport> {
  const refused = (id: string | undefined): Record<string, ObjectReport> =>
    id === undefined ? {} : { [id]: { provisioning_status: 'ERROR', reason: 'refused' } };
  const children = [...service.members, ...service.pools, ...service.listeners];
  switch (outcome) {
    case 'done':
      return {};
    case 'child':
      return refused(children[0]?.id);
    case 'all':
      return refused(service.loadbalancer.id);
    case 'wrong':
      return opposite(service);
  }
}

function opposite(service: ServiceDefinition): Record<string, ObjectReport> {
  const objects = [
    service.loadbalancer,
    ...service.listeners,
    ...service.pools,
    ...service.members,
    ...service.l7policies,
  ];
  return Object.fromEntries(
    objects.map((object) => [
      object.id,
      {
        provisioning_status:
          object.provisioning_status === 'PENDING_DELETE'
            ? ('ACTIVE' as const)
            : ('DELETED' as const),
      },
    ]),
  );
}

function belongsTo(row: object, id: string): boolean {
  return Object.entries(row).some(
    ([key, value]) =>
      ['id', 'loadbalancer_id', 'pool_id', 'listener_id'].includes(key) && value === id,
  );
}

function isLegal(
  before: Resource,
  after: ProvisioningStatus,
  kind: ResourceKind,
  actor: 'tenant' | 'operator',
): boolean {
  const from = before.provisioning_status;
  if (from === after) return true;
  if (actor === 'tenant') return isPending(after) && !isPending(from);
  if (after === 'ACTIVE') return from !== 'PENDING_DELETE' && !before.delete_requested;
  if (after === 'ERROR') return isPending(from);
  // A deletion that had failed goes on when the device says that it is done.
  return after === 'PENDING_DELETE' && from === 'ERROR' && kind === 'loadbalancers';
}

it('settles every accepted change, whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), async (script) => {
      const server = await startDriver();
      const world = new World(server, [await server.agent('a1'), await server.agent('a2')]);

      for (const step of script) {
        const before = await world.rows();
        const actor = await world.take(step);
        await server.settled();
        world.collect();
        const after = await world.rows();

        for (const [id, row] of before) {
          const now = after.get(id);
          const context = `${row.kind} ${row.provisioning_status} -> ${now?.provisioning_status ?? 'gone'} by ${JSON.stringify(step)}`;
          if (now === undefined) expect(world.wanted.has(id), context).toBe(false);
          else {
            const legal = isLegal(row, now.provisioning_status, row.kind, actor);
            expect(legal, context).toBe(true);
          }
        }
        for (const row of after.values()) {
          if (row.provisioning_status === 'ERROR') expect(row.status_reason).toBeTruthy();
        }
      }
      await world.heal();

      const rows = await world.rows();
      expect([...rows.values()].filter((row) => isPending(row.provisioning_status))).toEqual([]);
      for (const id of world.wanted) expect(rows.has(id)).toBe(true);
      const lbs = await server.storage.read.loadbalancers.list();
      for (const lb of lbs) {
        expect(world.wanted.has(lb.id)).toBe(true);
        expect(lb.applied_revision).toBe(lb.revision);
      }
      const ports = new Set(lbs.map((lb) => lb.vip_port_id));
      expect([...server.neutron.ports.keys()].filter((id) => !ports.has(id))).toEqual([]);
      await server.stop();
    }),
    { numRuns: 60, endOnFailure: false },
  );
});
