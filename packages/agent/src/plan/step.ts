// A step of a plan: one write to the device, as plain data. Plans are shown, logged, tested and applied from this.
import type { Fields, ObjectKey, ObjectRef, Owner, Value } from '../object-types/device-object.ts';

/**
 * partition: makes the partition. vacated: removals that make room for application services, or of them.
 * main: everything that must take effect together. released: removals that the device allows only after the release
 * took effect. unused: nodes that nothing uses any more. emptied: removes the partition. Phases are applied in this order.
 */
export const PHASES = ['partition', 'vacated', 'main', 'released', 'unused', 'emptied'] as const;
export type Phase = (typeof PHASES)[number];

/** An object that a step writes, and for whom. */
export interface Subject {
  ref: ObjectRef;
  owners: readonly Owner[];
}

export interface FieldChange {
  object: ObjectRef;
  property: string;
  from: Value | undefined;
  to: Value | undefined;
}

export interface Step {
  action: 'create' | 'modify' | 'remove';
  phase: Phase;
  target: ObjectRef;
  /** To send; empty for removals. */
  body: Fields;
  /** Modifications only: fields that put the object back as it was. */
  undo: Fields;
  /** All objects that the step writes, the target first. */
  subjects: readonly Subject[];
  /** What the target refers to once the step is done. */
  uses: readonly ObjectKey[];
  changes: readonly FieldChange[];
}
