// How the steps of a plan are sent: which alone, which two with a way back, which in a transaction.
// docs/adr/0004-two-write-plans.md tells why two writes need no transaction.
import { keyOf } from '../object-types/device-object.ts';
import { OBJECT_TYPES } from '../object-types/object-types.ts';
import { PHASES, type Phase, type Step } from '../plan/step.ts';

/**
 * plain: one after the other; each leaves a state that is right in itself (removals, single writes, application services).
 * pair: the first is taken back when the second is refused. atomic: one transaction.
 */
export interface Batch {
  mode: 'plain' | 'pair' | 'atomic';
  steps: readonly Step[];
  /** A refusal is expected now and then and means "leave it" (something of others still uses it). */
  tolerant: boolean;
}

const BEFORE: readonly Phase[] = ['partition', 'vacated'];
const TOLERANT: readonly Phase[] = ['unused', 'emptied'];

/** The second write starts to use what the first creates, or removes what the first releases. */
function isPair(first: Step | undefined, second: Step | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  if (first.action === 'create') return second.uses.includes(keyOf(first.target));
  return first.action === 'modify' && second.action === 'remove';
}

function batchOfMain(steps: readonly Step[]): Batch {
  const isPlain =
    steps.length === 1 || steps.every(({ action }) => action === 'remove') || steps.some(isService);
  if (isPlain) return { mode: 'plain', steps, tolerant: false };
  const mode = steps.length === 2 && isPair(steps[0], steps[1]) ? 'pair' : 'atomic';
  return { mode, steps, tolerant: false };
}

/** The device runs a script for it, which is a transaction of its own; each is right in itself. */
function isService({ target }: Step): boolean {
  return OBJECT_TYPES[target.type].life === 'service';
}

/** In the order in which they are sent. */
export function batchesOf(steps: readonly Step[]): Batch[] {
  const ofPhase = (phase: Phase): Step[] => steps.filter((step) => step.phase === phase);
  const main = ofPhase('main');
  const released = ofPhase('released');
  if (main.length === 1 && released.length === 1 && isPair(main[0], released[0])) {
    const pair: Batch = { mode: 'pair', steps: [...main, ...released], tolerant: false };
    const plain = (phase: Phase): Batch[] => plainBatch(phase, ofPhase(phase));
    return [...BEFORE.flatMap(plain), pair, ...TOLERANT.flatMap(plain)];
  }
  return PHASES.flatMap((phase) =>
    phase === 'main' && main.length > 0 ? [batchOfMain(main)] : plainBatch(phase, ofPhase(phase)),
  );
}

function plainBatch(phase: Phase, steps: readonly Step[]): Batch[] {
  return steps.length === 0 ? [] : [{ mode: 'plain', steps, tolerant: TOLERANT.includes(phase) }];
}
