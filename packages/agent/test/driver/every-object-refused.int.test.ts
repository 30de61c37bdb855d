// Each object of a load balancer refused once: the device stays as it was, the object's owner carries the words of the
// device, and the next try goes through.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlannedStep } from '../../src/inspect/planned-step.ts';
import { persistence, withPolicies } from '../lbaas/services.ts';
import { configurationOf } from './configuration.ts';
import { startLab, type Lab } from './lab.ts';
import { deleted } from './scenario.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

/** Something of everything that a load balancer puts on a device in global routed mode. */
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
async function transactionSteps(): Promise<readonly PlannedStep[]> {
  const [plan] = await lab.driver.planService(everything(), signal());
  return plan!.steps.filter(({ type }) => type !== 'folder');
}

it('leaves the device as it was and tells the right owner, for every object', async () => {
  const device = lab.devices[0]!;
  const steps = await transactionSteps();
  expect(new Set(steps.map(({ type }) => type)).size).toBeGreaterThanOrEqual(8);

  for (const [index, { path, type, for: owners }] of steps.entries()) {
    const what = `${type} ${path}`;
    await device.fault({
      kind: 'refuse-transaction',
      count: 1,
      command: index + 1,
      message: `01070734:3: Configuration error: ${path} is not wanted`,
    });

    const { objects } = await lab.apply(everything());

    expect(await configurationOf(device), what).toEqual({});
    const { kind, id } = owners[0]!;
    expect(objects[kind]?.[id], what).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining(`${path} is not wanted`) as string,
    });
    expect(objects[kind]?.[id]?.reason, what).not.toContain('Not applied');
    const blamed = Object.values(objects)
      .flatMap((reports) => Object.values(reports))
      .filter(({ reason }) => reason !== undefined && !reason.startsWith('Not applied'));
    // L7 policies and their rules share one object.
    expect(blamed, what).toHaveLength(type === 'policy' ? 2 : 1);
  }

  const { objects } = await lab.apply(everything());
  const all = Object.values(objects).flatMap((reports) => Object.values(reports));
  expect(all.every(({ provisioning_status: status }) => status === 'ACTIVE')).toBe(true);
  await lab.apply(deleted(everything()));
  expect(await configurationOf(device)).toEqual({});
});
