// Consistency at the end of a request or transaction: nothing refers to what is not there, nothing that must
// be unique is doubled. Objects may come in any order before that (iControl REST 5.2).
import { inUse, mcpError, notFound, type DeviceError } from '../errors.ts';
import { nameKey, type FieldReference, type Schema } from '../schema/schema.ts';
import type { ObjectType } from '../schema/types.ts';
import { recordUid, type ConfigRecord } from '../store/record.ts';
import type { Change } from '../store/unit-of-work.ts';
import type { ConfigEditor } from './config-editor.ts';

/** @throws DeviceError for the first inconsistency */
export function checkConsistency(editor: ConfigEditor): void {
  const changes = editor.work.changes();
  for (const { before, after } of changes) {
    if (before !== undefined && after === undefined) checkUnused(editor, before, changes);
  }
  for (const { before, after } of changes) {
    if (after !== undefined) checkRecord(editor, after, before);
  }
}

function checkRecord(editor: ConfigEditor, record: ConfigRecord, before: Change['before']): void {
  const { schema } = editor;
  for (const ref of schema.fieldReferences(record)) checkReference(editor, record, ref);
  const type = schema.type(record.type);
  checkUnique(editor, type, record);
  type.rules.check?.(record, editor, before);
}

function checkReference(editor: ConfigEditor, record: ConfigRecord, ref: FieldReference): void {
  if (!editor.store.hasName(nameKey(ref.family, ref.path))) {
    throw ref.missing?.(ref.path, record) ?? missingReference(editor.schema, ref);
  }
  if (!ref.crossPartition && !isVisible(record, ref.path)) {
    throw crossPartition(editor.schema, record, ref);
  }
}

function missingReference(schema: Schema, ref: { family: string; path: string }): DeviceError {
  const type = schema.family(ref.family)[0];
  return notFound(type?.referenceName ?? type?.className ?? ref.family, ref.path);
}

/** Own partition or /Common; objects in /Common may use only /Common (iControl REST 4.3, 01070726). */
function isVisible(record: ConfigRecord, path: string): boolean {
  if (!path.startsWith('/') || path.startsWith('/Common/')) return true;
  const home = record.keys[0]?.split('/')[1];
  return home === undefined || path.split('/')[1] === home || path.split('/').length === 2;
}

function crossPartition(schema: Schema, record: ConfigRecord, ref: FieldReference): DeviceError {
  const type = schema.type(record.type);
  const target = schema.family(ref.family)[0];
  const thing = (target?.referenceName ?? target?.className ?? 'object').toLowerCase();
  const owner = (type.usageName ?? type.className).toLowerCase();
  return mcpError(
    '01070726:3',
    `A ${owner} may only reference ${thing === 'irule' ? 'rule' : thing}s in the same partition ` +
      `or the common partition (${record.fullPath}:${ref.path})`,
  );
}

function checkUnique(editor: ConfigEditor, type: ObjectType, record: ConfigRecord): void {
  const uid = recordUid(record);
  for (const { family, key, clash } of type.unique) {
    const own = key(record);
    if (own === undefined || clash === undefined) continue;
    for (const other of editor.store.named(nameKey(family, own))) {
      const error = recordUid(other) === uid ? undefined : clash(record, other);
      if (error !== undefined) throw error;
    }
  }
}

/** A removed object, or one of its unique keys such as a route domain's number, may not be referred to. */
function checkUnused(editor: ConfigEditor, record: ConfigRecord, changes: readonly Change[]): void {
  const { schema, store } = editor;
  const type = schema.type(record.type);
  for (const name of schema.names(record)) {
    const countsCommitted =
      type.usedCountsCommitted === true && !editor.swept.has(recordUid(record));
    const dropped = countsCommitted ? droppedReferrer(schema, name, changes) : undefined;
    if (dropped !== undefined) throw usedError(schema, type, record, dropped);
    if (store.hasName(name) || !store.isReferenced(name)) continue;
    const by = store.referrers(name).find((other) => type.ignoresReferrer?.(other) !== true);
    if (by !== undefined) throw usedError(schema, type, record, by);
  }
}

/** Object that referred to the name before this transaction and does so no longer (iControl REST 5.2). */
function droppedReferrer(
  schema: Schema,
  name: string,
  changes: readonly Change[],
): ConfigRecord | undefined {
  const change = changes.find(
    ({ before, after }) =>
      before !== undefined && after !== undefined && schema.references(before).includes(name),
  );
  return change?.before;
}

function usedError(
  schema: Schema,
  type: ObjectType,
  record: ConfigRecord,
  by: ConfigRecord,
): DeviceError {
  if (type.usedError !== undefined) return type.usedError(record, by);
  const byType = schema.type(by.type);
  const byClass = byType.usageName ?? byType.className;
  return inUse(type.className, record.fullPath, byClass, by.keys.join(' '));
}
