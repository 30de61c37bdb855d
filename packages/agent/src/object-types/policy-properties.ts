// Properties of LTM policies. Rules are compared by what they say, not by the dozens of defaults around it.
// @see F5 iControl REST: ltm/policy
import { isFields, nameOf, type Fields, type Value } from './device-object.ts';
import { asList, asText, fullPath, subcollectionItems, type Property } from './property.ts';

/** Shown by the device in every action or condition, or implied by what else is there. */
const IMPLIED = new Set([
  'kind',
  'name',
  'fullPath',
  'generation',
  'selfLink',
  'request',
  'select',
  'all',
  'caseInsensitive',
  'external',
  'present',
  'remote',
]);

function says([name, value]: [string, Value]): boolean {
  const isDefault = value === 0 || value === false || value === '' || value === null;
  return !isDefault && !IMPLIED.has(name) && !name.endsWith('Reference');
}

function clause(item: Fields, policy: Fields): Fields {
  const said = Object.entries(item).filter(says);
  return Object.fromEntries(
    said.map(([name, value]) => [name, name === 'pool' ? fullPath(asText(value), policy) : value]),
  );
}

function clauses(rule: Fields, name: string, policy: Fields): Fields[] {
  return [...subcollectionItems(rule, name)]
    .sort((a, b) => Number(a['name']) - Number(b['name']))
    .map((item) => clause(item, policy));
}

function numbered(list: Value | undefined, more: Fields): Fields[] {
  return asList(list)
    .filter(isFields)
    .map((item, index) => ({ name: String(index), ...more, ...item }));
}

function actionsOf(value: Value): Fields[] {
  return asList(value)
    .filter(isFields)
    .flatMap((rule) => asList(rule['actions']).filter(isFields));
}

/** `{ name, ordinal, conditions, actions }[]` by ordinal; clauses hold only what differs from defaults. */
export const rules: Property = {
  default: [],
  read: (item) =>
    [...subcollectionItems(item, 'rules')]
      .sort((a, b) => Number(a['ordinal']) - Number(b['ordinal']))
      .map((rule) => ({
        name: asText(rule['name']),
        ordinal: Number(rule['ordinal'] ?? 0),
        conditions: clauses(rule, 'conditions', item),
        actions: clauses(rule, 'actions', item),
      })),
  write: (value) => ({
    rules: asList(value)
      .filter(isFields)
      .map((rule) => ({
        ...rule,
        // A condition that was inverted must not stay so.
        conditions: numbered(rule['conditions'], { request: true, not: false }),
        actions: numbered(rule['actions'], { request: true }),
      })),
  }),
  refersTo: {
    types: ['pool'],
    paths: (value) =>
      actionsOf(value).flatMap(({ pool }) => (pool === undefined ? [] : asText(pool))),
  },
};

/** `first-match`, which the device shows with its folder. */
export const strategy: Property = {
  read: (item) => nameOf(asText(item['strategy'])),
  write: (value) => ({ strategy: value }),
};

/** Said when the policy is made; later versions compute it themselves, so it is never compared. */
export function declared(field: string, value: string): Property {
  return { read: () => [value], write: (list) => ({ [field]: list }) };
}

/** Made in place and editable in place. A published policy has to be made anew. */
export const legacy: Property = {
  immutable: true,
  read: (item) => item['status'] !== 'published',
  write: (value) => ({ legacy: value }),
};
