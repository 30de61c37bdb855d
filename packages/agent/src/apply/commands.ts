// Steps as requests.
import { itemPath, type Command } from '@f5-lbaas/bigip-client';
import type { Fields, ObjectRef } from '../object-types/device-object.ts';
import { OBJECT_TYPES } from '../object-types/object-types.ts';
import type { Step } from '../plan/step.ts';

function collectionOf(ref: ObjectRef): string {
  const { collection, parent } = OBJECT_TYPES[ref.type];
  if (parent === undefined || ref.parent === undefined) return collection;
  return `${itemPath(OBJECT_TYPES[parent].collection, ref.parent)}/${collection}`;
}

export function commandOf(step: Step): Command {
  const collection = collectionOf(step.target);
  if (step.action === 'create') return { method: 'POST', path: collection, body: step.body };
  const path = itemPath(collection, step.target.path);
  return step.action === 'modify'
    ? { method: 'PATCH', path, body: step.body }
    : { method: 'DELETE', path };
}

/** The request that takes a step back; undefined for removals, which are not taken back. */
export function undoOf(step: Step): Command | undefined {
  const collection = collectionOf(step.target);
  const path = itemPath(collection, step.target.path);
  if (step.action === 'create') return { method: 'DELETE', path };
  const body: Fields = step.undo;
  return step.action === 'modify' ? { method: 'PATCH', path, body } : undefined;
}
