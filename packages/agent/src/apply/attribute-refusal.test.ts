import { describe, expect, it } from 'vitest';
import type { ObjectRef, Owner } from '../object-types/device-object.ts';
import type { Step, Subject } from '../plan/step.ts';
import { attributeRefusal } from './attribute-refusal.ts';

const subject = (ref: ObjectRef, owner: Owner): Subject => ({ ref, owners: [owner] });
const pool = subject({ type: 'pool', path: '/T/P_pool' }, { kind: 'pools', id: 'pool' });
const listener = subject({ type: 'virtual', path: '/T/P_vs' }, { kind: 'listeners', id: 'vs' });
const member = (address: string): Subject =>
  subject(
    { type: 'pool-member', path: `/T/${address}:80`, parent: '/T/P_pool' },
    { kind: 'members', id: address },
  );

function step(action: Step['action'], subjects: Subject[], to?: string): Step {
  const target = subjects[0]!.ref;
  const changes = to === undefined ? [] : [{ object: target, property: 'pool', from: null, to }];
  return { action, phase: 'main', target, body: {}, undo: {}, subjects, uses: [], changes };
}

describe('attribution of a refusal', () => {
  it('puts a refused transaction on the object that the message names, and says why the rest did not happen', () => {
    const missing = [step('create', [pool]), step('create', [listener])];
    const message = '01070333:3: Virtual Server /T/P_vs illegally shares destination address';

    const { culprits, reasons } = attributeRefusal({ message, step: undefined, missing });

    expect(culprits).toEqual([...listener.owners]);
    expect(Object.fromEntries(reasons)).toEqual({
      'listeners/vs': message,
      'pools/pool': `Not applied: ${message}`,
    });
  });

  it('finds the member among those written with their pool', () => {
    const missing = [step('create', [pool, member('10.0.0.1'), member('10.0.0.2')])];
    const message =
      '01020066:3: The requested Pool Member (/T/P_pool /T/10.0.0.2 80) already exists';

    expect(attributeRefusal({ message, step: missing[0], missing }).culprits).toEqual([
      { kind: 'members', id: '10.0.0.2' },
    ]);
  });

  it('blames all when the message names none', () => {
    const missing = [step('create', [pool]), step('create', [listener])];

    const { culprits } = attributeRefusal({ message: 'no memory', step: undefined, missing });

    expect(culprits).toEqual([...pool.owners, ...listener.owners]);
  });

  it('leaves an object alone that was only to start using the refused one', () => {
    const missing = [step('create', [pool]), step('modify', [listener], '/T/P_pool')];

    const { reasons } = attributeRefusal({ message: 'no', step: missing[0], missing });

    expect([...reasons.keys()]).toEqual(['pools/pool']);
  });
});
