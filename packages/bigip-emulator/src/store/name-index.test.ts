import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameIndex } from './name-index.ts';

it('answers like a map of sets, whatever is added and removed', () => {
  const step = fc.tuple(
    fc.constantFrom('add' as const, 'remove' as const),
    fc.constantFrom('a', 'b'),
    fc.constantFrom('1', '2', '3'),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const index = new NameIndex();
      const model = new Map<string, Set<string>>([
        ['a', new Set()],
        ['b', new Set()],
      ]);
      for (const [action, name, uid] of steps) {
        index[action](name, uid);
        if (action === 'add') model.get(name)?.add(uid);
        else model.get(name)?.delete(uid);
      }
      for (const [name, uids] of model) {
        expect([...index.all(name)]).toEqual([...uids]);
        expect(index.first(name)).toBe([...uids][0]);
        expect(index.has(name)).toBe(uids.size > 0);
      }
    }),
  );
});
