import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Balancer, type Candidate } from './balancer.ts';
import { activePriorityGroups } from './pool.ts';

interface Key {
  name: number;
  ratio: number;
  conns: number;
}

const candidate = (key: Key): Candidate => ({
  ratio: key.ratio,
  nodeRatio: key.ratio,
  memberConns: key.conns,
  nodeConns: key.conns,
  connectionLimit: 0,
  ramp: 1,
});
const keysOf = (ratios: number[]): Key[] =>
  ratios.map((ratio, name) => ({ name, ratio, conns: 0 }));
const ratios = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });

function counts(balancer: Balancer<Key>, keys: Key[], picks: number): number[] {
  const picked = keys.map(() => 0);
  for (let i = 0; i < picks; i += 1) {
    const key = balancer.pick(keys, candidate);
    if (key !== undefined) picked[key.name] = (picked[key.name] ?? 0) + 1;
  }
  return picked;
}

describe('Balancer', () => {
  it('chooses nothing from nothing', () => {
    expect(new Balancer<Key>('round-robin').pick([], candidate)).toBeUndefined();
  });

  it('round robin gives every member the same number of picks in each round', () => {
    fc.assert(
      fc.property(ratios, fc.integer({ min: 1, max: 5 }), (given, rounds) => {
        const keys = keysOf(given);
        const picked = counts(new Balancer('round-robin'), keys, keys.length * rounds);
        expect(picked).toEqual(keys.map(() => rounds));
      }),
    );
  });

  it('ratio gives every member exactly its ratio in each full turn', () => {
    fc.assert(
      fc.property(ratios, (given) => {
        const keys = keysOf(given);
        const turn = given.reduce((sum, ratio) => sum + ratio, 0);
        for (const mode of ['ratio-member', 'ratio-node'])
          expect(counts(new Balancer(mode), keys, turn)).toEqual(given);
      }),
    );
  });

  const leastModes = [
    'least-connections-member',
    'least-connections-node',
    'least-sessions',
    'observed-member',
    'predictive-node',
    'fastest-app-response',
  ];
  it.each(leastModes)('%s never picks a member with more connections than another', (mode) => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }), (conns) => {
        const keys = conns.map((count, name) => ({ name, ratio: 1, conns: count }));
        const picked = new Balancer<Key>(mode).pick(keys, candidate);
        expect(picked?.conns).toBe(Math.min(...conns));
      }),
    );
  });

  it('ratio least connections weighs the connections by the ratio', () => {
    const keys = [
      { name: 0, ratio: 1, conns: 2 },
      { name: 1, ratio: 4, conns: 4 },
    ];
    const picked = new Balancer<Key>('ratio-least-connections-member').pick(keys, candidate);
    expect(picked?.name).toBe(1);
  });

  it('idle members take turns with least connections', () => {
    const picked = counts(new Balancer('least-connections-member'), keysOf([1, 1, 1]), 9);
    expect(picked).toEqual([3, 3, 3]);
  });

  it('a member that is being ramped up counts as more loaded', () => {
    const keys = keysOf([1, 1]).map((key) => ({ ...key, conns: 4 }));
    const ramped = (key: Key): Candidate => ({ ...candidate(key), ramp: key.name === 0 ? 0.1 : 1 });
    const balancer = new Balancer<Key>('least-connections-member');
    expect(balancer.pick(keys, ramped)?.name).toBe(1);
  });
});

describe('activePriorityGroups', () => {
  const groups = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });

  it('takes whole groups from the top, no more than needed', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 12 }), (given, min) => {
        const members = given.map((priorityGroup) => ({ config: { priorityGroup } }));
        const active = activePriorityGroups(members, min);
        const lowest = Math.min(...active.map((member) => member.config.priorityGroup));
        const left = members.filter((member) => !active.includes(member));

        expect(left.every((member) => member.config.priorityGroup < lowest)).toBe(true);
        expect(active.length >= Math.min(min, members.length)).toBe(true);
        const withoutLowest = active.filter((member) => member.config.priorityGroup > lowest);
        expect(active.length === 0 || withoutLowest.length < min).toBe(true);
      }),
    );
  });
});
