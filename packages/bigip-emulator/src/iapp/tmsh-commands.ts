// The commands `tmsh::...` of iApp scripts, on the unit of work that creates or changes the service. What a device has
// beyond these is in docs/emulator.md. @see tmsh scripting, F5
import { DeviceError } from '../errors.ts';
import { isJsonObject, scalarText, type Json, type JsonObject } from '../json.ts';
import type { RuleContext } from '../schema/types.ts';
import { kebabCase } from '../shell/tmsh-body.ts';
import {
  component,
  creation,
  findObject,
  modifyObject,
  nameOf,
  removeObject,
  type TmshPlace,
} from '../shell/tmsh-changes.ts';
import { tokenize } from '../shell/tmsh-parser.ts';
import type { ConfigRecord } from '../store/record.ts';
import { TclError, wrongArguments } from '../tcl/errors.ts';
import type { CommandTable, Interpreter, TclCommand } from '../tcl/interpreter.ts';
import { elementsOf, listOf } from '../tcl/list.ts';
import type { OwnedObjects } from './owned-objects.ts';

/** A refusal of the device is an error of the script, which may catch it. */
function asTclError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DeviceError) throw new TclError(error.message);
    throw error;
  }
}

function shownValue(value: Json): string {
  if (Array.isArray(value)) return listOf(value.map(shownValue));
  if (isJsonObject(value)) return listOf(properties(value));
  return scalarText(value);
}

function properties(shown: JsonObject): string[] {
  return Object.entries(shown).flatMap(([name, value]) => [kebabCase(name), shownValue(value)]);
}

/** `{ltm pool /Common/p {monitor /Common/http ...}}` */
function shownObject({ read }: RuleContext, record: ConfigRecord): string {
  const body = listOf(properties(read.shown(record)));
  return listOf([...record.type.split('/'), record.fullPath, body]);
}

/** `tmsh::get_field_value object field ?variable?`; with a variable a missing field is 0. */
const getFieldValue: TclCommand = (interpreter, [object, field, variable]) => {
  if (object === undefined || field === undefined) {
    throw wrongArguments('tmsh::get_field_value object field ?variable?');
  }
  const body = elementsOf(elementsOf(object).at(-1) ?? '');
  const at = body.findIndex((name, index) => index % 2 === 0 && name === field);
  const value = at < 0 ? undefined : (body[at + 1] ?? '');
  if (variable === undefined) {
    if (value === undefined) throw new TclError(`the field "${field}" was not found`);
    return value;
  }
  if (value !== undefined) interpreter.variables.set(variable, value);
  return value === undefined ? '0' : '1';
};

class Shell {
  readonly #context: RuleContext;
  readonly #owned: OwnedObjects;
  #folder: string;

  constructor(context: RuleContext, owned: OwnedObjects, folder: string) {
    this.#context = context;
    this.#owned = owned;
    this.#folder = folder;
  }

  create(args: readonly string[]): string {
    const { type, rest } = component(this.#context.schema, tokenize(args.join(' ')));
    const { name, body } = creation(type, rest, this.#folder);
    this.#owned.create(type, name, body);
    return '';
  }

  modify(args: readonly string[]): string {
    modifyObject(this.#place(), tokenize(args.join(' ')));
    return '';
  }

  remove(args: readonly string[]): string {
    removeObject(this.#place(), tokenize(args.join(' ')));
    return '';
  }

  config(args: readonly string[]): string {
    const { store, schema } = this.#context;
    const { type, rest } = component(schema, tokenize(args.join(' ')));
    const [name] = rest;
    const records =
      typeof name === 'string'
        ? [findObject(store, type, nameOf(name), this.#folder)]
        : store.list(type.path);
    return listOf(records.map((record) => shownObject(this.#context, record)));
  }

  changeFolder(path = '/Common'): string {
    this.#folder = path.startsWith('/') ? path : `${this.#folder}/${path}`;
    return '';
  }

  get folder(): string {
    return this.#folder;
  }

  #place(): TmshPlace {
    return {
      editor: this.#context,
      folder: this.#folder,
      mayChange: (store, type, keys) => {
        const record = store.find(
          `${this.#context.schema.type(type).family}\t${keys.at(-1) ?? ''}`,
        );
        if (record === undefined) return;
        this.#owned.checkMayChange(record);
        this.#owned.keep(record);
      },
    };
  }
}

/** @param folder in which the script starts */
export function tmshCommands(
  context: RuleContext,
  owned: OwnedObjects,
  folder: string,
): CommandTable {
  const shell = new Shell(context, owned, folder);
  const onDevice =
    (run: (args: readonly string[]) => string): TclCommand =>
    (_: Interpreter, args) =>
      asTclError(() => run(args));
  return {
    'tmsh::create': onDevice((args) => shell.create(args)),
    'tmsh::modify': onDevice((args) => shell.modify(args)),
    'tmsh::delete': onDevice((args) => shell.remove(args)),
    'tmsh::get_config': onDevice((args) => shell.config(args)),
    'tmsh::get_field_value': getFieldValue,
    'tmsh::get_name': (_, [object = '']) => elementsOf(object).at(-2) ?? '',
    'tmsh::get_type': (_, [object = '']) => elementsOf(object).slice(0, -2).join(' '),
    'tmsh::pwd': () => shell.folder,
    'tmsh::cd': (_, [path]) => shell.changeFolder(path),
    'tmsh::version': () => context.runtime.version.full,
    // EMULATOR: there is no script log; the text is dropped.
    'tmsh::log': () => '',
    'tmsh::log_dest': () => '',
    'tmsh::log_level': () => '',
  };
}
