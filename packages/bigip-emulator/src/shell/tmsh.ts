// tmsh as far as clients use it through util/bash: list, show, create, modify, delete, save, load, generate.
// It works on the same configuration as REST, with the same rules and refusals.
import { createHash } from 'node:crypto';
import type { ConfigEditor } from '../engine/config-editor.ts';
import type { ConfigEngine } from '../engine/config-engine.ts';
import { listSorted } from '../engine/config-engine.ts';
import { notFound, validationError } from '../errors.ts';
import { asString, isJsonObject, isStringArray, scalarText, type JsonObject } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import type { ObjectType } from '../schema/types.ts';
import type { ConfigRecord } from '../store/record.ts';
import { isGroup, tokenize, type Token } from './tmsh-parser.ts';
import { bodyOf, type ListEdit } from './tmsh-body.ts';
import { listing } from './tmsh-listing.ts';

export interface TmshDeps {
  engine: ConfigEngine;
  /** Content of a file on the device. */
  readFile: (path: string) => string | undefined;
  /** `load sys config default` */
  resetConfiguration: () => void;
}

const SAVED =
  'Saving running configuration...\n  /config/bigip.conf\n  /config/bigip_base.conf\n  /config/bigip_user.conf\n';

interface Target {
  type: ObjectType;
  rest: readonly Token[];
}

/** Component at the start of the words: `ltm pool`, `/sys application template`. */
function component({ schema }: ConfigEngine, tokens: readonly Token[]): Target {
  const words: string[] = [];
  for (const token of tokens) {
    if (isGroup(token) || words.length >= 5) break;
    words.push(words.length === 0 ? token.replace(/^\//, '') : token);
    const type = schema.find(words.join('/'));
    if (type !== undefined) return { type, rest: tokens.slice(words.length) };
  }
  throw validationError(`Syntax Error: unexpected argument "${words.join(' ')}"`);
}

function pathOf(type: ObjectType, name: string): string {
  return type.naming === 'plain' || name.startsWith('/') ? name : `/Common/${name}`;
}

function find(engine: ConfigEngine, type: ObjectType, name: string): ConfigRecord {
  const path = pathOf(type, name);
  const record = engine.store.find(nameKey(type.family, path));
  if (record === undefined) throw notFound(type.className, path);
  return record;
}

function nameOf(token: Token | undefined): string {
  if (typeof token !== 'string') throw validationError('Syntax Error: a name is missing');
  return token;
}

/** Properties of a command stand free or in one group; an iRule's group is its text. */
function properties(type: ObjectType, tokens: readonly Token[]): readonly Token[] {
  const [only] = tokens;
  const isGrouped = tokens.length === 1 && type.path !== 'ltm/rule' && isGroup(only);
  return isGrouped ? tokenize(only.text) : tokens;
}

function put(editor: ConfigEditor, type: ObjectType, name: string, body: JsonObject): void {
  const existing = editor.store.find(nameKey(type.family, pathOf(type, name)));
  if (existing === undefined) editor.create(type.path, [], { name, ...body });
  else if (Object.keys(body).length > 0) editor.modify(existing, body, 'patch');
}

/** `ltm pool /Common/p { … }` one after another. */
function merge(deps: TmshDeps, text: string): void {
  let tokens: readonly Token[] = tokenize(text.replace(/^\s*#.*$/gm, ''));
  deps.engine.change((editor) => {
    while (tokens.length > 0) {
      const { type, rest } = component(deps.engine, tokens);
      const isNamed = type.naming !== 'singleton';
      const body = rest[isNamed ? 1 : 0];
      if (!isGroup(body)) throw validationError('Syntax Error: "{" is missing');
      const parsed = bodyOf(type, properties(type, [body]));
      put(editor, type, isNamed ? nameOf(rest[0]) : '', parsed);
      tokens = rest.slice(isNamed ? 2 : 1);
    }
  });
}

function list({ engine }: TmshDeps, tokens: readonly Token[]): string {
  const { type, rest } = component(engine, tokens);
  const [name] = rest;
  const records =
    typeof name === 'string' && name !== 'all-properties' && name !== 'one-line'
      ? [find(engine, type, name)]
      : listSorted(engine, type.path, []);
  return records.map((record) => listing(engine, record)).join('');
}

function create(deps: TmshDeps, tokens: readonly Token[]): string {
  const { type, rest } = component(deps.engine, tokens);
  const body = bodyOf(type, properties(type, rest.slice(1)));
  deps.engine.change((editor) => editor.create(type.path, [], { name: nameOf(rest[0]), ...body }));
  return '';
}

function modify(deps: TmshDeps, tokens: readonly Token[]): string {
  const { type, rest } = component(deps.engine, tokens);
  const isNamed = type.naming !== 'singleton';
  const record = find(deps.engine, type, isNamed ? nameOf(rest[0]) : '');
  const edits: ListEdit[] = [];
  const { apiRawValues, ...body } = bodyOf(
    type,
    properties(type, rest.slice(isNamed ? 1 : 0)),
    edits,
  );
  deps.engine.change((editor) => {
    for (const edit of edits) applyEdit(editor, record, edit, body);
    if (Object.keys(body).length > 0) editor.modify(record, body, 'patch');
    // Variables of an external monitor are kept beside those that are not named.
    if (isJsonObject(apiRawValues)) {
      const known = record.fields['apiRawValues'];
      const variables = { ...(isJsonObject(known) ? known : {}), ...apiRawValues };
      editor.update(record, { apiRawValues: variables });
    }
  });
  return '';
}

/** Changes children at once; a list among the properties becomes part of the body. */
function applyEdit(
  editor: ConfigEditor,
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

function remove(deps: TmshDeps, tokens: readonly Token[]): string {
  const { type, rest } = component(deps.engine, tokens);
  deps.engine.change((editor) => editor.remove(find(deps.engine, type, nameOf(rest[0]))));
  return '';
}

/** `load sys config [default | merge file F | file F merge] [verify]`, `load sys application template F`. */
function load(deps: TmshDeps, tokens: readonly Token[]): string {
  const words = tokens.filter((token) => typeof token === 'string');
  const isTemplate = words.slice(0, 3).join(' ') === 'sys application template';
  if (words.includes('default') && !isTemplate) {
    deps.resetConfiguration();
    return '';
  }
  const path = isTemplate ? words[3] : words[words.indexOf('file') + 1];
  if (path === undefined || (!isTemplate && !words.includes('file'))) return '';
  if (words.includes('verify')) tokenize(fileContent(deps, path));
  else mergeConfiguration(deps, path);
  return '';
}

function fileContent({ readFile }: TmshDeps, path: string): string {
  const content = readFile(path);
  if (content === undefined) throw validationError(`The file ${path} could not be read`);
  return content;
}

/** Creates and changes what a configuration file on the device says. @throws DeviceError */
export function mergeConfiguration(deps: TmshDeps, path: string): void {
  merge(deps, fileContent(deps, path));
}

/** Checksum that an iApp template carries from then on. */
function generate({ engine }: TmshDeps, tokens: readonly Token[]): string {
  const { type, rest } = component(engine, tokens);
  if (type.path !== 'sys/application/template') return '';
  const record = find(engine, type, nameOf(rest[0]));
  const actions = engine.store.list(`${type.path}/actions`, record.keys);
  const text = JSON.stringify(actions.map(({ name, fields }) => [name, fields]));
  const tmplChecksum = createHash('md5').update(text).digest('hex');
  engine.change((editor) => editor.update(record, { tmplChecksum }));
  return '';
}

function show({ engine }: TmshDeps, tokens: readonly Token[]): string {
  const { version, hostname } = engine.runtime;
  const words = tokens.filter((token) => typeof token === 'string').join(' ');
  if (/^\/?sys version/.test(words)) {
    const lines = [
      ['Product', 'BIG-IP'],
      ['Version', version.full],
      ['Build', version.build],
      ['Edition', 'Final'],
      ['Date', version.date],
    ];
    const rows = lines.map(([name = '', value = '']) => `  ${name.padEnd(10)}  ${value}\n`);
    return `\nSys::Version\nMain Package\n${rows.join('')}\n`;
  }
  if (/^\/?sys failover/.test(words)) return `Failover ${engine.runtime.failoverState()}\n`;
  if (/^\/?sys hardware/.test(words)) return `Sys::Hardware\nPlatform\n  Name  ${hostname}\n`;
  // Anything else that is an object type has nothing to show beside its name.
  component(engine, tokens);
  return '';
}

const VERBS: Record<string, (deps: TmshDeps, tokens: readonly Token[]) => string> = {
  create,
  delete: remove,
  generate,
  list,
  load,
  modify,
  save: () => SAVED,
  show,
};

/** @returns what the command prints @throws DeviceError what tmsh would print as its error */
export function runTmsh(deps: TmshDeps, text: string): string {
  const tokens = tokenize(text);
  while (tokens[0] === '-q' || tokens[0] === '-a') tokens.shift();
  if (tokens[0] === '-c' && typeof tokens[1] === 'string') return runTmsh(deps, tokens[1]);
  const [verb, ...rest] = tokens;
  const run = typeof verb === 'string' ? VERBS[verb] : undefined;
  if (run === undefined) {
    throw validationError(
      `Syntax Error: unexpected argument "${typeof verb === 'string' ? verb : '{'}"`,
    );
  }
  return run(deps, rest);
}
