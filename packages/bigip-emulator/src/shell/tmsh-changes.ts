// create, modify and delete of tmsh as changes of a unit of work: the same for the shell and for what an iApp's script
// does. Names without a path are in the folder that the command is run in.
import { notFound, validationError } from '../errors.ts';
import { asString, isJsonObject, isStringArray, scalarText, type JsonObject } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import type { ObjectType, RuleContext } from '../schema/types.ts';
import type { ConfigStore } from '../store/config-store.ts';
import type { ConfigRecord } from '../store/record.ts';
import { bodyOf, type ListEdit } from './tmsh-body.ts';
import { isGroup, tokenize, type Token } from './tmsh-parser.ts';

export const COMMON = '/Common';

/** Where and for whom a command is run. */
export interface TmshPlace {
  editor: RuleContext;
  /** Folder of names without a path. */
  folder: string;
  /** @throws DeviceError for what may not be changed from here */
  mayChange: (store: ConfigStore, type: string, keys: readonly string[]) => void;
}

interface Target {
  type: ObjectType;
  rest: readonly Token[];
}

/** Component at the start of the words: `ltm pool`, `/sys application template`. */
export function component(
  schema: Pick<RuleContext['schema'], 'find'>,
  tokens: readonly Token[],
): Target {
  const words: string[] = [];
  for (const token of tokens) {
    if (isGroup(token) || words.length >= 5) break;
    words.push(words.length === 0 ? token.replace(/^\//, '') : token);
    const type = schema.find(words.join('/'));
    if (type !== undefined) return { type, rest: tokens.slice(words.length) };
  }
  throw validationError(`Syntax Error: unexpected argument "${words.join(' ')}"`);
}

export function pathOf(type: ObjectType, name: string, folder: string): string {
  const isAsIs = type.naming === 'plain' || type.naming === 'singleton' || name.startsWith('/');
  return isAsIs ? name : `${folder}/${name}`;
}

/** @throws DeviceError 404 */
export function findObject(
  store: ConfigStore,
  type: ObjectType,
  name: string,
  folder: string,
): ConfigRecord {
  const path = pathOf(type, name, folder);
  const record = store.find(nameKey(type.family, path));
  if (record === undefined) throw notFound(type.className, path);
  return record;
}

export function nameOf(token: Token | undefined): string {
  if (typeof token !== 'string') throw validationError('Syntax Error: a name is missing');
  return token;
}

/** Properties of a command stand free or in one group; an iRule's group is its text. */
export function properties(type: ObjectType, tokens: readonly Token[]): readonly Token[] {
  const [only] = tokens;
  const isGrouped = tokens.length === 1 && type.path !== 'ltm/rule' && isGroup(only);
  return isGrouped ? tokenize(only.text) : tokens;
}

export function createObject({ editor, folder }: TmshPlace, tokens: readonly Token[]): void {
  const { type, rest } = component(editor.schema, tokens);
  const { name, body } = creation(type, rest, folder);
  editor.create(type.path, [], { ...body, name });
}

/** Name, with its folder where the type has one, and body of `create ltm pool p ...`. */
export function creation(
  type: ObjectType,
  rest: readonly Token[],
  folder: string,
): { name: string; body: JsonObject } {
  const typed = nameOf(rest[0]);
  return {
    name: type.naming === 'folder' ? pathOf(type, typed, folder) : typed,
    body: bodyOf(type, properties(type, rest.slice(1))),
  };
}

export function modifyObject(place: TmshPlace, tokens: readonly Token[]): void {
  const { editor, folder, mayChange } = place;
  const { type, rest } = component(editor.schema, tokens);
  const isNamed = type.naming !== 'singleton';
  const record = findObject(editor.store, type, isNamed ? nameOf(rest[0]) : '', folder);
  mayChange(editor.store, record.type, record.keys);
  const edits: ListEdit[] = [];
  const { apiRawValues, ...body } = bodyOf(
    type,
    properties(type, rest.slice(isNamed ? 1 : 0)),
    edits,
  );
  for (const edit of edits) applyEdit(editor, record, edit, body);
  if (Object.keys(body).length > 0) editor.modify(record, body, 'patch');
  // Variables of an external monitor are kept beside those that are not named.
  if (isJsonObject(apiRawValues)) {
    const known = record.fields['apiRawValues'];
    const variables = { ...(isJsonObject(known) ? known : {}), ...apiRawValues };
    editor.update(record, { apiRawValues: variables });
  }
}

/** Changes children at once; a list among the properties becomes part of the body. */
function applyEdit(
  editor: RuleContext,
  record: ConfigRecord,
  { property, action, items }: ListEdit,
  body: JsonObject,
): void {
  const sub = editor.schema.find(`${record.type}/${property}`);
  if (sub === undefined) {
    const names = items.map(({ name }) => asString(name) ?? '');
    const stored = record.fields[property];
    const current = isStringArray(stored) ? stored : [];
    const kept = current.filter((name) => !names.includes(name) && !names.includes(baseName(name)));
    body[property] = action === 'add' ? [...kept, ...names] : kept;
    return;
  }
  for (const { name = '', ...change } of items) {
    if (action === 'add') {
      editor.create(sub.path, record.keys, { name, ...change }, record.partition);
      continue;
    }
    const child = editor.store
      .list(sub.path, record.keys)
      .find((other) => other.name === name || other.fullPath === name);
    if (child === undefined)
      throw notFound(sub.className, `${record.fullPath} ${scalarText(name)}`);
    if (action === 'delete') editor.remove(child);
    else editor.modify(child, change, 'patch');
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function removeObject(place: TmshPlace, tokens: readonly Token[]): void {
  const { editor, folder, mayChange } = place;
  const { type, rest } = component(editor.schema, tokens);
  const record = findObject(editor.store, type, nameOf(rest[0]), folder);
  mayChange(editor.store, record.type, record.keys);
  editor.remove(record);
}
