// Pairs of devices: who is written, what happens when one is away, and how it is repaired.
import { aService, waitFor } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createIControlDriver } from '../../src/driver/icontrol-driver.ts';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { configurationOf } from './configuration.ts';
import { allReady, isWrite, named, startLab, type Lab } from './lab.ts';
import { deleted, fullService } from './scenario.ts';

let lab: Lab;
afterEach(() => lab.stop());

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

describe('replication', () => {
  it('writes every device, with one call each for the k-th member', async () => {
    lab = await startLab({ devices: 2 });
    await lab.apply(fullService(9));
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));

    const outcome = await lab.apply(fullService(10));

    expect(outcome.skippedDevices).toEqual([]);
    const [a, b] = lab.devices;
    expect(await a!.calls()).toHaveLength(1);
    expect(await b!.calls()).toHaveLength(1);
    expect(await configurationOf(b!)).toEqual(await configurationOf(a!));
  });

  it('goes on with the devices that are there, and asks for a resync when one returns', async () => {
    lab = await startLab({ devices: 2 });
    const [a, b] = lab.devices;
    await b!.fault({ kind: 'device-down' });

    const outcome = await lab.apply(fullService());

    expect(outcome.objects.loadbalancers).toMatchObject({
      'lb-1': { provisioning_status: 'ACTIVE' },
    });
    expect(outcome.skippedDevices).toEqual([`127.0.0.1:${new URL(b!.url).port}`]);
    expect(lab.driver.operational).toBe(true);
    lab.resyncs.length = 0;
    await b!.clearFaults();
    await waitFor(() => lab.resyncs.length > 0, { what: 'a resync to be asked for' });
    expect(lab.resyncs).toEqual(['all']);
    await lab.driver.resyncTenant('tenant-1', [fullService()], signal());
    expect(await configurationOf(b!)).toEqual(await configurationOf(a!));
  });

  it('decides nothing when no device can take the change', async () => {
    lab = await startLab();
    await lab.devices[0]!.fault({ kind: 'device-down' });

    await expect(lab.apply(fullService())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(lab.driver.operational).toBe(false);
    await expect(lab.apply(fullService())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(Object.values(lab.driver.endpoints())).toMatchObject([
      { status: 'error', failover_state: 'unknown' },
    ]);
  });
});

describe('autosync', () => {
  it('writes one device and pushes its configuration to the group', async () => {
    lab = await startLab({ devices: 2, driver: { syncMode: 'autosync' } });
    const [a, b] = lab.devices;

    const outcome = await lab.apply(fullService());

    expect(outcome.skippedDevices).toEqual([]);
    expect((await b!.calls()).filter(isWrite)).toEqual([]);
    expect(await configurationOf(b!)).toEqual(await configurationOf(a!));
    await lab.apply(deleted(fullService()));
    expect(await configurationOf(b!)).toEqual({});
  });

  it('writes the other device when the first is away', async () => {
    lab = await startLab({ devices: 2, driver: { syncMode: 'autosync' } });
    const [a, b] = lab.devices;
    await lab.apply(fullService(1));
    await a!.fault({ kind: 'device-down' });

    await lab.apply(fullService(2)).catch(() => lab.apply(fullService(2)));

    const [pool] = await b!.list('/ltm/pool', 'Project_tenant-1');
    expect(pool).toMatchObject({ membersReference: { items: { length: 2 } } });
    await waitFor(() => lab.resyncs.length > 0, { what: 'a resync by the new writer' });
  });

  it('gives a device that returns what it missed before anything is written to it', async () => {
    lab = await startLab({ devices: 2, driver: { syncMode: 'autosync' } });
    const [a, b] = lab.devices;
    const other = aService({
      id: 'lb-2',
      tenantId: 'tenant-2',
      loadbalancer: { vip_address: '127.10.0.99' },
    });
    await lab.apply(fullService(1));
    await a!.fault({ kind: 'device-down' });
    await lab.apply(other).catch(() => lab.apply(other));
    await a!.clearFaults();
    await allReady(lab.driver, 2);

    const outcome = await lab.apply(fullService(2));

    expect(outcome.skippedDevices).toEqual([]);
    expect(Object.keys(await configurationOf(a!))).toContain('/sys/folder /Project_tenant-2');
    expect(await configurationOf(b!)).toEqual(await configurationOf(a!));
  });

  it('repeats a push that failed with the next look, although nothing is to be written then', async () => {
    lab = await startLab({ devices: 2, driver: { syncMode: 'autosync' } });
    const [a, b] = lab.devices;
    await b!.fault({ kind: 'lose-config-sync' });
    const outcome = await lab.apply(fullService());
    expect(outcome.skippedDevices).toEqual([`127.0.0.1:${new URL(b!.url).port}`]);
    expect(Object.values(lab.driver.endpoints())[0]!.status_message).toContain('Disconnected');
    expect(await configurationOf(b!)).toEqual({});

    await b!.clearFaults();
    const resync = await lab.driver.resyncTenant('tenant-1', [fullService()], signal());

    expect(resync.outcomes[0]!.skippedDevices).toEqual([]);
    expect(await configurationOf(b!)).toEqual(await configurationOf(a!));
    expect(Object.values(lab.driver.endpoints())[0]!.status_message).toBe(
      'BIG-IP ready for provisioning',
    );
  });

  it('shares pushes between tenants that change at the same time', async () => {
    lab = await startLab({ devices: 2, driver: { syncMode: 'autosync' } });
    const [a, b] = lab.devices;
    const services = Array.from({ length: 8 }, (_, n) =>
      aService({
        id: `lb-${n}`,
        tenantId: `t${n}`,
        loadbalancer: { vip_address: `127.11.0.${n + 1}` },
      }),
    );

    const outcomes = await Promise.all(services.map((service) => lab.apply(service)));

    expect(outcomes.flatMap(({ skippedDevices }) => skippedDevices)).toEqual([]);
    const pushes = (await a!.calls()).filter((call) => named(call) === 'POST /cm');
    expect(pushes.length).toBeLessThan(8);
    expect(await configurationOf(b!)).toEqual(await configurationOf(a!));
  });
});

describe('scalen', () => {
  it.each(['replication', 'autosync'] as const)(
    'with %s brings every change to all three devices',
    async (syncMode) => {
      lab = await startLab({ devices: 3, driver: { syncMode } });

      const outcome = await lab.apply(fullService());

      expect(outcome.skippedDevices).toEqual([]);
      const [first, ...others] = await Promise.all(lab.devices.map(configurationOf));
      expect(Object.keys(first!)).toHaveLength(7);
      for (const other of others) expect(other).toEqual(first);
      await lab.apply(deleted(fullService()));
      expect(await Promise.all(lab.devices.map(configurationOf))).toEqual([{}, {}, {}]);
    },
  );
});

describe('failover', () => {
  const poolReads = async (): Promise<number[]> => {
    const logs = await Promise.all(lab.devices.map((device) => device.calls()));
    return logs.map((calls) => calls.filter(({ path }) => path === '/mgmt/tm/ltm/pool').length);
  };

  it('writes nothing, and turns the reading of health to the new active device', async () => {
    lab = await startLab({ devices: 2, driver: { deviceProbeIntervalMs: 30 } });
    await lab.apply(fullService());
    await waitFor(async () => {
      const calls = await Promise.all(lab.devices.map((device) => device.calls()));
      return calls.every((list) => list.some(({ path }) => path.endsWith('/sys/config')));
    });
    const [a] = lab.devices;
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));
    await lab.driver.pollHealth([fullService()], signal());
    expect(await poolReads()).toEqual([1, 0]);

    await a!.reader.run('/sys/failover', { command: 'run', standby: true });
    await waitFor(() => Object.values(lab.driver.endpoints())[1]!.failover_state === 'active', {
      what: 'the probe to see the failover',
    });
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));
    await lab.driver.pollHealth([fullService()], signal());
    await lab.apply(fullService());

    expect(await poolReads()).toEqual([0, 1]);
    const calls = await Promise.all(lab.devices.map((device) => device.calls()));
    expect(calls.flat().filter(isWrite)).toEqual([]);
  });
});

describe('changed configuration', () => {
  it('is saved by the next probe, once, on every device', async () => {
    lab = await startLab({ devices: 2, driver: { deviceProbeIntervalMs: 30 } });
    const saves = async (): Promise<number[]> => {
      const logs = await Promise.all(lab.devices.map((device) => device.calls()));
      return logs.map((calls) => calls.filter(({ path }) => path.endsWith('/sys/config')).length);
    };
    await lab.apply(fullService());
    await waitFor(async () => (await saves()).every((count) => count > 0), { what: 'the saving' });

    await lab.apply(fullService());
    const seen = (await lab.devices[0]!.calls()).length;
    await waitFor(async () => (await lab.devices[0]!.calls()).length > seen + 6);

    expect(await saves()).toEqual([1, 1]);
  });
});

describe('a device that has lost its configuration', () => {
  it('is noticed by the probe and repaired by a resync', async () => {
    lab = await startLab({ driver: { deviceProbeIntervalMs: 50 } });
    const device = lab.devices[0]!;
    await lab.apply(fullService());
    const before = await configurationOf(device);
    lab.resyncs.length = 0;

    await device.wipe();
    await waitFor(() => lab.resyncs.length > 0, { what: 'a resync to be asked for' });
    await allReady(lab.driver, 1);
    await lab.driver.resyncTenant('tenant-1', [fullService()], signal());

    expect(await configurationOf(device)).toEqual(before);
  });

  it('costs one call per probe while all is well', async () => {
    lab = await startLab({ driver: { deviceProbeIntervalMs: 30 } });
    const device = lab.devices[0]!;
    await waitFor(async () => (await device.calls()).length >= 3, { what: 'three probes' });

    const paths = new Set((await device.calls()).map(({ path }) => path));
    expect([...paths]).toEqual(['/mgmt/tm/sys/folder']);
  });
});

describe('resync', () => {
  it('repairs drift and lists what no service explains', async () => {
    lab = await startLab();
    const device = lab.devices[0]!;
    await lab.apply(fullService());
    const before = await configurationOf(device);
    const stray = aService({
      id: 'stray',
      tenantId: 'tenant-1',
      loadbalancer: { vip_address: '127.10.0.77' },
    });
    await lab.apply(stray);
    await device.reader.modify('/ltm/pool/~Project_tenant-1~Project_lb-1-pool-1', {
      loadBalancingMode: 'ratio-member',
      members: [],
    });
    await device.reader.remove('/ltm/virtual/~Project_tenant-1~Project_lb-1-listener-1');

    const resync = await lab.driver.resyncTenant('tenant-1', [fullService()], signal());

    expect(resync.orphans).toEqual([
      {
        kind: 'loadbalancers',
        id: 'stray',
        device: `127.0.0.1:${new URL(device.url).port}`,
        fullPath: '/Project_tenant-1/Project_stray',
      },
    ]);
    await lab.driver.removeOrphans('tenant-1', resync.orphans, signal());
    expect(await configurationOf(device)).toEqual(before);
  });

  it('knows the tenants of the devices by their partitions', async () => {
    lab = await startLab();
    await lab.apply(aService({ tenantId: 'a1' }));
    await lab.devices[0]!.reader.create('/sys/folder', { name: 'Project_2_b', subPath: '/' });

    expect(await lab.driver.listTenants(signal())).toEqual(['a1']);
  });
});

describe('connecting', () => {
  it('tells what was found', async () => {
    lab = await startLab({ devices: 2, version: '15.1' });

    expect(Object.values(lab.driver.endpoints())).toMatchObject([
      {
        status: 'active',
        status_message: 'BIG-IP ready for provisioning',
        device_name: 'bigip-1.test',
      },
      { status: 'active', failover_state: expect.stringMatching(/active|standby/) as string },
    ]);
    expect(Object.values(lab.driver.endpoints())[0]!.version).toMatch(/^15\.1/);
    expect(await lab.driver.capacityScore()).toBe(0);
  });

  it('refuses a device that does not fit the HA type', async () => {
    lab = await startLab();
    const [device] = lab.devices;
    const port = Number(new URL(device!.url).port);
    const common = {
      username: device!.username,
      password: device!.password,
      tls: { ca: lab.emulator.caPem },
    };
    const driver = createIControlDriver({
      devices: [
        { host: '127.0.0.1', port, ...common },
        { host: 'localhost', port, ...common },
      ],
      haType: 'pair',
      syncMode: 'replication',
      environmentPrefix: 'Project',
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    });
    driver.start();
    await waitFor(() =>
      Object.values(driver.endpoints()).every(({ status }) => status === 'error'),
    );

    const [endpoint] = Object.values(driver.endpoints());
    expect(endpoint!.status_message).toBe(
      `HA mode is pair and bigip 127.0.0.1:${port} in standalone mode.`.slice(0, 80),
    );
    await driver.stop();
  });

  it('refuses a device without LTM, and takes it once that is provisioned', async () => {
    lab = await startLab();
    const { reader } = lab.devices[0]!;
    await reader.modify('/sys/provision/ltm', { level: 'none' });
    await lab.driver.stop();
    const driver = createIControlDriver({ ...lab.driverOptions, timeouts: { reconnectMs: 50 } });
    driver.start();
    const endpoint = () => Object.values(driver.endpoints())[0]!;
    await waitFor(() => endpoint().status === 'error');
    expect(endpoint().status_message).toMatch(/has no LTM provisioned/);
    expect(driver.operational).toBe(false);

    // The device refuses another change while it restarts what the first one touched.
    await waitFor(() =>
      reader.modify('/sys/provision/ltm', { level: 'nominal' }).catch(() => undefined),
    );
    await allReady(driver, 1);
    await driver.stop();
  });

  it('refuses a device whose name another one has already', async () => {
    lab = await startLab({ devices: 2 });
    const [device] = lab.driverOptions.devices;
    const driver = createIControlDriver({
      ...lab.driverOptions,
      devices: [device!, { ...device!, host: 'localhost' }],
    });
    driver.start();
    const statuses = () =>
      Object.values(driver.endpoints())
        .map(({ status }) => status)
        .sort();
    await waitFor(() => statuses().join() === 'active,error');

    const refused = Object.values(driver.endpoints()).find(({ status }) => status === 'error');
    expect(refused!.status_message).toMatch(/^Device name bigip-1.test of .* is already used/);
    await driver.stop();
  });

  it.each([
    ['replication', true, 'disabled'],
    ['autosync', false, 'enabled'],
  ] as const)('in %s sets how the group synchronises, and never tunnels', async (...row) => {
    const [syncMode, autoSync, expected] = row;
    lab = await startLab({ devices: 2 });
    const [a] = lab.devices;
    await a!.reader.modify('/cm/device-group/~Common~dsg', {
      autoSync: autoSync ? 'enabled' : 'disabled',
    });
    await a!.reader.modify('/sys/db/iptunnel.configsync', { value: 'enable' });
    await lab.driver.stop();
    const driver = createIControlDriver({ ...lab.driverOptions, syncMode });
    driver.start();
    await allReady(driver, 2);

    expect(await a!.reader.get('/cm/device-group/~Common~dsg')).toMatchObject({
      autoSync: expected,
    });
    expect(await a!.reader.get('/sys/db/iptunnel.configsync')).toMatchObject({ value: 'disable' });
    await driver.stop();
  });

  it('refuses a number of devices that does not fit', async () => {
    lab = await startLab();
    const options = {
      devices: [],
      haType: 'standalone' as const,
      syncMode: 'replication' as const,
      environmentPrefix: '',
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    };

    expect(() => createIControlDriver(options)).toThrow('HA mode is standalone and 0 hosts found.');
  });
});
