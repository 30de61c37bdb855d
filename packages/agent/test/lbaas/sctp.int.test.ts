// SCTP: what stands on the device. Its traffic is the device's own; the emulator has no SCTP sockets and says so.
import type { DeviceItem } from '@f5-lbaas/bigip-client';
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../driver/lab.ts';
import { deleted } from '../driver/scenario.ts';
import { configurationOf } from '../driver/configuration.ts';
import { applyWhole, persistence, TENANT } from './services.ts';
import { freePort, get, httpBackend } from './traffic.ts';

const PARTITION = `Project_${TENANT}`;

let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.stop());

/** An SCTP listener, and an HTTP listener on the same port: they do not get in each other's way. */
function service(port: number, memberPort: number): ServiceDefinition {
  return aService({
    tenantId: TENANT,
    listeners: [
      { protocol: 'SCTP', protocol_port: port, default_pool_id: 'lb-1-pool-1' },
      { protocol: 'HTTP', protocol_port: port, default_pool_id: 'lb-1-pool-2' },
    ],
    pools: [
      {
        protocol: 'SCTP',
        ...persistence('SOURCE_IP', {
          ...{ persistence_timeout: 60, persistence_granularity: '255.255.255.0' },
        }),
      },
      {},
    ],
    members: [
      { protocol_port: 36412 },
      { address: '127.0.0.1', protocol_port: memberPort, pool_id: 'lb-1-pool-2' },
    ],
    healthmonitors: [{ type: 'TCP' }],
  });
}

describe('an SCTP listener', () => {
  it('has its protocol and profile, its pool, persistence and monitor, beside HTTP on the same port', async () => {
    const backend = await httpBackend('web');
    const port = await freePort();
    const one = service(port, backend.port);
    await applyWhole(lab, one);

    const virtuals = await lab.devices[0]!.list('/ltm/virtual', PARTITION);
    const sctp = virtuals.find((item) => item['name'] === 'Project_lb-1-listener-1');
    expect(sctp).toMatchObject({
      ipProtocol: 'sctp',
      destination: `/${PARTITION}/Project_lb-1:${port}`,
      pool: `/${PARTITION}/Project_lb-1-pool-1`,
      persist: [{ name: 'source_ip_Project_lb-1-listener-1' }],
      sourceAddressTranslation: { type: 'automap' },
    });
    expect(profilesOf(sctp!)).toEqual(['/Common/sctp all']);
    const [pool] = await lab.devices[0]!.list('/ltm/pool', PARTITION);
    expect(pool).toMatchObject({ monitor: `/${PARTITION}/Project_lb-1-monitor-1` });
    expect((await get(port)).body).toBe('web');

    await lab.devices[0]!.forgetCalls();
    await applyWhole(lab, one);
    expect(await lab.devices[0]!.calls()).toEqual([]);
    await lab.apply(deleted(one));
    expect(await configurationOf(lab.devices[0]!)).toEqual({});
    await backend.close();
  });

  it('has a monitor of type SCTP in ERROR, as the device has none, and is there all the same', async () => {
    const one = service(80, 1);
    one.healthmonitors[0]!.type = 'SCTP';
    const { objects } = await lab.apply(one);

    expect(objects.healthmonitors?.['lb-1-monitor-1']).toMatchObject({
      provisioning_status: 'ERROR',
    });
    expect(objects.listeners?.['lb-1-listener-1']).toMatchObject({ provisioning_status: 'ACTIVE' });
    const health = await lab.driver.pollHealth([one], AbortSignal.timeout(5_000));
    expect(health.members).toMatchObject({ 'lb-1-member-1': 'NO_MONITOR' });
  });
});

function profilesOf(virtual: DeviceItem): string[] {
  const { items = [] } = virtual['profilesReference'] as {
    items?: { fullPath: string; context: string }[];
  };
  return items.map(({ fullPath, context }) => `${fullPath} ${context}`);
}
