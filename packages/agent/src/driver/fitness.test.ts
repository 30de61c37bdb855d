import { describe, expect, it } from 'vitest';
import type { DeviceFacts } from './device-facts.ts';
import { checkFitness } from './fitness.ts';

const facts = (part: Partial<DeviceFacts> = {}): DeviceFacts => ({
  deviceName: 'bigip-a',
  version: '16.1.2',
  platform: 'Z100',
  serialNumber: '1',
  managementAddress: '10.0.0.1',
  failoverState: 'active',
  ltmLevel: 'nominal',
  group: { name: 'dsg', autoSync: false, syncStatus: 'In Sync' },
  trafficGroups: [],
  ...part,
});
const PEER = facts({ deviceName: 'bigip-b' });

describe('a device', () => {
  it.each([
    ['as its peer', facts(), [PEER]],
    ['alone', facts({ group: undefined }), []],
    ['of another maintenance release', facts({ version: '16.1.5' }), [PEER]],
    ['of another version, while no other is ready', facts({ version: '17.1.0' }), []],
    [
      'whose group has lost contact',
      facts({ group: { name: 'dsg', autoSync: false, syncStatus: 'Disconnected' } }),
      [PEER],
    ],
  ])('%s fits', (_what, device, peers) => {
    expect(() => checkFitness('10.0.0.1', device, 'pair', peers)).not.toThrow();
  });

  it.each([
    [facts({ version: '11.4.1' }), 'Device 10.0.0.1 must be at least TMOS 11.5.'],
    [facts({ ltmLevel: 'none' }), 'Device 10.0.0.1 has no LTM provisioned.'],
    [
      facts({ group: { name: 'dsg', autoSync: false, syncStatus: 'Standalone' } }),
      'HA mode is pair and bigip 10.0.0.1 in standalone mode.',
    ],
    [
      facts({ group: { name: undefined, autoSync: false, syncStatus: 'In Sync' } }),
      'HA mode is pair and no sync failover device group found for device 10.0.0.1.',
    ],
    [
      facts({ group: { name: 'other', autoSync: false, syncStatus: 'In Sync' } }),
      'Invalid HA. Device 10.0.0.1 is in device group other but should be in dsg.',
    ],
    [
      facts({ deviceName: 'bigip-b' }),
      'Device name bigip-b of 10.0.0.1 is already used by another device.',
    ],
    [facts({ version: '15.1.0' }), 'Device 10.0.0.1 runs TMOS 15.1.0 but its group runs 16.1.2.'],
  ])('that does not fit is told why: %#', (device, message) => {
    expect(() => checkFitness('10.0.0.1', device, 'pair', [PEER])).toThrow(message);
  });
});
