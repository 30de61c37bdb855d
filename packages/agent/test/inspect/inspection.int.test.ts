// What the commands `plan` and `drift` do, from configuration files: real broker, emulated device over HTTPS.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { createAmqpTransport, type RpcTransport } from '@f5-lbaas/rpc';
import { findRabbitMq } from '@f5-lbaas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInspection, type InspectionQuestion } from '../../src/inspect/run-inspection.ts';
import { isWrite, startLab, type Lab } from '../driver/lab.ts';
import { fullService } from '../driver/scenario.ts';
import { FakeServer } from '../manager/fake-server.ts';

const rabbit = await findRabbitMq();
const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

describe.skipIf(rabbit.missing !== undefined)(`inspection ${rabbit.missing ?? ''}`, () => {
  let lab: Lab;
  let directory: string;
  let transport: RpcTransport;
  let server: FakeServer;
  let environment: string;

  const ask = (question: InspectionQuestion) =>
    runInspection([{ file: join(directory, 'agent.ini') }], question);

  beforeEach(async () => {
    environment = `T${systemRandom.uuid().slice(0, 8)}`;
    lab = await startLab({ driver: { environmentPrefix: environment } });
    directory = await mkdtemp(join(tmpdir(), 'f5-lbaas-'));
    await writeFile(join(directory, 'ca.pem'), lab.emulator.caPem);
    const { port } = lab.driverOptions.devices[0]!;
    await writeFile(
      join(directory, 'agent.ini'),
      [
        '[DEFAULT]',
        `transport_url = ${rabbit.url}`,
        'control_exchange = f5-lbaas-agent-tests',
        `environment_prefix = ${environment}`,
        `icontrol_hostname = 127.0.0.1:${port}`,
        'icontrol_username = admin',
        'icontrol_password = admin',
        `icontrol_ca_file = ${join(directory, 'ca.pem')}`,
        'f5_ha_type = standalone',
        'agent_id = agent-1',
        '[oslo_messaging_rabbit]',
        'amqp_auto_delete = True',
      ].join('\n'),
    );
    transport = createAmqpTransport({
      url: rabbit.url,
      exchange: 'f5-lbaas-agent-tests',
      autoDelete: true,
      ...parts,
    });
    server = new FakeServer(transport, environment);
    await server.start();
    server.services.set('lb-1', fullService());
  });
  afterEach(async () => {
    await server.stop();
    await transport.close();
    await lab.stop();
    await rm(directory, { recursive: true });
  });

  it('plans a load balancer of the server without touching the device', async () => {
    const answer = await ask({ what: 'loadbalancer', id: 'lb-1' });

    expect(answer.isClean).toBe(false);
    expect(answer.lines).toContain(
      `  create virtual /${environment}_tenant-1/${environment}_lb-1-listener-1`,
    );
    expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
    await expect(ask({ what: 'loadbalancer', id: 'lb-9' })).rejects.toMatchObject({
      kind: 'not_found',
    });
  });

  it('plans a service definition from a file', async () => {
    const path = join(directory, 'service.json');
    await writeFile(path, JSON.stringify(fullService()));

    const answer = await ask({ what: 'file', path });

    expect(answer.inspection.plans[0]!.steps).toHaveLength(5);
  });

  it('finds nothing where all is well, and drift and strays where not', async () => {
    await lab.apply(fullService());
    expect(await ask({ what: 'tenants', ids: [] })).toMatchObject({
      isClean: true,
      lines: ['nothing to do'],
    });

    const partition = `~${environment}_tenant-1`;
    await lab.devices[0]!.reader.modify(`/ltm/pool/${partition}~${environment}_lb-1-pool-1`, {
      monitor: 'none',
    });
    await lab.devices[0]!.reader.create('/ltm/pool', {
      name: `${environment}_stray`,
      partition: `${environment}_tenant-1`,
    });
    const answer = await ask({ what: 'tenants', ids: ['tenant-1'] });

    expect(answer.isClean).toBe(false);
    const monitor = `/${environment}_tenant-1/${environment}_lb-1-monitor-1`;
    expect(answer.lines).toContain(`    monitor: ${monitor}`);
    expect(answer.lines.at(-1)).toMatch(/^unexplained on .*_stray \(pools stray\)/);
    expect(await ask({ what: 'tenants', ids: ['tenant-2'] })).toMatchObject({ isClean: true });
  });

  it('says which devices it could not look at', async () => {
    await lab.devices[0]!.fault({ kind: 'device-down' });

    await expect(ask({ what: 'tenants', ids: [] })).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });
});
