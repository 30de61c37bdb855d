// From the properties of a tmsh command or configuration file to the body of a REST request.
import { validationError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Field, ObjectType } from '../schema/types.ts';
import { isGroup, tokenize, wordsOf, type Token } from './tmsh-parser.ts';

/** Properties whose braces hold a script. */
const SCRIPTS = new Set(['implementation', 'presentation', 'macro', 'html-help']);

/** `load-balancing-mode` to `loadBalancingMode`. */
function camelCase(word: string): string {
  return word.replace(/-([a-z0-9])/g, (_, char: string) => char.toUpperCase());
}

/** `loadBalancingMode` to `load-balancing-mode`. */
export function kebabCase(property: string): string {
  return property.replace(/[A-Z]/g, (char) => `-${char.toLowerCase()}`);
}

/** Members of `members { a { … } b }`: names with their properties. */
function children(sub: ObjectType, text: string): JsonObject[] {
  const tokens = tokenize(text);
  const items: JsonObject[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const name = tokens[index];
    if (typeof name !== 'string') throw validationError('Syntax Error: a name is missing');
    const next = tokens[index + 1];
    if (isGroup(next)) index += 1;
    items.push({ name, ...(isGroup(next) ? bodyOf(sub, tokenize(next.text)) : {}) });
  }
  return items;
}

/** Members of a list or subcollection, each with its name. */
function named(type: ObjectType, property: string, text: string): JsonObject[] {
  const sub = type.subcollections.find((candidate) => candidate.property === property);
  return sub === undefined
    ? wordsOf(tokenize(text)).map((name) => ({ name }))
    : children(sub, text);
}

function isList(field: Field | undefined): boolean {
  return field?.shape === 'list' || Array.isArray(field?.default);
}

/** `{ a 1 b { c 2 } }` of a nested property. */
function nested(text: string): JsonObject {
  const tokens = tokenize(text);
  const result: JsonObject = {};
  for (let index = 0; index < tokens.length; index += 2) {
    const name = tokens[index];
    const value = tokens[index + 1];
    if (typeof name !== 'string') throw validationError('Syntax Error: a name is missing');
    result[camelCase(name)] = isGroup(value) ? nested(value.text) : (value ?? true);
  }
  return result;
}

function listOf(text: string): Json[] {
  return wordsOf(tokenize(text));
}

function value(type: ObjectType, property: string, token: Token): Json {
  if (!isGroup(token)) return token;
  const sub = type.subcollections.find((candidate) => candidate.property === property);
  if (sub !== undefined) return children(sub, token.text);
  return isList(type.fields[property]) ? listOf(token.text) : nested(token.text);
}

/** `members add { … }`: a change of a list or subcollection instead of its new content. */
export interface ListEdit {
  property: string;
  action: 'add' | 'delete' | 'modify';
  items: JsonObject[];
}

function isEditAction(token: Token | undefined): token is ListEdit['action'] {
  return token === 'add' || token === 'delete' || token === 'modify';
}

function isFlag(type: ObjectType, property: string): boolean {
  return (
    type.flags.some(({ names }) => names.includes(property)) ||
    type.fields[property]?.shape === 'flag'
  );
}

/**
 * @param edits takes `add`, `delete` and `modify`; without it `add` gives the content, as on create
 * @throws DeviceError for a property without its value
 */
export function bodyOf(type: ObjectType, tokens: readonly Token[], edits?: ListEdit[]): JsonObject {
  // The braces of an iRule hold its text.
  if (type.path === 'ltm/rule') return scriptBody(tokens);
  const body: JsonObject = {};
  for (let index = 0; index < tokens.length;) {
    const word = tokens[index];
    if (typeof word !== 'string') throw validationError('Syntax Error: unexpected "{"');
    index += 1 + property(type, word, tokens.slice(index + 1), body, edits);
  }
  return body;
}

/** Reads one property into the body. @returns tokens used behind its name */
function property(
  type: ObjectType,
  word: string,
  rest: readonly Token[],
  body: JsonObject,
  edits: ListEdit[] | undefined,
): number {
  const name = camelCase(word);
  const [first, second] = rest;
  if (isFlag(type, name)) {
    body[name] = true;
    return 0;
  }
  if (isEditAction(first) && isGroup(second)) {
    if (edits === undefined) body[name] = value(type, name, second);
    else edits.push({ property: name, action: first, items: named(type, name, second.text) });
    return 2;
  }
  const monitors = word === 'monitor' ? monitorExpression(rest) : undefined;
  if (monitors !== undefined) {
    body[name] = monitors.text;
    return monitors.used;
  }
  return assigned(type, word, [first, second], body);
}

/** `min 1 of { a b }` and `a and b`: monitors of a pool, of several words. */
function monitorExpression(rest: readonly Token[]): { text: string; used: number } | undefined {
  const [min, count, of, list] = rest;
  if (min === 'min' && typeof count === 'string' && of === 'of' && isGroup(list)) {
    return { text: `min ${count} of { ${wordsOf(tokenize(list.text)).join(' ')} }`, used: 4 };
  }
  let used = 1;
  while (rest[used] === 'and' && typeof rest[used + 1] === 'string') used += 2;
  return used === 1 ? undefined : { text: wordsOf(rest.slice(0, used)).join(' '), used };
}

/** Reads `name value` into the body. @returns tokens used behind its name */
function assigned(
  type: ObjectType,
  word: string,
  [first, second]: readonly (Token | undefined)[],
  body: JsonObject,
): number {
  const name = camelCase(word);
  if (word === 'user-defined') {
    body['apiRawValues'] = userDefined(body['apiRawValues'], first ?? '', second);
    return 2;
  }
  const replaces = first === 'replace-all-with';
  const token = replaces ? second : first;
  if (token === undefined) throw validationError(`Syntax Error: "${word}" needs a value`);
  const isScript = SCRIPTS.has(word) && isGroup(token);
  body[name] = isScript ? token.text.trim() : value(type, name, token);
  return replaces ? 2 : 1;
}

function scriptBody([script]: readonly Token[]): JsonObject {
  return isGroup(script) ? { apiAnonymous: script.text.trim() } : {};
}

/** Variables of an external monitor: `user-defined NAME VALUE`, shown as `userDefined NAME`. */
function userDefined(known: Json | undefined, name: Token, text: Token | undefined): JsonObject {
  const [key, content] = wordsOf([name, text ?? '']);
  return { ...(isJsonObject(known) ? known : {}), [`userDefined ${key ?? ''}`]: content ?? '' };
}
