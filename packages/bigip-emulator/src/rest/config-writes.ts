// POST, PUT, PATCH and DELETE on the configuration, as changes of a unit of work: the same for a single request
// and for a command of a transaction (iControl REST 3).
import type { ConfigEditor } from '../engine/config-editor.ts';
import { refuseOwned } from '../engine/ownership.ts';
import {
  API_ERROR_PARSE,
  DeviceError,
  configurationError,
  notFound,
  semanticError,
  validationError,
} from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { uidOf, type ConfigRecord } from '../store/record.ts';
import { editRecords } from './record-options.ts';
import { missingResource, type ResourcePath } from './resource-path.ts';

export interface ConfigWrite {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  target: ResourcePath;
  body: JsonObject;
  query: URLSearchParams;
}

export function isWriteMethod(method: string): method is ConfigWrite['method'] {
  return ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
}

/** @returns the object as it is now; undefined after a DELETE */
export function applyWrite(editor: ConfigEditor, write: ConfigWrite): ConfigRecord | undefined {
  const { method, target } = write;
  if (method === 'DELETE') {
    if (target.isCollection) removeMany(editor, write);
    else removeObject(editor, target);
    return undefined;
  }
  if (target.isCollection !== (method === 'POST')) {
    throw semanticError(
      `${method} is not supported on ${target.isCollection ? 'a collection' : 'an object'}`,
    );
  }
  return method === 'POST' ? createObject(editor, write) : changeObject(editor, write);
}

function refuse(type: ResourcePath['type'], method: 'POST' | 'PATCH' | 'DELETE'): void {
  if (!type.refuses.includes(method)) return;
  throw semanticError(`The ${method} operation is not supported on ${type.path}`);
}

function parentType(type: ResourcePath['type']): string {
  return type.path.slice(0, type.path.lastIndexOf('/'));
}

function checkParent(editor: ConfigEditor, { type, keys }: ResourcePath): void {
  if (keys.length === 0) return;
  const parent = editor.schema.type(parentType(type));
  if (editor.store.get(uidOf(parent.path, keys)) !== undefined) return;
  throw notFound(parent.className === 'Pool' ? 'pool' : parent.className, keys.join(' '));
}

function createObject(editor: ConfigEditor, { target, body }: ConfigWrite): ConfigRecord {
  refuse(target.type, 'POST');
  checkParent(editor, target);
  if (target.keys.length > 0) refuseOwned(editor.store, parentType(target.type), target.keys);
  return editor.create(target.type.path, target.keys, body);
}

/** @throws DeviceError 404 */
function existing(editor: ConfigEditor, target: ResourcePath): ConfigRecord {
  const record = editor.store.get(uidOf(target.type.path, target.keys));
  if (record !== undefined) return record;
  if (target.keys.length > 1) checkParent(editor, { ...target, keys: target.keys.slice(0, -1) });
  throw missingResource(target);
}

function changeObject(editor: ConfigEditor, write: ConfigWrite): ConfigRecord {
  const { target, method, body, query } = write;
  refuse(target.type, 'PATCH');
  const record = existingForChange(editor, target);
  refuseOwned(editor.store, record.type, record.keys);
  const options = query.get('options');
  if (options !== null && target.type.path === 'ltm/data-group/internal') {
    return editRecords(editor, record, options);
  }
  return editor.modify(record, body, method === 'PUT' ? 'put' : 'patch');
}

/** A sub-item that tmsh cannot find has its own 404 (iControl REST 4.3). */
function existingForChange(editor: ConfigEditor, target: ResourcePath): ConfigRecord {
  const found = editor.store.get(uidOf(target.type.path, target.keys));
  if (found !== undefined || target.keys.length < 2) return found ?? existing(editor, target);
  checkParent(editor, { ...target, keys: target.keys.slice(0, -1) });
  throw new DeviceError(404, `Object not found - ${target.keys.at(-1) ?? ''}`, {
    apiError: API_ERROR_PARSE,
  });
}

function removeObject(editor: ConfigEditor, target: ResourcePath): void {
  refuse(target.type, 'DELETE');
  const isMember = target.type.path === 'ltm/pool/members';
  if (isMember && !/[:.]\w+$/.test(target.keys.at(-1) ?? '')) {
    throw validationError('HTML Tag-like Content in the Request URL/Body');
  }
  const record = existing(editor, target);
  refuseOwned(editor.store, record.type, record.keys);
  editor.remove(record);
}

/** DELETE of a collection needs `options`; `*` removes all that may go. */
function removeMany(editor: ConfigEditor, { target, query }: ConfigWrite): void {
  refuse(target.type, 'DELETE');
  const options = query.get('options');
  if (options === null) {
    throw configurationError(`DELETE of the collection ${target.type.path} requires options.`);
  }
  const names = new Set(options.split(/\s+/));
  for (const record of editor.store.list(target.type.path, target.keys)) {
    if (options !== '*' && !names.has(record.name) && !names.has(record.fullPath)) continue;
    refuseOwned(editor.store, record.type, record.keys);
    editor.remove(record);
  }
}
