// Whatever messages, broker, server, devices and agent do in between: in the end the newest revision is on the
// devices and the server has been told so.
import { silentLogger } from '@f5-lbaas/platform';
import { agentTopic, createMemoryBroker, createMemoryTransport } from '@f5-lbaas/rpc';
import { aService, createManualClock, createSeededRandom } from '@f5-lbaas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startAgent, type RunningAgent } from '../../src/start-agent.ts';
import { FakeDriver } from './fake-driver.ts';
import { FakeServer } from './fake-server.ts';

const LOAD_BALANCERS = 3;

type MessageEvent =
  | { what: 'change'; lb: number }
  /** An earlier message comes again, or late. */
  | { what: 'old message'; lb: number; back: number }
  | { what: 'lost change'; lb: number };
type FaultEvent =
  | { what: 'devices'; up: boolean }
  | { what: 'broker'; up: boolean }
  | { what: 'server fails'; times: number }
  | { what: 'device refuses'; lb: number; refuses: boolean };
type Event = MessageEvent | FaultEvent | { what: 'agent restart' } | { what: 'pause'; ms: number };

const lb = fc.integer({ min: 0, max: LOAD_BALANCERS - 1 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('change' as const), lb }) },
  fc.record({
    what: fc.constant('old message' as const),
    lb,
    back: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ what: fc.constant('lost change' as const), lb }),
  fc.record({ what: fc.constant('devices' as const), up: fc.boolean() }),
  fc.record({ what: fc.constant('broker' as const), up: fc.boolean() }),
  fc.record({ what: fc.constant('server fails' as const), times: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ what: fc.constant('device refuses' as const), lb, refuses: fc.boolean() }),
  fc.constant({ what: 'agent restart' as const }),
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('pause' as const),
      ms: fc.integer({ min: 1, max: 20_000 }),
    }),
  },
);

class World {
  readonly clock = createManualClock();
  readonly broker = createMemoryBroker();
  readonly parts = { clock: this.clock, random: createSeededRandom(5), logger: silentLogger };
  readonly transport = createMemoryTransport({ broker: this.broker, ...this.parts });
  readonly server = new FakeServer(this.transport, 'Test');
  driver = new FakeDriver(this.clock);
  readonly revisions = Array.from({ length: LOAD_BALANCERS }, () => 1);
  #agent: RunningAgent | undefined;

  async start(): Promise<void> {
    for (let n = 0; n < LOAD_BALANCERS; n += 1) this.#store(n);
    await this.server.start();
    await this.#startAgent();
  }

  async play(next: Event): Promise<void> {
    switch (next.what) {
      case 'change':
      case 'lost change':
      case 'old message':
        return this.#playMessage(next);
      case 'agent restart':
        await this.#agent?.stop();
        return this.#startAgent();
      case 'pause':
        return this.clock.advance(next.ms);
      default:
        this.#playFault(next);
    }
  }

  async #playMessage(next: MessageEvent): Promise<void> {
    if (next.what !== 'old message') this.#raise(next.lb);
    if (next.what === 'lost change') return;
    const revision = this.revisions[next.lb] ?? 1;
    const back = next.what === 'old message' ? next.back : 0;
    await this.#send(next.lb, Math.max(1, revision - back));
  }

  #playFault(next: FaultEvent): void {
    switch (next.what) {
      case 'devices':
        this.#setDevices(next.up);
        return;
      case 'broker':
        this.broker.setReachable(next.up);
        return;
      case 'server fails':
        this.server.failures.set('update_service_status', next.times);
        this.server.failures.set('get_all_loadbalancers', next.times);
        return;
      case 'device refuses':
        if (next.refuses) this.driver.refusals.set(idOf(next.lb), 'refused');
        else this.driver.refusals.clear();
    }
  }

  /** Everything works again, and enough time passes for a resync. */
  async calmDown(): Promise<void> {
    this.broker.setReachable(true);
    this.driver.refusals.clear();
    this.#setDevices(true);
    await this.clock.advance(700_000);
  }

  async stop(): Promise<void> {
    await this.#agent?.stop();
    await this.transport.close();
  }

  get agentState(): ReturnType<RunningAgent['state']> | undefined {
    return this.#agent?.state();
  }

  #setDevices(up: boolean): void {
    const wasUp = this.driver.operational;
    this.driver.operational = up;
    if (up && !wasUp) this.driver.askForResync('all', 'device is back');
  }

  #raise(n: number): void {
    this.revisions[n] = (this.revisions[n] ?? 1) + 1;
    this.#store(n);
  }

  #store(n: number): void {
    this.server.services.set(idOf(n), serviceOf(n, this.revisions[n] ?? 1));
  }

  async #send(n: number, revision: number): Promise<void> {
    const topic = agentTopic('Test', this.#agent?.agentHost ?? '');
    const args = { service: serviceOf(n, revision) };
    // The server's cast may fail: it does not repeat it here.
    await this.transport.cast(topic, 'update_loadbalancer', args).catch(() => undefined);
  }

  async #startAgent(): Promise<void> {
    const { operational, devices, refusals } = this.driver;
    this.driver = new FakeDriver(this.clock);
    this.driver.operational = operational;
    this.driver.applyMs = 700;
    for (const [id, service] of devices) this.driver.devices.set(id, service);
    for (const [id, reason] of refusals) this.driver.refusals.set(id, reason);
    this.#agent = await startAgent({
      options: { host: 'net-1', environmentPrefix: 'Test', deviceHosts: ['bigip-a'] },
      transport: this.transport,
      createDriver: () => this.driver,
      ...this.parts,
    });
  }
}

const idOf = (n: number): string => `lb-${n}`;
const serviceOf = (n: number, revision: number) =>
  aService({ id: idOf(n), tenantId: `tenant-${n % 2}`, revision });

describe('agent', () => {
  it('ends with the newest revision on the devices and reported, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 25 }), async (events) => {
        const world = new World();
        await world.start();
        for (const next of events) await world.play(next);

        await world.calmDown();

        for (const [n, revision] of world.revisions.entries()) {
          expect(world.driver.devices.get(idOf(n))?.revision).toBe(revision);
          expect(world.server.reports(idOf(n)).at(-1)).toMatchObject({
            revision,
            objects: { loadbalancers: { [idOf(n)]: { provisioning_status: 'ACTIVE' } } },
          });
        }
        expect(world.agentState).toMatchObject({ queueDepth: 0, unreportedOutcomes: 0 });
        await world.stop();
      }),
      { numRuns: 60 },
    );
  });
});
