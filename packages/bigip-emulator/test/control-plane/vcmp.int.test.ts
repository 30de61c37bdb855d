// A vCMP host and its guests in one emulator: what the host assigns appears in the guest.
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '@f5-lbaas/testkit';
import { startEmulator, type RunningEmulator } from '../../src/index.ts';
import { DeviceClient } from '../device-client.ts';

let emulator: RunningEmulator;
let clients: DeviceClient[] = [];

async function start(version: string): Promise<DeviceClient[]> {
  const listen = { host: '127.0.0.1', port: 0 };
  emulator = await startEmulator({
    reach: 'loopback',
    version,
    guestVlanDelayMs: 20,
    deviceGroup: { name: 'dsg' },
    devices: [
      { name: 'host.lab', listen },
      { name: 'guest-1.lab', listen: { host: '127.0.0.2', port: 0 }, guestOf: 'host.lab' },
      { name: 'guest-2.lab', listen: { host: '127.0.0.3', port: 0 }, guestOf: 'host.lab' },
    ],
  });
  clients = emulator.devices.map((_, index) => new DeviceClient(emulator, index));
  return clients;
}
afterEach(async () => {
  clients.forEach((client) => client.close());
  await emulator.stop();
});

const namesOf = async (client: DeviceClient): Promise<string[]> =>
  ((await client.get('net/vlan')).body as { items?: { name: string }[] }).items?.map(
    ({ name }) => name,
  ) ?? [];

describe.each(['11.6', '14.1', '17.1'])('a vCMP host of TMOS %s', (version) => {
  it('lists its guests and stands outside their device group', async () => {
    const [host, guest] = await start(version);

    expect((await host!.get('vcmp/guest')).body.items).toMatchObject([
      { name: 'guest-1.lab', managementIp: '127.0.0.2/24', state: 'deployed' },
      { name: 'guest-2.lab', managementIp: '127.0.0.3/24', state: 'deployed' },
    ]);
    expect((await host!.get('cm/device')).body.items.map(({ name }) => name)).toEqual(['host.lab']);
    const peers = (await guest!.get('cm/device')).body.items;
    expect(peers.map(({ name, platformId }) => [name, platformId])).toEqual([
      ['guest-1.lab', 'Z101'],
      ['guest-2.lab', 'Z101'],
    ]);
  });

  it('gives an assigned VLAN to the guest, without interfaces, and only to that guest', async () => {
    const [host, guest, other] = await start(version);
    const interfaces = [{ name: '1.1', tagged: true }];
    await host!.post('net/vlan', { name: 'vlan-101', tag: 101, interfaces });

    await host!.patch('vcmp/guest/guest-1.lab', { vlans: ['/Common/vlan-101'] });

    await waitFor(async () => (await namesOf(guest!)).includes('vlan-101'), { what: 'the VLAN' });
    const vlan = await guest!.get('net/vlan/~Common~vlan-101?expandSubcollections=true');
    expect(vlan.body).toMatchObject({ tag: 101, partition: 'Common' });
    expect(vlan.body['interfacesReference']).not.toHaveProperty('items');
    expect(await namesOf(other!)).toEqual([]);
    expect((await host!.delete('net/vlan/~Common~vlan-101')).status).toBe(400);
  });

  it('leaves a guest its own VLAN of the tag, and what it has when the VLAN is taken back', async () => {
    const [host, guest, other] = await start(version);
    await guest!.post('net/vlan', { name: 'mine', tag: 101 });
    await host!.post('net/vlan', { name: 'vlan-101', tag: 101 });
    await host!.patch('vcmp/guest/guest-1.lab', { vlans: ['/Common/vlan-101'] });
    await host!.patch('vcmp/guest/guest-2.lab', { vlans: ['/Common/vlan-101'] });
    await waitFor(async () => (await namesOf(other!)).length > 0, { what: 'the VLAN' });

    await host!.patch('vcmp/guest/guest-2.lab', { vlans: [] });

    expect(await namesOf(guest!)).toEqual(['mine']);
    expect(await namesOf(other!)).toEqual(['vlan-101']);
    expect((await host!.delete('net/vlan/~Common~vlan-101')).status).toBe(400);
    await host!.patch('vcmp/guest/guest-1.lab', { vlans: [] });
    expect((await host!.delete('net/vlan/~Common~vlan-101')).status).toBe(200);
  });
});
