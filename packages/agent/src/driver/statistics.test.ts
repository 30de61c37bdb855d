import type { Statistics } from '@f5-lbaas/model';
import { describe, expect, it } from 'vitest';
import { GroupCounters, listenerCounters, type DeviceCounters } from './statistics.ts';

const ENTRIES = {
  tmName: { description: '/P_t1/P_listener-1' },
  'clientside.bitsIn': { value: 8_007 },
  'clientside.bitsOut': { value: 16_000 },
  'clientside.curConns': { value: 2 },
  'clientside.totConns': { value: 5 },
};
const URI = 'https://localhost/mgmt/tm/ltm/virtual';
const nested = (entries: typeof ENTRIES, id: string) => ({
  [`${URI}/${id}/stats`]: { nestedStats: { entries } },
});

function counters(total: number): DeviceCounters {
  const statistics = { bytes_in: total, bytes_out: total, request_errors: total };
  return new Map([
    ['l1', { ...statistics, active_connections: total, total_connections: total }],
    ['l2', { ...statistics, active_connections: 0, total_connections: 0 }],
  ]);
}

const figures = ({ total_connections, active_connections }: Statistics): number[] => [
  total_connections,
  active_connections,
];

describe('counters of a device', () => {
  it.each([
    ['nested, as since TMOS 12', nested(ENTRIES, '~P_t1~P_listener-1')],
    ['under a doubled id', nested(ENTRIES, '~P_t1~P_listener-1/~P_t1~P_listener-1')],
    ['flat, as on TMOS 11', ENTRIES],
  ])('are in bytes where the device counts bits: %s', (_what, entries) => {
    expect([...listenerCounters({ entries }, 'P_')]).toEqual([
      [
        'listener-1',
        {
          ...{ bytes_in: 1_000, bytes_out: 2_000 },
          ...{ active_connections: 2, total_connections: 5 },
          // Counted since TMOS 12 only.
          request_errors: 0,
        },
      ],
    ]);
  });

  it('are not those of virtual servers of others', () => {
    const foreign = { ...ENTRIES, tmName: { description: '/Common/shop' } };

    expect(listenerCounters({ entries: nested(foreign, '~Common~shop') }, 'P_').size).toBe(0);
    expect(listenerCounters({}, 'P_').size).toBe(0);
  });
});

describe('counters of a group', () => {
  it('are summed over its devices, for what was asked only', () => {
    const group = new GroupCounters();
    const readings = new Map([
      ['a', counters(3)],
      ['b', counters(4)],
    ]);

    const sums = group.sum(readings, ['l1', 'unknown']);
    expect(Object.keys(sums)).toEqual(['l1']);
    expect(sums['l1']).toEqual({
      ...{ bytes_in: 7, bytes_out: 7, request_errors: 7 },
      ...{ active_connections: 7, total_connections: 7 },
    });
  });

  it('do not fall while a device cannot be asked; what was open there is closed', () => {
    const group = new GroupCounters();
    group.sum(
      new Map([
        ['a', counters(3)],
        ['b', counters(4)],
      ]),
      ['l1'],
    );

    const { l1 } = group.sum(
      new Map([
        ['a', undefined],
        ['b', counters(5)],
      ]),
      ['l1'],
    );
    expect(figures(l1!)).toEqual([8, 5]);
    expect(group.sum(new Map([['a', undefined]]), ['l1'])).toEqual({});
  });
});
