// The driver side of a server under simulated time: in-memory database and messages, an in-memory Neutron.
import { createLogger } from '@f5-lbaas/platform';
import { createMemoryBroker, createMemoryTransport, pluginTopic } from '@f5-lbaas/rpc';
import { openStorage } from '@f5-lbaas/storage';
import { createManualClock, createSeededRandom } from '@f5-lbaas/testkit';
import { driverOptions, type DriverOptions } from '../../src/driver/driver-options.ts';
import type { DriverDeps } from '../../src/driver/driver-deps.ts';
import { createF5PluginDriver } from '../../src/driver/f5-plugin-driver.ts';
import { createLoadBalancerCallbacks } from '../../src/rpc-endpoints/load-balancer-callbacks.ts';
import { NO_METRICS } from '../../src/metrics/server-metrics.ts';
import { createSweeper } from '../../src/sweeper/sweeper.ts';
import { environmentsOf, type Providers } from '../../src/providers/providers.ts';
import { InMemoryNeutron } from './in-memory-neutron.ts';
import { StubAgent, type StubAgentOptions } from './stub-agent.ts';
import { TenantApi } from './tenant-api.ts';

export type Harness = Awaited<ReturnType<typeof startDriver>>;

/** What the driver is configured for unless a test says otherwise. */
const PROVIDERS: Providers = { f5networks: { description: '', environment: 'Project' } };

export async function startDriver({
  providers = PROVIDERS,
  ...given
}: Partial<DriverOptions> & { providers?: Providers } = {}) {
  const clock = createManualClock();
  const random = createSeededRandom(7);
  const log: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>),
  };
  const logger = createLogger('test', { destination });
  const broker = createMemoryBroker();
  const transport = createMemoryTransport({ broker, clock, random, logger });
  const storage = await openStorage({ url: 'sqlite://', clock, random, logger });
  await storage.migrate();
  const neutron = new InMemoryNeutron();
  const options = driverOptions(given);
  const parts = { storage, transport, neutron, clock, random, logger };
  const deps: DriverDeps = { ...parts, options, providers };
  const driver = createF5PluginDriver(deps);
  for (const environment of environmentsOf(providers)) {
    await transport.serve(pluginTopic(environment), createLoadBalancerCallbacks(deps, environment));
  }
  const sweeper = createSweeper({ ...deps, driver, metrics: NO_METRICS });
  const api = new TenantApi({ storage, driver, clock, neutron });
  return {
    ...deps,
    /** Lines from `info` on. */
    log,
    broker,
    neutron,
    driver,
    sweeper,
    api,
    clock,
    /** Another server on the same database. */
    another: (its: Partial<Pick<DriverDeps, 'providers'>> = {}) => {
      const otherDeps = { ...deps, ...its };
      const other = createF5PluginDriver(otherDeps);
      return {
        driver: other,
        sweeper: createSweeper({ ...otherDeps, driver: other, metrics: NO_METRICS }),
      };
    },
    async agent(host: string, more: Partial<StubAgentOptions> = {}): Promise<StubAgent> {
      const agentTransport = createMemoryTransport({ broker, clock, random, logger });
      const agent = new StubAgent({ transport: agentTransport, clock, host, ...more });
      await agent.start();
      await agent.heartbeat();
      return agent;
    },
    /** Waits until hints have gone out and messages have been handled. */
    async settled(): Promise<void> {
      await driver.idle();
      await clock.advance(0);
    },
    async stop(): Promise<void> {
      await sweeper.stop();
      await driver.idle();
      await transport.close();
      await storage.close();
    },
  };
}
