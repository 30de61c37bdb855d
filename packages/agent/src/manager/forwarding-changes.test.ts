// Neutron's l2population messages as its mechanism driver puts them on the wire.
import { describe, expect, it } from 'vitest';
import { forwardingChanges } from './forwarding-changes.ts';

const PORT = { mac: 'fa:16:3e:00:00:99', address: '10.1.0.99', vtep: '10.20.0.93' };

describe('forwardingChanges', () => {
  it('reads ports by end point, without flooding entries', () => {
    const entries = {
      'network-1': {
        network_type: 'vxlan',
        segment_id: 93,
        ports: {
          '10.20.0.93': [
            ['00:00:00:00:00:00', '0.0.0.0'],
            ['FA:16:3E:00:00:99', '10.1.0.99'],
          ],
          '10.20.0.94': [['00:00:00:00:00:00', '0.0.0.0']],
        },
      },
    };

    expect(forwardingChanges(entries, 'remove')).toEqual([
      {
        action: 'remove',
        networkId: 'network-1',
        segment: { type: 'vxlan', key: 93 },
        peers: [PORT],
      },
    ]);
  });

  it('reads addresses that changed: first what was given up, then what was added', () => {
    const entries = {
      chg_ip: {
        'network-1': {
          '10.20.0.93': {
            before: [['fa:16:3e:00:00:99', '10.1.0.99']],
            after: [['fa:16:3e:00:00:99', '10.1.0.100']],
          },
        },
        'network-2': { '10.20.0.93': { after: [['fa:16:3e:00:00:98', '2001:DB8::0:1']] } },
      },
    };
    const common = { networkId: 'network-1', segment: undefined };

    expect(forwardingChanges(entries, 'update')).toEqual([
      { ...common, action: 'give-up', peers: [PORT] },
      { ...common, action: 'add', peers: [{ ...PORT, address: '10.1.0.100' }] },
      {
        ...common,
        networkId: 'network-2',
        action: 'add',
        peers: [{ mac: 'fa:16:3e:00:00:98', address: '2001:db8::1', vtep: '10.20.0.93' }],
      },
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['a VLAN', { n: { network_type: 'vlan', segment_id: 1, ports: { a: [['m', 'i']] } } }],
    ['ports that are none', { n: { network_type: 'gre', segment_id: 1, ports: 'all' } }],
    ['entries that are none', { n: { network_type: 'gre', segment_id: 1, ports: { a: [1, []] } } }],
  ])('makes nothing of %s', (_, entries) => {
    expect(forwardingChanges(entries, 'add')).toEqual([]);
    expect(forwardingChanges(entries, 'update')).toEqual([]);
  });

  it('makes nothing of an update in the form of the other messages', () => {
    const entries = { chg_ip: { n: { '10.20.0.93': [['m', 'i']] }, m: 'all' } };

    expect(forwardingChanges(entries, 'update')).toEqual([]);
  });
});
