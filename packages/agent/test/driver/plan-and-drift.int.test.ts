// Looking without touching: what a plan shows is what applying sends; drift is found field by field in a number of
// reads that does not grow, and is repaired only where that is wanted.
import type { ProvisioningStatus, ServiceDefinition } from '@f5-lbaas/model';
import { afterEach, describe, expect, it } from 'vitest';
import { createIControlDriver } from '../../src/driver/icontrol-driver.ts';
import { stepsInWords } from '../../src/inspect/planned-step.ts';
import { configurationOf } from './configuration.ts';
import { allReady, isWrite, startLab, type Lab } from './lab.ts';
import { fullService } from './scenario.ts';

let lab: Lab;
afterEach(() => lab.stop());

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const POOL = '/Project_tenant-1/Project_lb-1-pool-1';
const VIRTUAL = '/Project_tenant-1/Project_lb-1-listener-1';

function settled(service: ServiceDefinition): ServiceDefinition {
  const active = { provisioning_status: 'ACTIVE' as ProvisioningStatus };
  const all = <T extends object>(list: readonly T[]): T[] =>
    list.map((one) => ({ ...one, ...active }));
  return {
    ...service,
    loadbalancer: { ...service.loadbalancer, ...active },
    listeners: all(service.listeners),
    pools: all(service.pools),
    members: all(service.members),
    healthmonitors: all(service.healthmonitors),
  };
}

/** Behind the agent's back: a field, a member, an object that is gone. */
async function meddle(): Promise<void> {
  const { reader } = lab.devices[0]!;
  await reader.modify('/ltm/pool/~Project_tenant-1~Project_lb-1-pool-1', {
    loadBalancingMode: 'ratio-member',
  });
  await reader.remove(
    '/ltm/pool/~Project_tenant-1~Project_lb-1-pool-1/members/~Project_tenant-1~127.20.0.2:8080',
  );
  await reader.remove('/ltm/virtual/~Project_tenant-1~Project_lb-1-listener-1');
  await lab.devices[0]!.forgetCalls();
}

describe('a plan', () => {
  it('of a new load balancer shows every write, in order, and sends none', async () => {
    lab = await startLab();

    const [plan] = await lab.driver.planService(fullService(), signal());

    expect(plan!.problems).toEqual([]);
    expect(plan!.steps.map(({ request }) => `${request.method} ${request.path}`)).toEqual([
      'POST /sys/folder',
      'POST /ltm/monitor/http',
      'POST /ltm/pool',
      'POST /ltm/virtual-address',
      'POST /ltm/virtual',
    ]);
    expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
    expect(stepsInWords(plan!.steps)).toContain(`  create virtual ${VIRTUAL}`);
    expect(stepsInWords(plan!.steps)).toContain(`    pool: ${POOL}`);
    expect(stepsInWords(plan!.steps)).toContain(
      '    pool-member 127.20.0.2:8080 address: 127.20.0.2',
    );
  });

  it('is what applying then sends', async () => {
    lab = await startLab();
    await lab.apply(fullService());
    const changed = fullService(5);
    changed.members[0]!.weight = 7;
    changed.healthmonitors[0]!.delay = 9;
    const [plan] = await lab.driver.planService(changed, signal());
    await lab.devices[0]!.forgetCalls();

    await lab.apply(changed);

    const sent = (await lab.devices[0]!.calls())
      .filter(({ path }) => !path.includes('/transaction'))
      .map(({ method, path }) => `${method} ${path.replace('/mgmt/tm', '')}`);
    expect(sent).toEqual(plan!.steps.map(({ request }) => `${request.method} ${request.path}`));
    expect(stepsInWords(plan!.steps)).toContain('    pool-member 127.20.0.1:8080 ratio: 1 -> 7');
    expect(stepsInWords(plan!.steps)).toContain('    interval: 5 -> 9');
  });

  it('of an unchanged load balancer is empty, on every device', async () => {
    lab = await startLab({ devices: 2 });
    await lab.apply(fullService());

    const plans = await lab.driver.planService(fullService(), signal());

    expect(plans.map(({ steps }) => steps)).toEqual([[], []]);
    expect(new Set(plans.map(({ device }) => device)).size).toBe(2);
  });
});

describe('drift', () => {
  it('is shown object by object and field by field, and left alone by a mere look', async () => {
    lab = await startLab();
    await lab.apply(fullService());
    await meddle();
    const before = await configurationOf(lab.devices[0]!);
    await lab.devices[0]!.forgetCalls();

    const { differences } = await lab.driver.resyncTenant(
      'tenant-1',
      [settled(fullService())],
      signal(),
      'look',
    );

    const calls = await lab.devices[0]!.calls();
    expect(calls.filter(isWrite)).toEqual([]);
    expect(calls.length).toBeLessThanOrEqual(25);
    expect(differences).toHaveLength(1);
    const { steps, loadbalancerId } = differences[0]!;
    expect(loadbalancerId).toBe('lb-1');
    expect(steps.map(({ action, path }) => `${action} ${path}`)).toEqual([
      `modify ${POOL}`,
      `create ${VIRTUAL}`,
    ]);
    expect(steps[0]!.changes).toContainEqual({
      type: 'pool',
      path: POOL,
      property: 'loadBalancingMode',
      from: 'ratio-member',
      to: 'round-robin',
    });
    expect(steps[0]!.changes).toContainEqual(
      expect.objectContaining({
        path: '/Project_tenant-1/127.20.0.2:8080',
        property: 'address',
        from: null,
      }),
    );
    expect(steps[0]!.for).toContainEqual({ kind: 'pools', id: 'lb-1-pool-1' });
    expect(await configurationOf(lab.devices[0]!)).toEqual(before);
  });

  it('is repaired by a resync, which tells what it was', async () => {
    lab = await startLab();
    await lab.apply(fullService());
    const before = await configurationOf(lab.devices[0]!);
    await meddle();

    const resync = (): ReturnType<typeof lab.driver.resyncTenant> =>
      lab.driver.resyncTenant('tenant-1', [settled(fullService())], signal());

    expect((await resync()).differences[0]!.steps).toHaveLength(2);
    expect(await configurationOf(lab.devices[0]!)).toEqual(before);
    expect((await resync()).differences).toEqual([]);
  });

  it('is only reported where that is wanted, while what is pending is applied', async () => {
    lab = await startLab();
    await lab.apply(fullService());
    await meddle();
    const pending = JSON.parse(
      JSON.stringify(fullService())
        .replaceAll('lb-1', 'lb-2')
        .replaceAll('127.10.0.10', '127.10.0.11'),
    ) as ServiceDefinition;

    const resync = await lab.driver.resyncTenant(
      'tenant-1',
      [settled(fullService()), pending],
      signal(),
      'report',
    );

    expect(resync.differences.map(({ loadbalancerId }) => loadbalancerId)).toEqual(['lb-1']);
    const virtuals = await lab.devices[0]!.list('/ltm/virtual', 'Project_tenant-1');
    expect(virtuals.map(({ name }) => name)).toEqual(['Project_lb-2-listener-1']);
  });
});

describe('a driver that only looks', () => {
  it('writes nothing to a device, whatever it is asked', async () => {
    lab = await startLab({ devices: 2 });
    await lab.devices[0]!.reader.modify('/cm/device-group/~Common~dsg', { autoSync: 'enabled' });
    await lab.driver.stop();
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));
    const driver = createIControlDriver({ ...lab.driverOptions, isReadOnly: true });
    driver.start();
    await allReady(driver, 2);

    await driver.applyService(fullService(), signal());
    await driver.resyncTenant('tenant-1', [fullService()], signal());
    await driver.stop();

    const calls = await Promise.all(lab.devices.map((device) => device.calls()));
    expect(calls.flat().filter(isWrite)).toEqual([]);
  });
});
