import { afterEach, describe, expect, it } from 'vitest';
import { asText } from '../../src/object-types/property.ts';
import { isWrite, named, startLab, type Lab } from './lab.ts';
import { deleted, fullService, sixRequests } from './scenario.ts';

let lab: Lab;
afterEach(() => lab.stop());

async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  await Promise.all(lab.devices.map((device) => device.forgetCalls()));
  await work();
  return (await lab.devices[0]!.calls()).map(named);
}

describe('calls to one device', () => {
  it('are nine for load balancer, listener, pool, two members and monitor, one after the other', async () => {
    lab = await startLab();

    const calls = await callsOf(async () => {
      for (const service of sixRequests()) await lab.apply(service);
    });

    expect(calls).toEqual([
      'POST /sys/folder',
      'POST /ltm/virtual-address',
      'POST /ltm/virtual',
      'POST /ltm/pool',
      'PATCH /ltm/virtual/~Project_tenant-1~Project_lb-1-listener-1',
      'POST /ltm/pool/~Project_tenant-1~Project_lb-1-pool-1/members',
      'POST /ltm/pool/~Project_tenant-1~Project_lb-1-pool-1/members',
      'POST /ltm/monitor/http',
      'PATCH /ltm/pool/~Project_tenant-1~Project_lb-1-pool-1',
    ]);
  });

  it('are seven for the same in one fully populated service', async () => {
    lab = await startLab();

    const calls = await callsOf(() => lab.apply(fullService()));

    expect(calls).toHaveLength(7);
  });

  it('are none when there is nothing to do, also for an agent that has just started', async () => {
    lab = await startLab();
    await lab.apply(fullService());

    expect(await callsOf(() => lab.apply(fullService()))).toEqual([]);

    await lab.restartDriver();
    const outcome = lab.apply(fullService());
    await outcome;
    expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
  });

  it.each([1, 10, 100])('are one for member %i', async (k) => {
    lab = await startLab();
    await lab.apply(fullService(k - 1));

    const calls = await callsOf(() => lab.apply(fullService(k)));

    expect(calls).toHaveLength(1);
  });

  it('are one for a change of a member, and two for the last member on a node', async () => {
    lab = await startLab();
    await lab.apply(fullService(10));
    const drained = fullService(10);
    drained.members[3]!.weight = 0;
    const without = fullService(10);
    without.members[3]!.provisioning_status = 'PENDING_DELETE';

    expect(await callsOf(() => lab.apply(drained))).toEqual([
      'PATCH /ltm/pool/~Project_tenant-1~Project_lb-1-pool-1/members/~Project_tenant-1~127.20.0.4:8080',
    ]);
    expect(await callsOf(() => lab.apply(without))).toEqual([
      'DELETE /ltm/pool/~Project_tenant-1~Project_lb-1-pool-1/members/~Project_tenant-1~127.20.0.4:8080',
      'DELETE /ltm/node/~Project_tenant-1~127.20.0.4',
    ]);
  });

  it('are as many for the resync of a large tenant as for a small one', async () => {
    lab = await startLab();
    const services = Array.from({ length: 12 }, (_, n) => {
      const service = fullService(3);
      return JSON.parse(
        JSON.stringify(service)
          .replaceAll('lb-1', `lb-${n}`)
          .replaceAll('127.10.0.10', `127.10.0.${n + 1}`),
      ) as typeof service;
    });
    const resync = async (count: number): Promise<string[]> => {
      for (const service of services.slice(0, count)) await lab.apply(service);
      return callsOf(() =>
        lab.driver.resyncTenant('tenant-1', services.slice(0, count), AbortSignal.timeout(10_000)),
      );
    };

    const small = await resync(1);
    const large = await resync(12);

    expect(large).toHaveLength(small.length);
    expect(large.length).toBeLessThanOrEqual(25);
    expect(large.every((call) => call.startsWith('GET'))).toBe(true);
  });

  it('leave nothing behind when the load balancer goes', async () => {
    lab = await startLab();
    await lab.apply(fullService());

    const outcome = await lab.apply(deleted(fullService()));

    expect(outcome.objects.loadbalancers).toEqual({ 'lb-1': { provisioning_status: 'DELETED' } });
    expect(outcome.objects.members).toMatchObject({
      'lb-1-member-1': { provisioning_status: 'DELETED' },
    });
    const folders = await lab.devices[0]!.list('/sys/folder');
    expect(folders.filter(({ name }) => asText(name).startsWith('Project_'))).toEqual([]);
    expect(await lab.devices[0]!.list('/ltm/node')).toEqual([]);
  });
});
