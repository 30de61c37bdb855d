// Commands that decide what runs: conditions, loops, procedures, errors. @see Tcl built-in commands
import { LoopSignal, ReturnSignal, TclError, wrongArguments } from '../errors.ts';
import type { CommandTable, Interpreter } from '../interpreter.ts';
import { elementsOf } from '../list.ts';
import { globMatcher, regexOf } from '../patterns.ts';

/** Runs a loop's body. @returns false after `break` */
function body(interpreter: Interpreter, script: string): boolean {
  try {
    interpreter.evaluate(script);
    return true;
  } catch (error) {
    if (!(error instanceof LoopSignal)) throw error;
    return error.kind === 'continue';
  }
}

function ifCommand(interpreter: Interpreter, args: readonly string[]): string {
  let at = 0;
  for (;;) {
    const condition = args[at];
    if (condition === undefined) throw wrongArguments('if expr ?then? script ?elseif ...? ?else?');
    const bodyAt = args[at + 1] === 'then' ? at + 2 : at + 1;
    const script = args[bodyAt];
    if (script === undefined) throw wrongArguments('if expr ?then? script ?elseif ...? ?else?');
    if (interpreter.condition(condition)) return interpreter.evaluate(script);
    const next = args[bodyAt + 1];
    if (next === undefined) return '';
    if (next !== 'elseif') {
      return interpreter.evaluate(next === 'else' ? (args[bodyAt + 2] ?? '') : next);
    }
    at = bodyAt + 2;
  }
}

function whileCommand(interpreter: Interpreter, args: readonly string[]): string {
  const [condition, script, ...more] = args;
  if (condition === undefined || script === undefined || more.length > 0) {
    throw wrongArguments('while test command');
  }
  while (interpreter.condition(condition)) {
    if (!body(interpreter, script)) break;
  }
  return '';
}

function forCommand(interpreter: Interpreter, args: readonly string[]): string {
  const [start, test, next, script, ...more] = args;
  if (script === undefined || next === undefined || test === undefined || more.length > 0) {
    throw wrongArguments('for start test next command');
  }
  interpreter.evaluate(start ?? '');
  while (interpreter.condition(test)) {
    if (!body(interpreter, script)) break;
    interpreter.evaluate(next);
  }
  return '';
}

interface Lane {
  names: readonly string[];
  items: readonly string[];
}

function lanesOf(args: readonly string[]): Lane[] {
  const lanes: Lane[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    const names = elementsOf(args[at] ?? '');
    if (names.length === 0) throw new TclError('foreach varlist is empty');
    lanes.push({ names, items: elementsOf(args[at + 1] ?? '') });
  }
  return lanes;
}

/** `foreach names list ?names list ...? script` */
function foreachCommand(interpreter: Interpreter, args: readonly string[]): string {
  const script = args.at(-1);
  if (script === undefined || args.length < 3 || args.length % 2 === 0) {
    throw wrongArguments('foreach varList list ?varList list ...? command');
  }
  const lanes = lanesOf(args.slice(0, -1));
  const rounds = lanes.map(({ names, items }) => Math.ceil(items.length / names.length));
  for (let round = 0; round < Math.max(...rounds); round += 1) {
    for (const { names, items } of lanes) {
      names.forEach((name, index) =>
        interpreter.variables.set(name, items[round * names.length + index] ?? ''),
      );
    }
    if (!body(interpreter, script)) break;
  }
  return '';
}

type Match = (pattern: string, value: string) => boolean;

const SWITCH_KINDS: Readonly<Record<string, Match>> = {
  '-exact': (pattern, value) => pattern === value,
  '-glob': (pattern, value) => globMatcher(pattern)(value),
  '-regexp': (pattern, value) => regexOf(pattern).test(value),
};

/** Takes the options from the front of the arguments. @throws TclError for others than it knows */
function switchKind(rest: string[]): Match {
  let matches: Match | undefined = SWITCH_KINDS['-exact'];
  while (rest[0]?.startsWith('-') === true) {
    const option = rest.shift() ?? '';
    if (option === '--') break;
    matches = Object.hasOwn(SWITCH_KINDS, option) ? SWITCH_KINDS[option] : undefined;
    if (matches === undefined) throw new TclError(`bad option "${option}" of switch`);
  }
  return matches ?? ((pattern, value) => pattern === value);
}

function switchCommand(interpreter: Interpreter, args: readonly string[]): string {
  const rest = [...args];
  const matches = switchKind(rest);
  const [value, ...given] = rest;
  const arms = given.length === 1 ? elementsOf(given[0] ?? '') : given;
  if (value === undefined || arms.length === 0 || arms.length % 2 !== 0) {
    throw wrongArguments('switch ?switches? string pattern body ... ?default body?');
  }
  const isHit = (pattern: string, index: number): boolean =>
    index % 2 === 0 &&
    ((pattern === 'default' && index + 2 === arms.length) || matches(pattern, value));
  const hit = arms.findIndex(isHit);
  let bodyAt = hit + 1;
  while (arms[bodyAt] === '-') bodyAt += 2;
  return hit < 0 ? '' : interpreter.evaluate(arms[bodyAt] ?? '');
}

/** Binds arguments to the parameters of a procedure: defaults and `args` included. */
function bind(
  interpreter: Interpreter,
  name: string,
  parameters: readonly string[],
  args: readonly string[],
): void {
  const refuse = (): never => {
    throw wrongArguments([name, ...parameters].join(' '));
  };
  parameters.forEach((parameter, index) => {
    if (parameter === 'args' && index === parameters.length - 1) {
      interpreter.variables.set('args', interpreter.call('list', args.slice(index)));
      return;
    }
    const [variable = '', initial] = elementsOf(parameter);
    interpreter.variables.set(variable, args[index] ?? initial ?? refuse());
  });
  if (parameters.at(-1) !== 'args' && args.length > parameters.length) refuse();
}

function proc(interpreter: Interpreter, [name, list, script]: readonly string[]): string {
  if (name === undefined || list === undefined || script === undefined) {
    throw wrongArguments('proc name args body');
  }
  const parameters = elementsOf(list);
  interpreter.define(name, (_, args) =>
    interpreter.variables.inFrame(() => {
      bind(interpreter, name, parameters, args);
      return interpreter.run(script);
    }),
  );
  return '';
}

/** Only errors of the script are caught: what this emulator does not have is not one. */
function catchCommand(interpreter: Interpreter, [script, variable]: readonly string[]): string {
  if (script === undefined) throw wrongArguments('catch command ?varName?');
  const note = (code: number, value: string): string => {
    if (variable !== undefined) interpreter.variables.set(variable, value);
    return String(code);
  };
  try {
    return note(0, interpreter.attempt(script));
  } catch (error) {
    if (error instanceof TclError) return note(1, error.message);
    if (error instanceof ReturnSignal) return note(2, error.value);
    if (error instanceof LoopSignal) return note(error.kind === 'break' ? 3 : 4, '');
    throw error;
  }
}

function returnCommand(_: Interpreter, args: readonly string[]): string {
  if (args[0] === '-code' && args[1] === 'error') throw new TclError(args[2] ?? '');
  if (args.length > 1) throw wrongArguments('return ?-code error? ?value?');
  throw new ReturnSignal(args[0] ?? '');
}

export const CONTROL_COMMANDS: CommandTable = {
  if: ifCommand,
  while: whileCommand,
  for: forCommand,
  foreach: foreachCommand,
  switch: switchCommand,
  proc,
  catch: catchCommand,
  return: returnCommand,
  break: () => {
    throw new LoopSignal('break');
  },
  continue: () => {
    throw new LoopSignal('continue');
  },
  error: (_, [message]) => {
    throw new TclError(message ?? '');
  },
  expr: (interpreter, args) => interpreter.value(args.join(' ')),
  eval: (interpreter, args) => interpreter.evaluate(args.join(' ')),
  subst: (interpreter, args) => {
    if (args.length !== 1) throw wrongArguments('subst string');
    return interpreter.substitute(args[0] ?? '');
  },
};
