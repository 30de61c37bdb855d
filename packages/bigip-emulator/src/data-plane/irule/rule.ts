// An iRule, compiled: its event handlers, or why it cannot be executed here.
// Executed: the commands of the tables beside this file, `if`, `switch`, `expr`, `return` and variables, in the events
// of EVENTS. Anything else makes the whole rule "not executed"; it is never run in part.
import type { RuleCounters } from '../contract.ts';
import type { Transaction } from '../http/transaction.ts';
import { compileParts, compileScript } from './compiler.ts';
import {
  ReturnSignal,
  UnsupportedRuleError,
  type Evaluate,
  type RuleHost,
  type RuleSession,
} from './rule-context.ts';
import { literalOf, parseScript, parseTemplate, TclSyntaxError } from '../../tcl/parser.ts';
import type { ClientFacts } from '../client/client-connection.ts';

const EVENTS = [
  'CLIENT_ACCEPTED',
  'CLIENTSSL_HANDSHAKE',
  'HTTP_REQUEST',
  'SERVER_CONNECTED',
  'HTTP_RESPONSE',
] as const;

export type RuleEvent = (typeof EVENTS)[number];

interface Handler {
  priority: number;
  run: Evaluate;
}

interface CountedHandler extends Handler {
  counters: RuleCounters;
}

export type CompiledRule =
  { handlers: Map<RuleEvent, Handler[]>; problem: null } | { handlers: null; problem: string };

const PRIORITY_DEFAULT = 500;

export function compileRule(definition: string): CompiledRule {
  try {
    return { handlers: handlersOf(definition), problem: null };
  } catch (error) {
    if (error instanceof UnsupportedRuleError || error instanceof TclSyntaxError)
      return { handlers: null, problem: error.message };
    throw error;
  }
}

/** Flags system rules carry in front of their text. */
const FLAGS: readonly (string | undefined)[] = ['nodelete', 'nowrite'];

function handlersOf(definition: string): Map<RuleEvent, Handler[]> {
  const handlers = new Map<RuleEvent, Handler[]>();
  let priority = PRIORITY_DEFAULT;
  for (const command of parseScript(definition)) {
    const words = command.map(literalOf);
    if (words[0] === 'priority') priority = Number(words[1]);
    else if (words[0] === 'when') {
      const { event, handler } = handlerOf(words, priority);
      handlers.set(event, [...(handlers.get(event) ?? []), handler]);
    } else if (!FLAGS.includes(words[0]))
      throw new UnsupportedRuleError(`'${words[0] ?? ''}' outside an event`);
  }
  return handlers;
}

/** `when EVENT ?priority N? { body }` */
function handlerOf(
  words: readonly (string | undefined)[],
  priority: number,
): { event: RuleEvent; handler: Handler } {
  const event = EVENTS.find((each) => each === words[1]);
  if (event === undefined) throw new UnsupportedRuleError(`event ${words[1] ?? ''}`);
  const body = words.length > 2 ? words.at(-1) : undefined;
  if (body === undefined) throw new UnsupportedRuleError(`${event} without a body`);
  const own = words[2] === 'priority' ? Number(words[3]) : priority;
  return { event, handler: { priority: own, run: compileScript(parseScript(body)) } };
}

/** The rules of one virtual server in the order they run per event. */
export class RuleSet {
  readonly #handlers = new Map<RuleEvent, CountedHandler[]>();
  readonly counters: RuleCounters[] = [];
  readonly notExecuted: { path: string; problem: string }[] = [];

  constructor(rules: readonly { path: string; definition: string }[]) {
    for (const { path, definition } of rules) {
      const compiled = compileRule(definition);
      if (compiled.handlers === null) this.notExecuted.push({ path, problem: compiled.problem });
      else for (const [event, handlers] of compiled.handlers) this.#add(path, event, handlers);
    }
    for (const handlers of this.#handlers.values())
      handlers.sort((a, b) => a.priority - b.priority);
  }

  #add(path: string, event: RuleEvent, handlers: readonly Handler[]): void {
    const counters: RuleCounters = { path, event, executions: 0, failures: 0 };
    this.counters.push(counters);
    const counted = handlers.map((handler) => ({ ...handler, counters }));
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), ...counted]);
  }

  has(event: RuleEvent): boolean {
    return this.#handlers.has(event);
  }

  /** @throws RuleRuntimeError; the connection is then to be reset */
  run(event: RuleEvent, session: RuleSession, transaction: Transaction | null): void {
    for (const handler of this.#handlers.get(event) ?? []) {
      handler.counters.executions += 1;
      try {
        handler.run({ session, event, transaction });
      } catch (error) {
        if (error instanceof ReturnSignal) continue;
        handler.counters.failures += 1;
        throw error;
      }
    }
  }
}

export function newRuleSession(host: RuleHost, client: ClientFacts): RuleSession {
  return {
    ...{ host, client, variables: new Map(), pool: null },
    ...{ isRejected: false, greeting: '', idleTimeoutMs: null },
  };
}

/** A text with Tcl substitutions, as in the `tcl:` values of policies. @throws UnsupportedRuleError, TclSyntaxError */
export function compileTemplate(text: string): Evaluate {
  return compileParts(parseTemplate(text));
}
