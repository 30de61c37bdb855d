// Two devices: config sync by hand and by itself, failover by command and when a device dies.
import { createServer, type Server } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startEmulator, type RunningEmulator } from '../../src/index.ts';
import { DeviceClient, eventually } from '../device-client.ts';

let emulator: RunningEmulator | undefined;
let a: DeviceClient;
let b: DeviceClient;
let backend: Server | undefined;

async function start(autoSync: boolean, pushDelayMs = 20): Promise<void> {
  emulator = await startEmulator({
    reach: 'loopback',
    devices: ['a', 'b'].map((name) => ({
      name: `bigip-${name}.lab`,
      listen: { host: '127.0.0.1', port: 0 },
    })),
    deviceGroup: { name: 'dg1', autoSync, autoSyncDelayMs: 20, pushDelayMs },
  });
  a = new DeviceClient(emulator, 0);
  b = new DeviceClient(emulator, 1);
}

afterEach(async () => {
  a.close();
  b.close();
  await emulator?.stop();
  backend?.close();
  backend = undefined;
});

async function syncStatus(device: DeviceClient): Promise<string> {
  const reply = await device.get('cm/sync-status');
  const entry = reply.body.entries['https://localhost/mgmt/tm/cm/sync-status/0'];
  return entry?.nestedStats.entries['status']?.description ?? '';
}

async function failoverState(device: DeviceClient): Promise<string> {
  return (await device.get('sys/db/failover.state')).body.value;
}

describe('manual sync', () => {
  it('shows changes as pending until they are pushed', async () => {
    await start(false);
    await a.post('auth/partition', { name: 'T1' });
    await a.post('ltm/pool', { name: 'p', partition: 'T1', members: ['10.0.0.1:80'] });
    const pending = [await syncStatus(a), await syncStatus(b)];
    const before = (await b.get('ltm/pool/~T1~p')).status;

    const pushed = await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group dg1' });

    expect(pending).toEqual(['Changes Pending', 'Changes Pending']);
    expect(before).toBe(404);
    expect(pushed.body).toMatchObject({ kind: 'tm:cm:runstate' });
    await eventually(async () => (await syncStatus(a)) === 'In Sync');
    expect(await syncStatus(b)).toBe('In Sync');
    expect((await b.get('ltm/pool/~T1~p/members')).body.items).toHaveLength(1);
  });

  it('is answered before it took effect', async () => {
    await start(false, 2_000);
    await a.post('ltm/pool', { name: 'p' });

    await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group dg1' });

    expect(await syncStatus(a)).toBe('Syncing');
    expect((await b.get('ltm/pool/p')).status).toBe(404);
    await eventually(async () => (await syncStatus(a)) === 'In Sync');
    expect((await b.get('ltm/pool/p')).status).toBe(200);
  });

  it('keeps VLANs and local self IPs to their device', async () => {
    await start(false);
    await a.post('net/vlan', { name: 'v1', tag: 10 });
    await a.post('net/self', { name: 's1', address: '10.1.0.1/24', vlan: '/Common/v1' });

    expect(await syncStatus(a)).toBe('In Sync');
    expect((await b.get('net/vlan/v1')).status).toBe(404);
  });

  it('keeps route domains to their device, and fails a load that uses one which the peer lacks', async () => {
    await start(false);
    await a.post('auth/partition', { name: 'T1' });
    await a.post('net/route-domain', { name: 'rd7', partition: 'T1', id: 7 });
    await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group dg1' });
    await eventually(async () => (await syncStatus(a)) === 'In Sync');
    const shown = (await b.get('net/route-domain/~T1~rd7')).status;
    await a.post('ltm/virtual-address', { name: 'va', partition: 'T1', address: '10.0.0.9%7' });
    await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group dg1' });

    await eventually(async () => (await syncStatus(a)) === 'Sync Failure');
    expect(shown).toBe(404);
  });

  it('takes a partition in that the peer had for itself', async () => {
    await start(false);
    const local = { inheritedDevicegroup: 'false', deviceGroup: 'none' };
    await b.post('sys/folder', { name: 'T1', subPath: '/', ...local });
    await b.post('net/vlan', { name: 'v1', partition: 'T1', tag: 10 });
    await a.post('sys/folder', { name: 'T1', subPath: '/' });
    await a.post('ltm/pool', { name: 'p', partition: 'T1' });

    await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group dg1' });
    await eventually(async () => (await syncStatus(a)) === 'In Sync');

    expect((await b.get('sys/folder/~T1')).body).toMatchObject({ inheritedDevicegroup: 'true' });
    expect((await b.get('net/vlan/~T1~v1')).status).toBe(200);
    expect((await b.get('ltm/pool/~T1~p')).status).toBe(200);
  });

  it('fails a load that refers to what the peer lacks, and recovers', async () => {
    await start(false);
    await a.post('net/vlan', { name: 'v1', tag: 10 });
    await a.post('ltm/virtual', {
      name: 'v',
      destination: '10.0.0.9:80',
      vlansEnabled: true,
      vlans: ['/Common/v1'],
    });
    const push = { command: 'run', utilCmdArgs: 'config-sync to-group dg1' };

    await a.post('cm', push);
    await eventually(async () => (await syncStatus(a)) === 'Sync Failure');
    await b.post('net/vlan', { name: 'v1', tag: 10 });
    await a.post('cm', push);

    await eventually(async () => (await syncStatus(a)) === 'In Sync');
    expect((await b.get('ltm/virtual/v')).status).toBe(200);
  });

  it('keeps objects of a folder without device group local', async () => {
    await start(false);
    await a.post('sys/folder', {
      name: 'LOCAL',
      subPath: '/',
      inheritedDevicegroup: 'false',
      deviceGroup: 'none',
    });
    await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group dg1' });
    await eventually(async () => (await syncStatus(a)) === 'In Sync');
    await a.post('ltm/pool', { name: 'p', partition: 'LOCAL' });

    expect(await syncStatus(a)).toBe('In Sync');
  });

  it('pulls only after something was pushed', async () => {
    await start(false);
    const pull = { command: 'run', utilCmdArgs: 'config-sync from-group dg1' };
    await a.post('ltm/pool', { name: 'p' });

    const early = await b.post('cm', pull);
    await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group dg1' });
    await eventually(async () => (await syncStatus(a)) === 'In Sync');
    await a.post('ltm/pool', { name: 'q' });
    const later = await b.post('cm', pull);
    await eventually(async () => (await syncStatus(a)) === 'In Sync');

    expect(early.body.message).toContain('is not allowed until a push has been done first');
    expect(later.status).toBe(200);
    expect((await b.get('ltm/pool/q')).status).toBe(200);
  });

  it('names an unknown group', async () => {
    await start(false);
    const reply = await a.post('cm', { command: 'run', utilCmdArgs: 'config-sync to-group nope' });

    expect(reply.body.message).toBe(
      '01070734:3: Configuration error: Device group (nope) not found in device group sync',
    );
  });
});

describe('automatic sync', () => {
  it('carries changes, removals and a lost connection', async () => {
    await start(true);
    await a.post('ltm/pool', { name: 'p' });
    await eventually(async () => (await b.get('ltm/pool/p')).status === 200);
    await b.control('POST', '/faults', { kind: 'lose-config-sync' });
    await a.delete('ltm/pool/p');
    await eventually(async () => (await syncStatus(a)) === 'Disconnected');
    await b.control('DELETE', '/faults');

    await eventually(async () => (await b.get('ltm/pool/p')).status === 404);
    await eventually(async () => (await syncStatus(a)) === 'In Sync');
  });
});

describe('changes on two devices', () => {
  it('leave what was written last', async () => {
    await start(false);
    await a.post('ltm/pool', { name: 'first' });
    await b.post('ltm/pool', { name: 'second' });
    const conflict = await syncStatus(a);

    await a.patch('cm/device-group/dg1', { autoSync: 'enabled' });
    await b.patch('cm/device-group/dg1', { autoSync: 'enabled' });

    await eventually(async () => (await syncStatus(a)) === 'In Sync');
    expect(conflict).toBe('Changes Pending');
    expect((await a.get('ltm/pool/first')).status).toBe(404);
    expect((await a.get('ltm/pool/second')).status).toBe(200);
  });
});

describe('failover', () => {
  it('moves listening addresses by command and when a device dies', async () => {
    await start(true);
    backend = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => backend?.listen(0, '127.0.0.1', resolve));
    const { port } = backend.address() as AddressInfo;
    await a.post('ltm/pool', { name: 'p', members: [`127.0.0.1:${port}`] });
    const profiles = ['/Common/http', '/Common/tcp'];
    await a.post('ltm/virtual', {
      name: 'v',
      destination: '127.83.1.1:18080',
      pool: '/Common/p',
      profiles,
    });
    const answers = async (): Promise<boolean> =>
      (await fetchText('http://127.83.1.1:18080/')) === 'hello';
    await eventually(answers);
    await eventually(async () => (await b.get('ltm/virtual/v')).status === 200);

    await a.post('sys/failover', { command: 'run', utilCmdArgs: 'standby' });
    await eventually(async () => (await failoverState(b)) === 'active');
    expect(await failoverState(a)).toBe('standby');
    await eventually(answers);

    await b.control('POST', '/faults', { kind: 'device-down' });
    await eventually(async () => (await failoverState(a)) === 'active');
    await eventually(answers);
  });
});

async function fetchText(url: string): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(url, { agent: false, timeout: 1000 }, (message) => {
      let text = '';
      message.on('data', (chunk: Buffer) => (text += chunk.toString()));
      message.on('end', () => resolve(text));
    });
    sent.on('error', () => resolve(''));
    sent.end();
  });
}
