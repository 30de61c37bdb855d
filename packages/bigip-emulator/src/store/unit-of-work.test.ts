import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConfigStore } from './config-store.ts';
import type { ConfigRecord } from './record.ts';
import { UnitOfWork } from './unit-of-work.ts';

function aRecord(name: string, generation: number): ConfigRecord {
  const place = { partition: 'Common', subPath: null, fullPath: `/Common/${name}` };
  return { type: 't', keys: [place.fullPath], name, ...place, generation, fields: {} };
}

const contents = (store: ConfigStore): string[] =>
  [...store.all()].map(({ name, generation }) => `${name}=${generation}`).sort();

it('goes back to any point, and knows then what it has changed so far', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    what: fc.constantFrom('put' as const, 'remove' as const),
  });
  fc.assert(
    fc.property(fc.array(step), fc.array(step), fc.array(step), (before, first, second) => {
      const store = new ConfigStore({ names: () => [], references: () => [] });
      let generation = 0;
      const apply = (work: UnitOfWork, steps: typeof before): void => {
        for (const { name, what } of steps) {
          const record = aRecord(name, (generation += 1));
          if (what === 'put') work.put(record);
          else work.remove(record);
        }
      };
      apply(new UnitOfWork(store), before);
      const atStart = contents(store);
      const work = new UnitOfWork(store);
      apply(work, first);
      const [atMark, changes, writes] = [contents(store), work.changes(), work.writes];

      apply(work, second);
      work.rollback(writes);

      expect(contents(store)).toEqual(atMark);
      expect(work.changes()).toEqual(changes);
      work.rollback();
      expect(contents(store)).toEqual(atStart);
      expect(work.changes()).toEqual([]);
    }),
  );
});
