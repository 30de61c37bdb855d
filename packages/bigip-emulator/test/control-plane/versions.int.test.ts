// What differs between TMOS versions, and accounts besides the administrator.
import { afterEach, expect, it } from 'vitest';
import { startEmulator, TMOS_VERSIONS, type RunningEmulator } from '../../src/index.ts';
import { DeviceClient } from '../device-client.ts';

let emulator: RunningEmulator | undefined;
let device: DeviceClient;

async function start(version: string): Promise<void> {
  emulator = await startEmulator({
    reach: 'loopback',
    version,
    devices: [{ name: 'a.lab', listen: { host: '127.0.0.1', port: 0 } }],
  });
  device = new DeviceClient(emulator);
}

afterEach(async () => {
  device.close();
  await emulator?.stop();
});

const login = { username: 'admin', password: 'admin', loginProviderName: 'tmos' };

it.each([...TMOS_VERSIONS])('presents itself as %s everywhere', async (version) => {
  await start(version);
  const sys = await device.get('sys');
  const pool = await device.post('ltm/pool', { name: 'p', members: ['10.0.0.1:80'] });
  const virtual = await device.post('ltm/virtual', {
    name: 'v',
    destination: '10.0.0.2:80',
    pool: '/Common/p',
  });

  expect(sys.body.selfLink).toContain(`?ver=${version}`);
  expect(pool.status).toBe(200);
  expect(virtual.status).toBe(200);
});

it('has no tokens, no drafts, short transactions and 39 monitor types before 12.0', async () => {
  await start('11.6');
  const refused = await device.call('POST', '/mgmt/shared/authn/login', { body: login });
  const transaction = await device.post('transaction', {});
  const policy = await device.post('ltm/policy', {
    name: 'p',
    strategy: 'first-match',
    requires: ['http'],
    controls: ['forwarding'],
  });
  const monitors = await device.get('ltm/monitor');
  const virtual = await device.post('ltm/virtual', { name: 'v' });

  expect(refused.body.message).toBe('loginProviderName is invalid.');
  expect(Object.keys(transaction.body).sort()).toEqual([
    'kind',
    'selfLink',
    'state',
    'timeoutSeconds',
    'transId',
  ]);
  expect(policy.body).toMatchObject({ fullPath: '/Common/p' });
  expect(monitors.body.items).toHaveLength(39);
  expect(virtual.body).not.toHaveProperty('creationTime');
});

it('doubles the id in statistics of one item and shows a trailing blank on 13.1', async () => {
  await start('13.1');
  const pool = await device.post('ltm/pool', { name: 'p', monitor: '/Common/http' });
  const stats = await device.get('ltm/pool/p/stats');

  expect(pool.body).toMatchObject({ monitor: '/Common/http ' });
  expect(Object.keys(stats.body.entries)).toEqual([
    'https://localhost/mgmt/tm/ltm/pool/~Common~p/~Common~p/stats',
  ]);
});

it('knows the chunking values of its version only', async () => {
  await start('16.1');
  const old = await device.post('ltm/profile/http', { name: 'h', responseChunking: 'selective' });

  expect(old.body.message).toMatch(/^01070281:3: Invalid "http response chunking"/);
});

it('lets accounts of auth/user in and limits their tokens to 100', async () => {
  await start('16.1');
  const user = await device.post('auth/user', { name: 'bob', password: 'pw' });
  const body = { ...login, username: 'bob', password: 'pw' };
  let last = await device.call('POST', '/mgmt/shared/authn/login', { body });
  for (let count = 1; count < 101; count += 1) {
    last = await device.call('POST', '/mgmt/shared/authn/login', { body });
  }

  expect(JSON.stringify(user.body)).not.toContain('sha256');
  expect(last).toMatchObject({
    status: 400,
    body: { message: 'Bad Request: user bob has reached maximum active login tokens' },
  });
});

it('opens vcmp only on a host that provisions it', async () => {
  await start('16.1');
  const closed = await device.get('vcmp/guest');
  await device.patch('sys/provision/vcmp', { level: 'dedicated' });
  const guest = await device.post('vcmp/guest', { name: 'g1', state: 'deployed' });

  expect(closed.body.message).toBe(
    'One of the following features must be licensed/provisioned for the URI vcmp : vcmp',
  );
  expect(guest.body).toMatchObject({ virtualDisk: 'g1.img', state: 'deployed' });
  expect((await device.get('vcmp/virtual-disk')).body.items[0]?.selfLink).toContain(
    '/vcmp/virtual-disk/g1.img~1?',
  );
});

it('keeps records of a tunnel as a list up to 12.0, and shows no unset profile attributes', async () => {
  await start('11.6');
  const table = 'net/fdb/tunnel/~Common~http-tunnel';
  const records = [{ name: 'FA:16:3E:0:0:1', endpoint: '10.0.0.9' }];
  const listed = await device.patch(table, { records });
  const cleared = await device.patch(table, { records: null });
  const http = await device.get('ltm/profile/http/http');

  expect(listed.body).toMatchObject({
    records: [{ name: 'fa:16:3e:00:00:01', endpoint: '10.0.0.9%0' }],
  });
  expect(cleared.body).not.toHaveProperty('records');
  expect(http.body).not.toHaveProperty('fallbackHost');
  expect((await device.get(`${table}/records`)).status).toBe(404);
});

it('has forwarding tables of VLANs that come and go with them, records below from 12.1 on', async () => {
  await start('12.1');
  await device.post('net/vlan', { name: 'v', tag: 7 });
  const added = await device.post('net/fdb/vlan/v/records', {
    name: 'fa:16:3e:00:00:01',
    interface: '1.1',
  });
  const made = await device.post('net/fdb/vlan', { name: 'other' });
  await device.delete('net/vlan/v');

  expect(added.body).toMatchObject({ tmInterface: '1.1' });
  expect(made.status).toBe(400);
  expect((await device.get('net/fdb/vlan/v')).status).toBe(404);
});
