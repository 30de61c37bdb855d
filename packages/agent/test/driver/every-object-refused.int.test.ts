// Each object of a load balancer refused once: the device stays as it was, the object's owner carries the words of the
// device, and the next try goes through.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlannedStep } from '../../src/inspect/planned-step.ts';
import type { ServiceOutcome } from '../../src/driver/agent-driver.ts';
import { persistence, withPolicies } from '../lbaas/services.ts';
import { tlsL7Scenario } from '../lbaas/tls-l7.ts';
import { configurationOf } from './configuration.ts';
import { startLab, type Lab } from './lab.ts';
import { deleted } from './scenario.ts';

let lab: Lab;
const scenario = tlsL7Scenario();
const { secrets, esdDirectory } = scenario;
beforeAll(async () => {
  lab = await startLab({ driver: { secrets, esdDirectory } });
});
afterAll(async () => {
  await lab.stop();
  scenario.close();
});

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

/** Something of everything but TLS. */
function everything(): ServiceDefinition {
  const service = aService({
    tenantId: 'tenant-1',
    listeners: [
      {
        default_pool_id: 'lb-1-pool-1',
        insert_headers: { 'X-Forwarded-For': 'true' },
        allowed_cidrs: ['10.0.0.0/8'],
      },
      { protocol: 'TCP', protocol_port: 25 },
    ],
    pools: [persistence('APP_COOKIE', { cookie_name: 'session' }), {}],
    members: [{}, { weight: 3 }],
    healthmonitors: [{}],
  });
  return withPolicies(service, [
    {
      policy: { action: 'REDIRECT_TO_POOL', redirect_pool_id: 'lb-1-pool-2' },
      rules: [{ compare_type: 'STARTS_WITH', value: '/images' }],
    },
  ]);
}

/** Steps that go in the transaction; the partition is made before it. */
async function transactionSteps(service: ServiceDefinition): Promise<readonly PlannedStep[]> {
  const [plan] = await lab.driver.planService(service, signal());
  return plan!.steps.filter(({ type }) => type !== 'folder');
}

/** What carries words of the device's about itself, as `<kind>/<id>`. */
function blamedIn(objects: ServiceOutcome['objects']): string[] {
  return Object.entries(objects).flatMap(([kind, reports]) =>
    Object.entries(reports)
      .filter(([, { reason }]) => reason !== undefined && !reason.startsWith('Not applied'))
      .map(([id]) => `${kind}/${id}`),
  );
}

it.each([
  ['an ordinary load balancer', everything, 8],
  ['one with TLS, policies and an ESD', () => scenario.build(), 12],
] as [string, () => ServiceDefinition, number][])(
  'leaves the device as it was and tells the right owner: %s',
  async (...row) => {
    const [, service, typesMin] = row;
    const device = lab.devices[0]!;
    const steps = await transactionSteps(service());
    expect(new Set(steps.map(({ type }) => type)).size).toBeGreaterThanOrEqual(typesMin);

    for (const [index, { path, type, for: everybody }] of steps.entries()) {
      // Its members go with a pool, and the message names the pool.
      const owners = everybody.filter(({ kind }) => kind !== 'members');
      const what = `${type} ${path}`;
      await device.fault({
        kind: 'refuse-transaction',
        count: 1,
        command: index + 1,
        message: `01070734:3: Configuration error: ${path} is not wanted`,
      });

      const { objects } = await lab.apply(service());

      expect(await configurationOf(device), what).toEqual({});
      const wanted = owners.map(({ kind, id }) => `${kind}/${id}`);
      expect(wanted, what).not.toEqual([]);
      expect(blamedIn(objects).sort(), what).toEqual([...new Set(wanted)].sort());
      for (const { kind, id } of owners) {
        expect(objects[kind]?.[id], what).toMatchObject({
          provisioning_status: 'ERROR',
          reason: expect.stringContaining(`${path} is not wanted`) as string,
        });
      }
    }

    const { objects } = await lab.apply(service());
    const all = Object.values(objects).flatMap((reports) => Object.values(reports));
    expect(all.every(({ provisioning_status: status }) => status === 'ACTIVE')).toBe(true);
    await lab.apply(deleted(service()));
    expect(await configurationOf(device)).toEqual({});
  },
);
