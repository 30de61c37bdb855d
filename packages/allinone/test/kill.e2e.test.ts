// A lab that is killed at any moment, while tenants make changes, ends up right without anyone's help.
// KILL_ROUNDS=100 goes on for longer; KILL_SEED=n repeats the choices of an earlier run.
import { randomInt } from 'node:crypto';
import { openStorage } from '@f5-lbaas/storage';
import { silentLogger, systemClock } from '@f5-lbaas/platform';
import { createSeededRandom } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, startBackend } from '../src/demo/backend.ts';
import { ChangingTenant } from './support/changing-tenant.ts';
import { actualContents, expectedContents } from './support/device-contents.ts';
import { columnAt, textAt } from './support/json.ts';
import { fetchText, type LabApi } from './support/lab-api.ts';
import { LabProcess } from './support/lab-process.ts';
import { SCENARIO_PORT } from './support/scenario.ts';
import { waitUntil } from './support/wait-until.ts';

const SEED = Number(process.env['KILL_SEED'] ?? randomInt(1_000_000));
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 5);
/** The longest that the tenants work before a kill. */
const WORK_MS = 2_500;
/** The longest that a starting lab lives when it is killed again; it is ready after one or two seconds. */
const START_MS = 2_000;
const SECOND_KILL = 0.4;
const RECOVERY_MS = 60_000;
const ROUND_MS = 30_000;
const SERVERS = 5;
/** Each tenant has servers of its own. */
const TENANTS = [
  { cloud: 'lab', address: '127.0.0.2' },
  { cloud: 'lab-other', address: '127.0.0.3' },
] as const;

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** @returns what is in ERROR */
async function untilNothingIsPending(admin: LabApi): Promise<unknown[]> {
  const inStatus = (all: unknown[], status: RegExp): unknown[] =>
    all.filter((item) => status.test(textAt(item, 'provisioning_status')));
  return waitUntil(
    'nothing is pending',
    async () => {
      const all = await admin.everything();
      expect(inStatus(all, /^PENDING/)).toEqual([]);
      return inStatus(all, /^ERROR$/);
    },
    { timeoutMs: RECOVERY_MS, pollMs: 200 },
  );
}

/** Why load balancers are in ERROR, as operators find it in the database. */
async function reasons(dataDir: string): Promise<(string | null)[]> {
  const storage = await openStorage({
    url: `sqlite://${dataDir}/lbaas.sqlite`,
    clock: systemClock,
    logger: silentLogger,
  });
  try {
    const rows = await storage.read.loadbalancers.list();
    const failed = rows.filter((row) => row.provisioning_status === 'ERROR');
    return failed.map((row) => row.status_reason);
  } finally {
    await storage.close();
  }
}

describe('a lab that is killed at random moments', () => {
  const random = createSeededRandom(SEED);
  const backends: Backend[] = [];
  const tenants: { cloud: 'lab' | 'lab-other'; tenant: ChangingTenant }[] = [];
  let lab: LabProcess;
  beforeAll(async () => {
    for (const { cloud, address } of TENANTS) {
      const own = await Promise.all(
        Array.from({ length: SERVERS }, (_, index) => startBackend(`${cloud} ${index}`, address)),
      );
      backends.push(...own);
      const ports = own.map(({ port }) => port);
      tenants.push({ cloud, tenant: new ChangingTenant({ random, name: cloud, ports, address }) });
    }
    lab = await LabProcess.create();
    await lab.start();
  });
  afterAll(async () => {
    await lab.remove();
    await Promise.all(backends.map((backend) => backend.stop()));
  });

  /** Kills the lab while tenants change things, and perhaps once more while it starts. */
  async function round(): Promise<void> {
    const work = tenants.map(({ cloud, tenant }) => tenant.work(lab.api(cloud)));
    await Promise.race([after(random.next() * WORK_MS), ...work]);
    await lab.kill();
    await Promise.all(work);
    if (random.next() < SECOND_KILL) {
      const start = lab.start().catch(() => undefined);
      await after(random.next() * START_MS);
      await lab.kill();
      await start;
    }
    await lab.start();
  }

  it(
    `loses nothing and leaves nothing behind (KILL_SEED=${SEED} KILL_ROUNDS=${ROUNDS})`,
    async () => {
      for (let index = 0; index < ROUNDS; index += 1) await round();

      const admin = lab.api('lab-admin');
      await untilNothingIsPending(admin);
      // What was under way for too long, through kill after kill, may have timed out; it is taken up again.
      const why = await reasons(lab.dataDir);
      expect(why.filter((reason) => !/^Not finished within 120 s/.test(reason ?? ''))).toEqual([]);
      await waitUntil(
        'everything is ACTIVE',
        async () => {
          expect(await untilNothingIsPending(admin)).toEqual([]);
          return true;
        },
        { timeoutMs: 2 * RECOVERY_MS, pollMs: 500 },
      );
      for (const { cloud, tenant } of tenants) {
        expect(tenant.accepted).toBeGreaterThan(0);
        expect(await tenant.differences(lab.api(cloud))).toEqual([]);
      }

      const expected = await expectedContents(admin);
      for (const device of lab.devices()) {
        await waitUntil(
          'the device has exactly what the API says',
          async () => {
            expect(await actualContents(device)).toEqual(expected);
            return true;
          },
          { timeoutMs: RECOVERY_MS, pollMs: 500 },
        );
      }
    },
    120_000 + ROUNDS * ROUND_MS,
  );

  it('forwards traffic of every load balancer to its own tenant', async () => {
    for (const { cloud } of tenants) {
      const { body } = await lab.api(cloud).send('GET', 'loadbalancers');
      for (const address of columnAt(body, 'loadbalancers', 'vip_address')) {
        await waitUntil(`${String(address)} answers`, async () => {
          const url = `http://${String(address)}:${SCENARIO_PORT}/`;
          const answer = await fetchText(url);
          expect(answer.body).toMatch(new RegExp(`^${cloud} \\d$`));
          return true;
        });
      }
    }
  });

  it('has one port for each VIP and no other', async () => {
    const admin = lab.api('lab-admin');
    await waitUntil(
      'ports of creations that were killed are given back',
      async () => {
        const ports = await admin.neutron('ports?device_owner=Octavia');
        const loadBalancers = (await admin.send('GET', 'loadbalancers')).body;
        expect(columnAt(ports.body, 'ports', 'id').sort()).toEqual(
          columnAt(loadBalancers, 'loadbalancers', 'vip_port_id').sort(),
        );
        return true;
      },
      { timeoutMs: 2 * RECOVERY_MS, pollMs: 500 },
    );
  });
});
