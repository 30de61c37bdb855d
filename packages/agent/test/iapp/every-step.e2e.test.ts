// A device that is lost at any write of a change: the next agent makes it good, whatever was done and whatever was not.
import { LbaasError, type ServiceDefinition, type ServiceListener } from '@f5-lbaas/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfigMode } from '../../src/driver/icontrol-driver-options.ts';
import { isWrite, named, type Lab } from '../driver/lab.ts';
import { deleted } from '../driver/scenario.ts';
import { applyWhole } from '../lbaas/services.ts';
import {
  changeMode,
  ordinary,
  POOL,
  reasons,
  service,
  signal,
  startIappLab,
  TENANT,
} from './iapp-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startIappLab();
});
afterAll(() => lab.stop());

const OTHER_POOL = 'lb-1-pool-2';
const everything = service({
  listeners: [{ default_pool_id: OTHER_POOL }, { default_pool_id: POOL }],
  pools: [{}, {}],
  members: [{}, { pool_id: OTHER_POOL }],
  healthmonitors: [{}],
});

const swapped = (one: ServiceListener): ServiceListener => ({
  ...one,
  default_pool_id: one.default_pool_id === POOL ? OTHER_POOL : POOL,
});

type State = [mode: ConfigMode, wanted: ServiceDefinition];

const CHANGES: [name: string, from: State | undefined, to: State, writes: number][] = [
  ['making', undefined, ['iapp', everything], 4],
  [
    'swapping listeners',
    ['iapp', everything],
    ['iapp', { ...everything, listeners: everything.listeners.map(swapped) }],
    4,
  ],
  [
    'changing a pool and its members',
    ['iapp', everything],
    [
      'iapp',
      {
        ...everything,
        pools: everything.pools.map((pool) => ({ ...pool, lb_algorithm: 'LEAST_CONNECTIONS' })),
      },
    ],
    2,
  ],
  ['going to objects', ['iapp', everything], ['objects', everything], 8],
  ['coming from objects', ['objects', everything], ['iapp', everything], 7],
  ['removing', ['iapp', everything], ['iapp', deleted(everything)], 6],
];

async function isLost(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof LbaasError && error.kind === 'unavailable') return true;
    throw error;
  }
}

async function start(from: State | undefined): Promise<void> {
  await changeMode(lab, from?.[0] ?? 'iapp');
  await applyWhole(lab, deleted(ordinary({ listeners: [{}, {}], pools: [{}, {}] })));
  if (from !== undefined) await applyWhole(lab, from[1]);
}

it.each(CHANGES)('%s', async (_name, from, [mode, wanted], writes) => {
  const device = lab.devices[0]!;
  let stops = 0;
  for (const method of ['POST', 'PATCH', 'DELETE']) {
    for (let after = 0, wasLost = true; wasLost; after += 1) {
      await start(from);
      await changeMode(lab, mode);
      await device.fault({
        ...{ kind: 'reset-before', after },
        match: { method, path: '^/mgmt/tm/(ltm|sys|transaction)' },
      });
      wasLost = await isLost(lab.apply(wanted));
      await device.clearFaults();
      stops += Number(wasLost);

      await changeMode(lab, mode);
      const what = `${method} ${after}`;
      expect(reasons(await lab.apply(wanted)), what).toEqual({});
      await device.forgetCalls();
      const { outcomes } = await lab.driver.resyncTenant(TENANT, [wanted], signal());
      expect(reasons(outcomes[0]!), what).toEqual({});
      expect((await device.calls()).filter(isWrite).map(named), what).toEqual([]);
    }
  }
  // Every write of the change was the one at which the device was lost.
  expect(stops).toBeGreaterThanOrEqual(writes);
});
