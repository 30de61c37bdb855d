// Commands on variables and arrays. @see Tcl built-in commands
import { TclError, wrongArguments } from '../errors.ts';
import type { CommandTable, Interpreter } from '../interpreter.ts';
import { elementsOf, listOf } from '../list.ts';
import { integerOf } from '../operators.ts';
import { globMatcher } from '../patterns.ts';

function incr(interpreter: Interpreter, [name, step = '1']: readonly string[]): string {
  if (name === undefined) throw wrongArguments('incr varName ?increment?');
  const current = interpreter.variables.find(name) ?? '0';
  const [value, amount] = [integerOf(current), integerOf(step)];
  if (value === undefined) throw new TclError(`expected integer but got "${current}"`);
  if (amount === undefined) throw new TclError(`expected integer but got "${step}"`);
  return interpreter.variables.set(name, String(value + amount));
}

function unset(interpreter: Interpreter, args: readonly string[]): string {
  const isQuiet = args[0] === '-nocomplain';
  for (const name of isQuiet ? args.slice(1) : args) {
    if (!interpreter.variables.unset(name) && !isQuiet) {
      throw new TclError(`can't unset "${name}": no such variable`);
    }
  }
  return '';
}

/** `upvar ?level? other mine ?other mine ...?`; level is 1, or `#0` for the global frame. */
function upvar(interpreter: Interpreter, args: readonly string[]): string {
  const isLevel = /^#?\d+$/.test(args[0] ?? '');
  const level = isLevel ? (args[0] ?? '1') : '1';
  const pairs = isLevel ? args.slice(1) : args;
  if (pairs.length < 2 || pairs.length % 2 !== 0) {
    throw wrongArguments('upvar ?level? otherVar localVar ?otherVar localVar ...?');
  }
  const here = interpreter.variables.depth - 1;
  const target = level.startsWith('#') ? Number(level.slice(1)) : here - Number(level);
  for (let at = 0; at < pairs.length; at += 2) {
    interpreter.variables.link(pairs[at + 1] ?? '', target, pairs[at] ?? '');
  }
  return '';
}

/** `global` and `variable` outside procedures do nothing. */
function linkGlobals(interpreter: Interpreter, names: readonly string[]): string {
  if (interpreter.variables.depth === 1) return '';
  for (const name of names) interpreter.variables.link(name.replace(/^.*::/, ''), 0, name);
  return '';
}

type ArrayRun = (
  interpreter: Interpreter,
  name: string,
  elements: ReadonlyMap<string, string>,
  argument: string | undefined,
) => string;

function chosen(elements: ReadonlyMap<string, string>, pattern = '*'): [string, string][] {
  const matches = globMatcher(pattern);
  return [...elements].filter(([key]) => matches(key));
}

const ARRAY: ReadonlyMap<string, ArrayRun> = new Map<string, ArrayRun>([
  ['exists', (interpreter, name) => (interpreter.variables.elements(name) ? '1' : '0')],
  ['get', (_, __, elements, pattern) => listOf(chosen(elements, pattern).flat())],
  ['names', (_, __, elements, pattern) => listOf(chosen(elements, pattern).map(([key]) => key))],
  ['size', (_, __, elements) => String(elements.size)],
  [
    'set',
    (interpreter, name, _, list = '') => {
      const items = elementsOf(list);
      if (items.length % 2 !== 0) throw new TclError('list must have an even number of elements');
      for (let at = 0; at < items.length; at += 2) {
        interpreter.variables.set(`${name}(${items[at] ?? ''})`, items[at + 1] ?? '');
      }
      return '';
    },
  ],
  [
    'unset',
    (interpreter, name, elements, pattern) => {
      if (pattern === undefined) interpreter.variables.unset(name);
      else
        chosen(elements, pattern).forEach(([key]) =>
          interpreter.variables.unset(`${name}(${key})`),
        );
      return '';
    },
  ],
]);

function array(interpreter: Interpreter, args: readonly string[]): string {
  const [option = '', name, argument, ...more] = args;
  const run = ARRAY.get(option);
  if (name === undefined || more.length > 0) throw wrongArguments('array option arrayName ?arg?');
  if (run === undefined) {
    throw new TclError(`bad option "${option}": must be ${[...ARRAY.keys()].join(', ')}`);
  }
  return run(interpreter, name, interpreter.variables.elements(name) ?? new Map(), argument);
}

function info(interpreter: Interpreter, [option = '', name = '*']: readonly string[]): string {
  const { variables } = interpreter;
  const matching = (names: readonly string[]): string => listOf(names.filter(globMatcher(name)));
  switch (option) {
    case 'exists':
      return variables.isSet(name) ? '1' : '0';
    case 'vars':
      return name.startsWith('::')
        ? listOf(
            variables
              .names(true)
              .filter(globMatcher(name.slice(2)))
              .map((one) => `::${one}`),
          )
        : matching(variables.names(false));
    case 'globals':
      return matching(variables.names(true));
    case 'commands':
    case 'procs':
      return interpreter.has(name) ? name : '';
    default:
      throw new TclError(`info ${option} is not supported by this emulator`);
  }
}

export const VARIABLE_COMMANDS: CommandTable = {
  set: (interpreter, [name, value, ...more]) => {
    if (name === undefined || more.length > 0) throw wrongArguments('set varName ?newValue?');
    return value === undefined
      ? interpreter.variables.get(name)
      : interpreter.variables.set(name, value);
  },
  append: (interpreter, [name, ...values]) => {
    if (name === undefined) throw wrongArguments('append varName ?value value ...?');
    const current = interpreter.variables.find(name) ?? '';
    return interpreter.variables.set(name, current + values.join(''));
  },
  lappend: (interpreter, [name, ...values]) => {
    if (name === undefined) throw wrongArguments('lappend varName ?value value ...?');
    const current = elementsOf(interpreter.variables.find(name) ?? '');
    return interpreter.variables.set(name, listOf([...current, ...values]));
  },
  array,
  global: linkGlobals,
  incr,
  info,
  unset,
  upvar,
  variable: (interpreter, [name = '', value]) => {
    linkGlobals(interpreter, [name]);
    return value === undefined ? '' : interpreter.variables.set(name, value);
  },
};
