// Faults that the control door can switch on, and the check of their JSON.
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

const FAULT_KINDS = [
  'latency',
  'unavailable',
  'reset-before',
  'reset-after',
  'expire-tokens',
  'refuse-transaction',
  'lose-config-sync',
  'device-down',
  'mcpd-restart',
  'active-task',
  'not-registered',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  id: number;
  kind: FaultKind;
  /** Requests it applies to. */
  match: { method: string | null; path: RegExp | null };
  /** How often it still strikes; null = until it is removed. */
  count: number | null;
  /** Matching requests that it lets pass first. */
  after: number;
  /** latency: delay. Others: how long the fault lasts; null = until it is used up or removed. */
  durationMs: number | null;
  /** unavailable: with the HTML page or with an empty body. */
  withBody: boolean;
  /** refuse-transaction: refuse when the n-th command is applied; null = at the commit itself. */
  command: number | null;
  /** refuse-transaction: HTTP status and message of the refusal. */
  status: number;
  message: string;
}

/** A fault's JSON that cannot be accepted; names the field. */
export class FaultFormatError extends Error {
  override readonly name = 'FaultFormatError';
}

function bad(field: string, expected: string): FaultFormatError {
  return new FaultFormatError(`${field}: must be ${expected}`);
}

const FIELDS = [
  'kind',
  'match',
  'count',
  'after',
  'duration_ms',
  'with_body',
  'command',
  'status',
  'message',
];

function count(body: JsonObject, field: string, min: number): number | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min) {
    throw bad(field, `an integer of at least ${min}`);
  }
  return value;
}

function kindOf(value: Json | undefined): FaultKind {
  const kind = FAULT_KINDS.find((known) => known === value);
  if (kind === undefined) throw bad('kind', `one of ${FAULT_KINDS.join(', ')}`);
  return kind;
}

function matchOf(value: Json | undefined): Fault['match'] {
  if (value === undefined || value === null) return { method: null, path: null };
  if (!isJsonObject(value)) throw bad('match', 'an object');
  for (const key of Object.keys(value)) {
    if (key !== 'method' && key !== 'path')
      throw bad(`match.${key}`, 'left out: only method and path are known');
  }
  return { method: methodOf(value['method'] ?? null), path: pathPattern(value['path']) };
}

function methodOf(value: Json): string | null {
  if (value === null) return null;
  if (typeof value !== 'string') throw bad('match.method', 'a string');
  return value.toUpperCase();
}

function pathPattern(value: Json | undefined): RegExp | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.length > 500)
    throw bad('match.path', 'a regular expression');
  try {
    return new RegExp(value);
  } catch {
    throw bad('match.path', 'a regular expression');
  }
}

function flag(body: JsonObject, field: string, initial: boolean): boolean {
  const value = body[field] ?? initial;
  if (typeof value !== 'boolean') throw bad(field, 'true or false');
  return value;
}

function textOf(body: JsonObject, field: string, initial: string): string {
  const value = body[field] ?? initial;
  if (typeof value !== 'string') throw bad(field, 'a string');
  return value;
}

/** @throws FaultFormatError naming the field */
export function parseFault(input: Json, id: number): Fault {
  if (!isJsonObject(input)) throw bad('fault', 'an object');
  for (const key of Object.keys(input)) {
    if (!FIELDS.includes(key)) throw bad(key, `left out: known fields are ${FIELDS.join(', ')}`);
  }
  const kind = kindOf(input['kind']);
  const durationMs = count(input, 'duration_ms', 0);
  if (kind === 'latency' && durationMs === null) throw bad('duration_ms', 'set for latency');
  return {
    id,
    kind,
    match: matchOf(input['match']),
    count: count(input, 'count', 1),
    after: count(input, 'after', 0) ?? 0,
    durationMs,
    withBody: flag(input, 'with_body', true),
    command: count(input, 'command', 1),
    status: count(input, 'status', 400) ?? 400,
    message: textOf(
      input,
      'message',
      '01070734:3: Configuration error: refused by an injected fault',
    ),
  };
}

export function faultView(fault: Fault): JsonObject {
  return {
    id: fault.id,
    kind: fault.kind,
    match: { method: fault.match.method, path: fault.match.path?.source ?? null },
    count: fault.count,
    after: fault.after,
    duration_ms: fault.durationMs,
    with_body: fault.withBody,
    command: fault.command,
    status: fault.status,
    message: fault.message,
  };
}
