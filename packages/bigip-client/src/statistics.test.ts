import { describe, expect, it } from 'vitest';
import { statisticsOf } from './statistics.ts';

const entries = { 'clientside.bitsIn': { value: 800 }, tmName: { description: '/T/v' } };

describe('statistics', () => {
  it('are found under single and doubled ids alike', () => {
    const single = 'https://localhost/mgmt/tm/ltm/virtual/~T~v/stats';
    const doubled = 'https://localhost/mgmt/tm/ltm/virtual/~T~v/~T~v/stats';
    for (const key of [single, doubled]) {
      const [fields] = statisticsOf({ entries: { [key]: { nestedStats: { entries } } } });
      expect(fields?.get('clientside.bitsIn')).toBe(800);
      expect(fields?.get('tmName')).toBe('/T/v');
    }
  });

  it('may stand at the top, as on TMOS 11', () => {
    expect(statisticsOf({ entries })).toHaveLength(1);
    expect(statisticsOf({})).toEqual([]);
  });

  it('keep what is nested deeper apart', () => {
    const details = { nestedStats: { entries: { details: { description: 'x: connected' } } } };
    const status = { status: { description: 'In Sync' }, 'https://localhost/details': details };
    const found = statisticsOf({
      entries: { 'https://localhost/0': { nestedStats: { entries: status } } },
    });

    expect(found.find((fields) => fields.has('status'))?.get('status')).toBe('In Sync');
  });
});
