import { createManualClock } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import { PersistenceTable } from './persistence-table.ts';

describe('PersistenceTable', () => {
  it('forgets a key that was not used for its timeout, and only then', async () => {
    const clock = createManualClock();
    const table = new PersistenceTable(clock);
    table.remember('/T/p', 'client', 'm1', 180);

    await clock.advance(179_000);
    expect(table.find('/T/p', 'client')).toBe('m1');
    await clock.advance(179_000);
    expect(table.find('/T/p', 'client')).toBe('m1');
    await clock.advance(180_000);
    expect(table.find('/T/p', 'client')).toBeUndefined();
  });

  it('keeps pools apart and drops the records of a member', () => {
    const table = new PersistenceTable(createManualClock());
    table.remember('/T/p', 'client', 'm1', 180);
    table.remember('/T/q', 'client', 'm1', 180);

    table.forgetMember('/T/p', 'm1');

    expect(table.find('/T/p', 'client')).toBeUndefined();
    expect(table.find('/T/q', 'client')).toBe('m1');
  });

  it('does not grow with clients that never come back', async () => {
    const clock = createManualClock();
    const table = new PersistenceTable(clock);
    for (let i = 0; i < 5_000; i += 1) {
      table.remember('/T/p', `client ${i}`, 'm1', 1);
      if (i % 500 === 0) await clock.advance(2_000);
    }

    expect(table.size).toBeLessThan(2_000);
  });
});
