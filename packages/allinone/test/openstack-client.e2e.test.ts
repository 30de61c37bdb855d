// A new user's first hour: `npm start`, then OpenStack's own command with the clouds.yaml that the lab wrote.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendsPerTest } from './support/backends.ts';
import { at, columnAt, textAt } from './support/json.ts';
import { fetchText } from './support/lab-api.ts';
import { LabProcess } from './support/lab-process.ts';
import { hasOpenstackClient, OpenstackCommand } from './support/openstack-client.ts';
import { waitUntil } from './support/wait-until.ts';

const PORT = '8080';
const REQUESTS = 20;
const SLOW_MS = 60_000;

// Skipped where the packages python3-openstackclient and python3-octaviaclient are not installed.
describe.skipIf(!hasOpenstackClient())('with the openstack command a tenant', () => {
  const startBackend = backendsPerTest();
  let lab: LabProcess;
  let tenant: OpenstackCommand;
  let vip: string;
  beforeAll(async () => {
    lab = await LabProcess.create('npm start');
    await lab.start();
    tenant = new OpenstackCommand(lab.dataDir, 'lab');
  });
  afterAll(async () => lab.remove());

  it('builds a load balancer that is ACTIVE at the end of each command', async () => {
    const created = await tenant.json(
      ...['create', '--name', 'web', '--vip-subnet-id', 'vip', '--wait'],
    );
    vip = textAt(created, 'vip_address');
    const listener = await tenant.json(
      ...['listener', 'create', '--name', 'http', '--protocol', 'HTTP'],
      ...['--protocol-port', PORT, '--wait', 'web'],
    );
    const pool = await tenant.json(
      ...['pool', 'create', '--name', 'servers', '--protocol', 'HTTP'],
      ...['--lb-algorithm', 'ROUND_ROBIN', '--listener', 'http', '--wait'],
    );

    for (const shown of [created, listener, pool]) {
      expect(at(shown, 'provisioning_status')).toBe('ACTIVE');
    }
    expect(created).toMatchObject({ name: 'web', provider: 'f5networks', admin_state_up: true });
    expect(at(listener, 'loadbalancers')).toBe(at(created, 'id'));
    expect(at(pool, 'listeners')).toBe(at(listener, 'id'));
  });

  it('reaches both members through the VIP, and sees health and counters', async () => {
    const backends = [await startBackend('one'), await startBackend('two')];
    const members = [];
    for (const { name, port } of backends) {
      members.push(
        await tenant.json(
          ...['member', 'create', '--name', name, '--address', '127.0.0.1', '--subnet-id'],
          ...['members', '--protocol-port', String(port), '--wait', 'servers'],
        ),
      );
    }
    const monitor = await tenant.json(
      ...['healthmonitor', 'create', '--type', 'HTTP', '--delay', '1', '--timeout', '1'],
      ...['--max-retries', '1', '--wait', 'servers'],
    );
    expect(members.map((member) => at(member, 'operating_status'))).toEqual(
      backends.map(() => 'NO_MONITOR'),
    );
    expect(at(monitor, 'provisioning_status')).toBe('ACTIVE');

    const api = lab.api();
    const pool = textAt(at((await api.send('GET', 'pools')).body, 'pools.0'), 'id');
    await waitUntil(
      'both members are ONLINE',
      async () => {
        const { body } = await api.send('GET', `pools/${pool}/members`);
        return columnAt(body, 'members', 'operating_status').every((one) => one === 'ONLINE');
      },
      { timeoutMs: SLOW_MS },
    );

    const answers: string[] = [];
    for (let index = 0; index < REQUESTS; index += 1) {
      answers.push((await fetchText(`http://${vip}:${PORT}/`)).body);
    }
    expect(answers.filter((name) => name === 'one')).toHaveLength(REQUESTS / 2);
    expect(answers.filter((name) => name === 'two')).toHaveLength(REQUESTS / 2);

    const tree: unknown = JSON.parse((await tenant.run('status', 'show', 'web')).stdout);
    const shown = at(tree, 'loadbalancer.listeners.0.pools.0');
    expect(columnAt(shown, 'members', 'operating_status')).toEqual(['ONLINE', 'ONLINE']);
    expect(at(shown, 'health_monitor.provisioning_status')).toBe('ACTIVE');
    const id = textAt(tree, 'loadbalancer.id');
    await waitUntil(
      'the counters were read',
      async () => {
        const { body } = await api.send('GET', `loadbalancers/${id}/stats`);
        return Number(at(body, 'stats.total_connections')) >= REQUESTS;
      },
      { timeoutMs: SLOW_MS },
    );
    expect(await tenant.json('stats', 'show', 'web')).toMatchObject({
      active_connections: 0,
      total_connections: REQUESTS,
      request_errors: 0,
    });
  });

  it('changes it and finds it again', async () => {
    const set = await tenant.run('set', '--name', 'shop', '--wait', 'web');
    const list = await tenant.json('list');
    const shown = await tenant.json('show', 'shop');

    expect(set).toMatchObject({ code: 0, stderr: '' });
    expect(list).toMatchObject([{ name: 'shop', vip_address: vip, provisioning_status: 'ACTIVE' }]);
    expect(shown).toMatchObject({ name: 'shop', vip_address: vip });
  });

  it('is told what is wrong with a request', async () => {
    const busy = await tenant.run(
      ...['listener', 'create', '--protocol', 'HTTP', '--protocol-port', PORT, 'shop'],
    );
    const address = await tenant.run(
      ...['member', 'create', '--address', 'not-an-address', '--protocol-port', '80', 'servers'],
    );
    const unknown = await tenant.run('show', 'nothing-of-that-name');

    expect(busy.code).toBe(1);
    expect(busy.stderr).toContain(
      `Another Listener on this Load Balancer is already using protocol HTTP and protocol_port ${PORT} (HTTP 409)`,
    );
    expect(address.code).toBe(1);
    expect(address.stderr).toMatch(/address.*not-an-address.*\(HTTP 400\)/s);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('Unable to locate nothing-of-that-name in loadbalancers');
  });

  it('of another project sees nothing of it', async () => {
    const other = new OpenstackCommand(lab.dataDir, 'lab-other');

    expect(await other.json('list')).toEqual([]);
    expect(await other.run('show', 'shop')).toMatchObject({ code: 1, stdout: '' });
  });

  it('deletes everything with one command, and the devices are empty again', async () => {
    const [first] = lab.devices();
    expect((await first!.ownObjects()).length).toBeGreaterThan(0);

    const deleted = await tenant.run('delete', '--cascade', '--wait', 'shop');

    expect(deleted).toMatchObject({ code: 0, stderr: '' });
    expect(await tenant.json('list')).toEqual([]);
    for (const device of lab.devices()) expect(await device.ownObjects()).toEqual([]);
  });
});
