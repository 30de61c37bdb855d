// Which LBaaS objects carry the device's refusal. A refused transaction names no command, but its message names
// an object; that object's owner is at fault, the others of the transaction merely did not happen.
import { ownerKey, type OwnerKey } from '../plan/desired-partition.ts';
import { nodePathOfMember } from '../object-types/references.ts';
import { nameOf, type Owner } from '../object-types/device-object.ts';
import type { Step, Subject } from '../plan/step.ts';

export interface Refusal {
  message: string;
  /** The refused step when it was sent alone. */
  step: Step | undefined;
  /** Steps not in effect, the refused ones included. */
  missing: readonly Step[];
}

export interface Attribution {
  /** Objects at fault; several when the message names none. */
  culprits: readonly Owner[];
  /** Reason by owner, for everything that did not happen. */
  reasons: ReadonlyMap<OwnerKey, string>;
}

/** A name on its own, not as the beginning or end of a longer one. */
function isMentioned(message: string, name: string): boolean {
  for (let at = message.indexOf(name); at >= 0; at = message.indexOf(name, at + 1)) {
    const before = message.slice(Math.max(0, at - 1), at);
    const after = message.slice(at + name.length);
    if (!/[\w.-]/.test(before) && !/^(?:[\w-]|\.\w)/.test(after)) return true;
  }
  return false;
}

/** Length of what the message says of the subject; 0 when it does not name it. Full paths say more than names. */
function mentionOf(message: string, { ref }: Subject): number {
  const names =
    ref.type === 'pool-member'
      ? [ref.path, nodePathOfMember(ref.path), nameOf(nodePathOfMember(ref.path))]
      : [ref.path, nameOf(ref.path)];
  const said = names.filter((name) => isMentioned(message, name)).map(({ length }) => length);
  return Math.max(0, ...said);
}

function named(message: string, subjects: readonly Subject[]): Subject | undefined {
  const hits = subjects
    .map((subject) => ({ subject, length: mentionOf(message, subject) }))
    .filter(({ length }) => length > 0);
  // A member's message names its pool first; the member is the one that is wrong.
  const members = hits.filter(({ subject }) => subject.ref.type === 'pool-member');
  // A path begins with its partition's.
  const [most] = (members.length > 0 ? members : hits).sort((a, b) => b.length - a.length);
  return most?.subject;
}

function culpritsOf({ message, step, missing }: Refusal): readonly Owner[] {
  const candidates = step?.subjects ?? missing.flatMap(({ subjects }) => subjects);
  const hit = named(message, candidates);
  const owners = (hit === undefined ? candidates : [hit]).flatMap(({ owners: own }) => own);
  return owners.length > 0 ? owners : missing.flatMap(ownersOf);
}

export function attributeRefusal(refusal: Refusal): Attribution {
  const { message, missing } = refusal;
  const culprits = culpritsOf(refusal);
  const atFault = new Set(culprits.map(ownerKey));
  const notMade = new Set(
    missing.filter(({ action }) => action === 'create').map(({ target }) => target.path),
  );
  const reasons = new Map<OwnerKey, string>([...atFault].map((key) => [key, message]));
  for (const step of missing) {
    if (step.action === 'modify' && usesAny(step, notMade)) continue;
    for (const key of ownersOf(step).map(ownerKey)) {
      if (!reasons.has(key)) reasons.set(key, `Not applied: ${message}`);
    }
  }
  return { culprits, reasons };
}

/** The step only starts to use something that was not made: its own object is well as it is. */
function usesAny(step: Step, paths: ReadonlySet<string>): boolean {
  return step.changes.some(({ to }) => typeof to === 'string' && paths.has(to));
}

function ownersOf(step: Step): Owner[] {
  return step.subjects.flatMap(({ owners }) => owners);
}
