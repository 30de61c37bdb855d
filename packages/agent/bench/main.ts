// `npm run bench:agent`: the agent's device driver with many load balancers on one device.
import {
  cpuSecondsOf,
  EmulatorProcess,
  figure,
  memoryOf,
  runBench,
  type BenchReport,
  type BenchRun,
} from '@f5-lbaas/testkit';
import { connectedDriver, type BenchDriver } from './connected-driver.ts';
import { MEMBERS, servicesOf, type Tenants } from './services.ts';

const FULL = { loadBalancers: 1000, tenants: 20 };
const SHORT = { loadBalancers: 100, tenants: 4 };

type Row = readonly string[];

/** One phase of work: how long, what it cost the device, what the driver's process holds afterwards. */
async function phase(
  name: string,
  emulator: EmulatorProcess,
  work: () => Promise<void>,
): Promise<Row> {
  await emulator.takeRequests();
  const startMs = performance.now();
  const startCpu = cpuSecondsOf('self');
  await work();
  const cpu = `${figure(cpuSecondsOf('self') - startCpu)} s`;
  const ms = performance.now() - startMs;
  const { total, writes } = await emulator.takeRequests();
  const memory = `${figure(memoryOf('self').nowMib)} MiB`;
  return [name, `${figure(ms / 1000)} s`, cpu, figure(total), figure(writes), memory];
}

async function applied(driver: BenchDriver, tenants: Tenants, progress: (n: number) => void) {
  let done = 0;
  const inTenant = async (services: Tenants[number]['services']): Promise<void> => {
    for (const service of services) {
      await driver.apply(service);
      done += 1;
      if (done % 250 === 0) progress(done);
    }
  };
  await Promise.all(tenants.map(({ services }) => inTenant(services)));
}

async function rowsFor(tenants: Tenants, { progress }: BenchRun): Promise<Row[]> {
  const emulator = new EmulatorProcess();
  const count = tenants.reduce((sum, { services }) => sum + services.length, 0);
  const of = tenants.length === 1 ? 'one tenant' : `${tenants.length} tenants`;
  const rows: Row[] = [];
  const resynced = async (driver: BenchDriver): Promise<void> => {
    await Promise.all(tenants.map((tenant) => driver.resync(tenant)));
  };
  try {
    await emulator.start();
    const first = await connectedDriver(emulator.connection);
    progress(`${count} load balancers of ${of}: applying`);
    const say = (n: number): void => progress(`${n} of ${count}`);
    rows.push(await phase(`${of}: applied`, emulator, () => applied(first, tenants, say)));
    progress('resyncing');
    rows.push(await phase(`${of}: resynced`, emulator, () => resynced(first)));
    rows.push(await phase(`${of}: applied again`, emulator, () => applied(first, tenants, say)));
    await first.stop();
    const second = await connectedDriver(emulator.connection);
    progress('resyncing after a restart');
    const name = `${of}: resynced by an agent that has just started`;
    rows.push(await phase(name, emulator, () => resynced(second)));
    await second.stop();
    return rows;
  } finally {
    await emulator.remove();
  }
}

async function run(options: BenchRun): Promise<BenchReport> {
  const { loadBalancers, tenants } = options.short ? SHORT : FULL;
  const rows = [
    ...(await rowsFor(servicesOf(loadBalancers, 1), options)),
    ...(await rowsFor(servicesOf(loadBalancers, tenants), options)),
  ];
  const title = `${figure(loadBalancers)} load balancers, ${MEMBERS} members each`;
  return {
    tables: [{ columns: [title, 'time', 'CPU', 'device calls', 'writes', 'memory'], rows }],
    notes: [
      `Each with an HTTP listener, a pool, ${MEMBERS} members and an HTTP monitor, in global routed mode, applied one ` +
        'after the other within a tenant, tenants side by side, to one empty standalone device.',
      'The driver and the service definitions are in one process for all rows; its processor time is shown for each, its resident memory after each. The ' +
        'emulated device is another process on the same machine.',
      'The resync reads everything back and compares; nothing differs, so nothing is written.',
    ],
  };
}

await runBench({ section: 'agent', command: 'npm run bench:agent', run });
