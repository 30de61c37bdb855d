// tmsh as far as clients use it through util/bash: list, show, create, modify, delete, save, load, generate.
// It works on the same configuration as REST, with the same rules and refusals.
import { createHash } from 'node:crypto';
import type { ConfigEditor } from '../engine/config-editor.ts';
import type { ConfigEngine } from '../engine/config-engine.ts';
import { listSorted } from '../engine/config-engine.ts';
import { refuseOwned } from '../engine/ownership.ts';
import { validationError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import type { ObjectType } from '../schema/types.ts';
import { isGroup, tokenize, type Token } from './tmsh-parser.ts';
import { bodyOf } from './tmsh-body.ts';
import {
  COMMON,
  component,
  createObject,
  findObject,
  modifyObject,
  nameOf,
  pathOf,
  properties,
  removeObject,
} from './tmsh-changes.ts';
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

function put(editor: ConfigEditor, type: ObjectType, name: string, body: JsonObject): void {
  const existing = editor.store.find(nameKey(type.family, pathOf(type, name, COMMON)));
  if (existing === undefined) editor.create(type.path, [], { name, ...body });
  else if (Object.keys(body).length > 0) editor.modify(existing, body, 'patch');
}

/** `ltm pool /Common/p { … }` one after another. */
function merge(deps: TmshDeps, text: string): void {
  let tokens: readonly Token[] = tokenize(text.replace(/^\s*#.*$/gm, ''));
  deps.engine.change((editor) => {
    while (tokens.length > 0) {
      const { type, rest } = component(deps.engine.schema, tokens);
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
  const { type, rest } = component(engine.schema, tokens);
  const [name] = rest;
  const records =
    typeof name === 'string' && name !== 'all-properties' && name !== 'one-line'
      ? [findObject(engine.store, type, name, COMMON)]
      : listSorted(engine, type.path, []);
  return records.map((record) => listing(engine, record)).join('');
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
  const { type, rest } = component(engine.schema, tokens);
  if (type.path !== 'sys/application/template') return '';
  const record = findObject(engine.store, type, nameOf(rest[0]), COMMON);
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
  component(engine.schema, tokens);
  return '';
}

/** What belongs to an application service is left to it. */
function changing(change: typeof createObject) {
  return ({ engine }: TmshDeps, tokens: readonly Token[]): string => {
    engine.change((editor) => change({ editor, folder: COMMON, mayChange: refuseOwned }, tokens));
    return '';
  };
}

const VERBS: Record<string, (deps: TmshDeps, tokens: readonly Token[]) => string> = {
  create: changing(createObject),
  delete: changing(removeObject),
  generate,
  list,
  load,
  modify: changing(modifyObject),
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
