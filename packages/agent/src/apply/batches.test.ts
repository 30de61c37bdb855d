import { describe, expect, it } from 'vitest';
import { keyOf, type ObjectRef } from '../object-types/device-object.ts';
import type { Phase, Step } from '../plan/step.ts';
import { batchesOf } from './batches.ts';

const ref = (type: ObjectRef['type'], name: string): ObjectRef => ({ type, path: `/T/${name}` });

function step(
  action: Step['action'],
  target: ObjectRef,
  uses: ObjectRef[] = [],
  phase: Phase = 'main',
): Step {
  const rest = { body: {}, undo: {}, subjects: [], changes: [] };
  return { action, target, phase, uses: uses.map(keyOf), ...rest };
}

const pool = ref('pool', 'p');
const virtual = ref('virtual', 'v');
const monitor = ref('monitor-http', 'm');
const modes = (steps: Step[]): string[] =>
  batchesOf(steps).map(({ mode, steps: list }) => `${mode} ${list.length}`);

describe('batches', () => {
  it('send one write as it is', () => {
    expect(modes([step('create', pool)])).toEqual(['plain 1']);
  });

  it('send "create, then use" as two plain writes', () => {
    expect(modes([step('create', pool), step('modify', virtual, [pool])])).toEqual(['pair 2']);
  });

  it('send "release, then remove" as two plain writes', () => {
    expect(modes([step('modify', virtual), step('remove', pool)])).toEqual(['pair 2']);
    expect(modes([step('modify', pool), step('remove', monitor, [], 'released')])).toEqual([
      'pair 2',
    ]);
  });

  it('send two writes that have nothing to do with each other as a transaction', () => {
    expect(modes([step('modify', pool), step('modify', virtual)])).toEqual(['atomic 2']);
    expect(modes([step('create', pool), step('modify', virtual)])).toEqual(['atomic 2']);
  });

  it('send removals one by one', () => {
    expect(modes([step('remove', virtual), step('remove', pool), step('remove', pool)])).toEqual([
      'plain 3',
    ]);
  });

  it('keep partition, released objects and nodes out of the transaction, in that order', () => {
    const steps = [
      step('remove', ref('folder', ''), [], 'emptied'),
      step('remove', ref('node', 'n'), [], 'unused'),
      step('remove', monitor, [], 'released'),
      step('create', pool),
      step('modify', virtual, [pool]),
      step('modify', pool),
      step('create', ref('folder', ''), [], 'partition'),
    ];

    expect(
      batchesOf(steps).map(({ mode, tolerant }) => `${mode}${tolerant ? ', tolerant' : ''}`),
    ).toEqual(['plain', 'atomic', 'plain', 'plain, tolerant', 'plain, tolerant']);
  });
});
