// Steps of a plan for people and programs that only look: what would be sent, and which fields change from what to
// what. Passwords and passphrases are left out.
import type { ResourceKind } from '@f5-lbaas/model';
import { commandOf } from '../apply/commands.ts';
import { isFields, nameOf, type Fields, type Value } from '../object-types/device-object.ts';
import type { FieldChange, Step } from '../plan/step.ts';

interface PlannedChange {
  type: string;
  path: string;
  property: string;
  /** Null: not there, or not set. */
  from: Value;
  to: Value;
}

export interface PlannedStep {
  action: Step['action'];
  type: string;
  path: string;
  /** The load balancing objects that the step is for. */
  for: { kind: ResourceKind; id: string }[];
  request: { method: string; path: string; body?: Fields };
  changes: PlannedChange[];
}

const SECRET = /passphrase|password|secret/i;

function withoutSecrets(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(withoutSecrets);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      SECRET.test(name) && typeof one === 'string' ? '***' : withoutSecrets(one),
    ]),
  );
}

function plannedChange({ object, property, from, to }: FieldChange): PlannedChange {
  const shown = (value: Value | undefined): Value => {
    const fields = withoutSecrets({ [property]: value ?? null });
    return isFields(fields) ? (fields[property] ?? null) : null;
  };
  return {
    type: object.type,
    path: object.path,
    property,
    from: shown(from),
    to: shown(to),
  };
}

export function plannedStep(step: Step): PlannedStep {
  const { method, path, body } = commandOf(step);
  const shownBody = body === undefined ? undefined : withoutSecrets(body);
  return {
    action: step.action,
    type: step.target.type,
    path: step.target.path,
    for: step.subjects.flatMap(({ owners }) => owners.map(({ kind, id }) => ({ kind, id }))),
    request: { method, path, ...(isFields(shownBody) && { body: shownBody }) },
    changes: step.changes.map(plannedChange),
  };
}

const TEXT_CHARS_MAX = 100;

function inWords(value: Value): string {
  if (value === null || value === '') return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > TEXT_CHARS_MAX ? `${line.slice(0, TEXT_CHARS_MAX)}...` : line;
}

/** Of a field that holds several by name, those that differ. */
function parts({ property, from, to }: PlannedChange): [label: string, from: Value, to: Value][] {
  if (!isFields(from) || !isFields(to)) return [[property, from, to]];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].map((name) => [
    `${property} ${name}`,
    from[name] ?? null,
    to[name] ?? null,
  ]);
}

function changeInWords(step: PlannedStep, change: PlannedChange): string[] {
  const of = change.path === step.path ? '' : `${change.type} ${nameOf(change.path)} `;
  const differing = parts(change).filter(([, from, to]) => inWords(from) !== inWords(to));
  return differing.map(([label, from, to]) => {
    const before = from === null ? '' : `${inWords(from)} -> `;
    return `    ${of}${label}: ${before}${inWords(to)}`;
  });
}

/** Lines of text: one for each step, and one, indented, for each field that it changes. */
export function stepsInWords(steps: readonly PlannedStep[]): string[] {
  return steps.flatMap((step) => [
    `  ${step.action} ${step.type} ${step.path}`,
    ...step.changes.flatMap((change) => changeInWords(step, change)),
  ]);
}
