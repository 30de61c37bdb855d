// Compiles parsed Tcl into functions. Everything is resolved here, so that a rule with one unknown command is refused
// as a whole before it runs.
import { COMMANDS } from './commands.ts';
import { compileExpression } from './expression.ts';
import { globMatcher } from './glob.ts';
import { lookUp } from './look-up.ts';
import {
  isTrue,
  ReturnSignal,
  RuleRuntimeError,
  UnsupportedRuleError,
  type Evaluate,
} from './rule-context.ts';
import { literalOf, parseScript, type Command, type Part, type Word } from '../../tcl/parser.ts';

/** A block of commands; its value is that of the last one. @throws UnsupportedRuleError, TclSyntaxError */
export function compileScript(commands: readonly Command[]): Evaluate {
  const steps = commands.map(compileCommand);
  if (steps.length === 1 && steps[0] !== undefined) return steps[0];
  return (context) => {
    let value = '';
    for (const step of steps) value = step(context);
    return value;
  };
}

export function compileParts(parts: readonly Part[]): Evaluate {
  const pieces = parts.map(compilePart);
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  return (context) => pieces.map((piece) => piece(context)).join('');
}

function compilePart(part: Part): Evaluate {
  switch (part.kind) {
    case 'text':
      return () => part.text;
    case 'variable':
      if (part.index !== undefined) throw new UnsupportedRuleError(`array '${part.name}'`);
      return ({ session }) => {
        const value = session.variables.get(part.name);
        if (value === undefined)
          throw new RuleRuntimeError(`can't read "${part.name}": no such variable`);
        return value;
      };
    case 'script':
      return compileScript(part.commands);
  }
}

function compileCommand(command: Command): Evaluate {
  const name = literalOf(command[0]);
  if (name === undefined) throw new UnsupportedRuleError('command name from a substitution');
  const special = lookUp(SPECIAL, name);
  if (special !== undefined) return special(command.slice(1));
  const run = lookUp(COMMANDS, name);
  if (run === undefined) throw new UnsupportedRuleError(`command '${name}'`);
  const words = command.slice(1).map((word) => compileParts(word.parts));
  return (context) =>
    run(
      context,
      words.map((word) => word(context)),
    );
}

/** Commands whose arguments are code. */
const SPECIAL: Readonly<Record<string, (words: Word[]) => Evaluate>> = {
  if: compileIf,
  expr: (words) => {
    if (words.length === 1) return expressionOf(words[0]);
    throw new UnsupportedRuleError('expr with several arguments');
  },
  // All facts of the client are those of the client side already.
  clientside: (words) => bodyOf(words[0]),
  return: () => () => {
    throw new ReturnSignal();
  },
  switch: compileSwitch,
};

function expressionOf(word: Word | undefined): Evaluate {
  const literal = literalOf(word);
  if (literal === undefined) {
    if (word === undefined) throw new UnsupportedRuleError('missing expression');
    return compileParts(word.parts);
  }
  return compileExpression(literal, compileParts);
}

function bodyOf(word: Word | undefined): Evaluate {
  const literal = literalOf(word);
  if (literal === undefined) throw new UnsupportedRuleError('code from a substitution');
  return compileScript(parseScript(literal));
}

interface Branch {
  condition: Evaluate;
  body: Evaluate;
}

function compileIf(words: Word[]): Evaluate {
  const branches: Branch[] = [];
  let otherwise: Evaluate = () => '';
  let at = 0;
  for (;;) {
    const condition = expressionOf(words[at]);
    at += literalOf(words[at + 1]) === 'then' ? 2 : 1;
    branches.push({ condition, body: bodyOf(words[at]) });
    const next = literalOf(words[at + 1]);
    at += 2;
    if (next === 'elseif') continue;
    if (next === 'else') otherwise = bodyOf(words[at]);
    else if (next !== undefined) throw new UnsupportedRuleError(`'${next}' after if`);
    break;
  }
  return (context) => {
    const branch = branches.find(({ condition }) => isTrue(condition(context)));
    return (branch?.body ?? otherwise)(context);
  };
}

/** `switch ?-glob? ?--? value { pattern body ... }`; a body `-` shares the next one. */
function compileSwitch(words: Word[]): Evaluate {
  const rest = [...words];
  let isGlob = false;
  while (literalOf(rest[0])?.startsWith('-') === true) {
    const option = literalOf(rest.shift());
    if (option === '-glob') isGlob = true;
    else if (option === '--') break;
    else if (option !== '-exact') throw new UnsupportedRuleError(`switch ${option ?? ''}`);
  }
  const [value, table] = rest;
  const text = literalOf(table);
  if (value === undefined || text === undefined || rest.length !== 2)
    throw new UnsupportedRuleError('switch without a table');
  const valueOf = compileParts(value.parts);
  const arms = switchArms(text.replaceAll('\n', ' '), isGlob);
  return (context) => {
    const actual = valueOf(context);
    return arms.find((arm) => arm.matches(actual))?.body(context) ?? '';
  };
}

function switchArms(
  text: string,
  isGlob: boolean,
): { matches: (value: string) => boolean; body: Evaluate }[] {
  const words = parseScript(text)[0] ?? [];
  const arms: { matches: (value: string) => boolean; body: Evaluate }[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const pattern = literalOf(words[i]) ?? '';
    let bodyAt = i + 1;
    while (literalOf(words[bodyAt]) === '-') bodyAt += 2;
    const isDefault = pattern === 'default' && i + 2 >= words.length;
    const matches = isGlob ? globMatcher(pattern) : (value: string) => value === pattern;
    arms.push({ matches: isDefault ? () => true : matches, body: bodyOf(words[bodyAt]) });
  }
  return arms;
}
