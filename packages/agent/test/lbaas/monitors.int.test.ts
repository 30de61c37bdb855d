// Several monitors of one pool, as LBaaS v1 has them: all have to succeed.
import type { ServiceDefinition, ServiceHealthMonitor } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { isWrite, named, startLab, type Lab } from '../driver/lab.ts';
import { deleted } from '../driver/scenario.ts';
import { applyWhole, soon, TENANT } from './services.ts';

const POOL = `/Project_${TENANT}/Project_lb-1-pool-1`;
const monitorPath = (id: string): string => `/Project_${TENANT}/Project_${id}`;
const timing = { delay: 1, timeout: 1, max_retries_down: 1 };

/** Answers 404 to every path in it. */
const broken = new Set<string>();
const backend = createServer((req, res) => {
  res.writeHead(broken.has(req.url ?? '') ? 404 : 200).end();
});
let lab: Lab;
let port: number;
beforeAll(async () => {
  lab = await startLab();
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  ({ port } = backend.address() as AddressInfo);
});
afterEach(async () => {
  broken.clear();
  await lab.apply(deleted(monitored(LIVE, READY, PORT)));
  expect(await lab.driver.listTenants(signal())).toEqual([]);
});
afterAll(async () => {
  await lab.stop();
  backend.closeAllConnections();
  backend.close();
});

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

function monitored(...healthmonitors: Partial<ServiceHealthMonitor>[]): ServiceDefinition {
  return aService({
    tenantId: TENANT,
    pools: [{}],
    members: [{ address: '127.0.0.1', protocol_port: port }],
    healthmonitors: healthmonitors.map((one) => ({ ...timing, ...one })),
  });
}

const LIVE = { id: 'live', type: 'HTTP', url_path: '/live' } as const;
const READY = { id: 'ready', type: 'HTTP', url_path: '/ready' } as const;
const PORT = { id: 'port', type: 'TCP' } as const;

async function expectHealth(service: ServiceDefinition, status: string): Promise<void> {
  await soon(async () => {
    const { members } = await lab.driver.pollHealth([service], signal());
    expect(members).toEqual({ 'lb-1-member-1': status });
  });
}

async function monitorOnDevice(): Promise<unknown> {
  const pools = await lab.devices[0]!.list('/ltm/pool');
  const shown = pools.find((item) => item['fullPath'] === POOL)?.['monitor'];
  return typeof shown === 'string' ? shown.trim() : shown;
}

it('take a member out as soon as one of them fails', async () => {
  const service = monitored(LIVE, READY, PORT);
  await applyWhole(lab, service);
  expect(await monitorOnDevice()).toBe(['live', 'port', 'ready'].map(monitorPath).join(' and '));
  await expectHealth(service, 'ONLINE');

  broken.add('/ready');
  await expectHealth(service, 'ERROR');

  // Nobody asks that way any more.
  const fewer = monitored(LIVE, { ...READY, provisioning_status: 'PENDING_DELETE' }, PORT);
  await applyWhole(lab, fewer);
  expect(await monitorOnDevice()).toBe(['live', 'port'].map(monitorPath).join(' and '));
  const left = await lab.devices[0]!.list('/ltm/monitor/http');
  expect(left.map((item) => item['fullPath'])).not.toContain(monitorPath('ready'));
  await expectHealth(monitored(LIVE, PORT), 'ONLINE');
});

it('cost two writes for one that comes and two for one that goes', async () => {
  const device = lab.devices[0]!;
  await applyWhole(lab, monitored(LIVE));
  const writes = async (service: ServiceDefinition): Promise<string[]> => {
    await device.forgetCalls();
    await applyWhole(lab, service);
    const calls = (await device.calls()).filter(isWrite).map(named);
    return calls.filter((call) => !call.includes('/transaction'));
  };

  expect(
    await writes(monitored(LIVE, { ...READY, provisioning_status: 'PENDING_CREATE' })),
  ).toEqual(['POST /ltm/monitor/http', `PATCH /ltm/pool/${POOL.replaceAll('/', '~')}`]);
  expect(
    await writes(monitored(LIVE, { ...READY, provisioning_status: 'PENDING_DELETE' })),
  ).toEqual([
    `PATCH /ltm/pool/${POOL.replaceAll('/', '~')}`,
    `DELETE /ltm/monitor/http/${monitorPath('ready').replaceAll('/', '~')}`,
  ]);
});

it('do without one that the device has refused before and refuses again', async () => {
  await applyWhole(lab, monitored(LIVE));
  await lab.devices[0]!.fault({
    kind: 'refuse-transaction',
    count: 1,
    command: 1,
    message: `01070734:3: Configuration error: ${monitorPath('ready')} is not wanted`,
  });

  const { objects } = await lab.apply(
    monitored(
      LIVE,
      { ...READY, provisioning_status: 'ERROR' },
      { ...PORT, provisioning_status: 'PENDING_CREATE' },
    ),
  );

  expect(objects.healthmonitors).toMatchObject({
    live: { provisioning_status: 'ACTIVE' },
    port: { provisioning_status: 'ACTIVE' },
    ready: { provisioning_status: 'ERROR' },
  });
  expect(objects.pools?.['lb-1-pool-1']).toMatchObject({ provisioning_status: 'ACTIVE' });
  expect(await monitorOnDevice()).toBe(['live', 'port'].map(monitorPath).join(' and '));
});

it('are asked for all again where somebody made it enough that one succeeds', async () => {
  const service = monitored(LIVE, READY);
  await applyWhole(lab, service);
  const { reader } = lab.devices[0]!;
  const quorum = `min 1 of { ${['live', 'ready'].map(monitorPath).join(' ')} }`;
  await reader.modify(`/ltm/pool/${POOL.replaceAll('/', '~')}`, { monitor: quorum });
  expect(await monitorOnDevice()).toBe(quorum);

  await lab.driver.resyncTenant(TENANT, [service], signal());

  expect(await monitorOnDevice()).toBe(['live', 'ready'].map(monitorPath).join(' and '));
});
