// Runs Tcl scripts, as far as iApp templates need the language. Every value is text, as in Tcl.
// Invariants: a script ends, whatever it says (steps and depth are bounded); a command that is not here ends it with
// an error that `catch` does not take.
import {
  LoopSignal,
  ReturnSignal,
  TclError,
  TooLongError,
  UnsupportedCommandError,
} from './errors.ts';
import { evaluateExpression, isTrue } from './expression.ts';
import { listOf } from './list.ts';
import { parseScript, parseTemplate, TclSyntaxError, type Command, type Part } from './parser.ts';
import { Variables } from './variables.ts';

/** @param args without the command's name, substituted @throws TclError */
export type TclCommand = (interpreter: Interpreter, args: readonly string[]) => string;

export type CommandTable = Readonly<Record<string, TclCommand>>;

const STEPS_MAX = 200_000;
const DEPTH_MAX = 100;
const SHOWN_CHARS_MAX = 150;

export class Interpreter {
  readonly variables = new Variables();
  readonly #commands: Map<string, TclCommand>;
  readonly #parsed = new Map<string, Command[]>();
  #steps = 0;
  #depth = 0;

  readonly #onAttempt: (attempt: () => string) => string;

  /** @param onAttempt runs what is inside a `catch`, and takes back what it did when it fails */
  constructor(
    tables: readonly CommandTable[],
    onAttempt: (attempt: () => string) => string = (attempt) => attempt(),
  ) {
    this.#commands = new Map(tables.flatMap((table) => Object.entries(table)));
    this.#onAttempt = onAttempt;
  }

  /** @returns value of the last command @throws TclError, UnsupportedCommandError, TooLongError */
  run(script: string): string {
    try {
      return this.evaluate(script);
    } catch (error) {
      if (error instanceof ReturnSignal) return error.value;
      if (error instanceof LoopSignal)
        throw new TclError(`invoked "${error.kind}" outside of a loop`);
      throw error;
    }
  }

  /** Like `run`, but lets `return`, `break` and `continue` through. */
  evaluate(script: string): string {
    if (this.#depth >= DEPTH_MAX)
      throw new TclError('too many nested evaluations (infinite loop?)');
    this.#depth += 1;
    this.#step();
    try {
      let value = '';
      for (const command of this.#parse(script)) value = this.#runCommand(command);
      return value;
    } finally {
      this.#depth -= 1;
    }
  }

  /** Runs what may fail without the whole failing. */
  attempt(script: string): string {
    return this.#onAttempt(() => this.evaluate(script));
  }

  condition(text: string): boolean {
    return isTrue(this.value(text));
  }

  /** Of an expression. */
  value(text: string): string {
    return evaluateExpression(text, (parts) => this.#join(parts));
  }

  /** Substitutes variables, commands and escapes of a text. */
  substitute(text: string): string {
    return this.#join(withSyntaxErrors(() => parseTemplate(text)));
  }

  call(name: string, args: readonly string[]): string {
    this.#step();
    const command = this.#commands.get(name.replace(/^::/, ''));
    if (command === undefined) throw new UnsupportedCommandError(`invalid command name "${name}"`);
    return command(this, args);
  }

  define(name: string, command: TclCommand): void {
    this.#commands.set(name.replace(/^::/, ''), command);
  }

  has(name: string): boolean {
    return this.#commands.has(name.replace(/^::/, ''));
  }

  /** Every command and every round of a loop is one. */
  #step(): void {
    this.#steps += 1;
    if (this.#steps > STEPS_MAX) throw new TooLongError('the script takes too many steps');
  }

  #parse(script: string): Command[] {
    const known = this.#parsed.get(script);
    if (known !== undefined) return known;
    const commands = withSyntaxErrors(() => parseScript(script));
    this.#parsed.set(script, commands);
    return commands;
  }

  #runCommand(command: Command): string {
    const [name = '', ...args] = command.map(({ parts }) => this.#join(parts));
    try {
      return this.call(name, args);
    } catch (error) {
      if (error instanceof TclError) error.command ??= shown([name, ...args]);
      throw error;
    }
  }

  #join(parts: readonly Part[]): string {
    return parts.map((part) => this.#valueOf(part)).join('');
  }

  #valueOf(part: Part): string {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'variable':
        return this.variables.get(
          part.index === undefined ? part.name : `${part.name}(${this.#join(part.index)})`,
        );
      case 'script': {
        let value = '';
        for (const command of part.commands) value = this.#runCommand(command);
        return value;
      }
    }
  }
}

function shown(words: readonly string[]): string {
  const text = listOf(words);
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}...` : text;
}

/** A mistake in the script's syntax is an error of the script. */
function withSyntaxErrors<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TclSyntaxError) throw new TclError(error.message);
    throw error;
  }
}
