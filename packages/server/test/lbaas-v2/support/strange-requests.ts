// Requests that are right but for one to three changes: other types, nulls, markup, huge or nested values, unknown
// fields, wrong wrappers, text that is no JSON, odd queries and ids. And what has to hold for their answers.
import {
  array,
  assert as check,
  asyncProperty,
  constant,
  constantFrom,
  double,
  integer,
  jsonValue,
  nat,
  oneof,
  string,
  tuple,
  type Arbitrary,
} from 'fast-check';
import { RESOURCE_KINDS } from '@f5-lbaas/model';
import { waitFor } from '@f5-lbaas/testkit';
import { expect } from 'vitest';

import type { Item, Reply } from '../../api/support/started-api.ts';
import type { NetworkApi } from './network-api.ts';

/** A request that is accepted as it stands, or a list. */
export interface Template {
  method: 'GET' | 'POST' | 'PUT';
  /** Below `/v2.0`. */
  path: string;
  body?: Record<string, unknown>;
  /** Filters of a list. */
  filters?: readonly string[];
  /** Takes away what was made. @default DELETE of the path and the id */
  remove?: (item: Item) => Promise<unknown>;
  /** Makes several objects: when one is refused, those before it are taken back. */
  isBulk?: boolean;
}

interface StrangeRequest {
  method: string;
  path: string;
  body: string | undefined;
  contentType: string;
  template: Template;
}

/** Stand for lists within lists, which generators and encoders here would choke on themselves. */
const DEEP = ['@50@', '@20000@'];

function withDepth(json: string): string {
  return json.replace(/"@(\d+)@"/g, (_, depth: string) => '['.repeat(+depth) + ']'.repeat(+depth));
}

const MARKUP = [
  '<script>alert(1)</script>',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  "'; DROP TABLE pools; --",
  '%s%n{0}${jndi}',
];
const oddText = oneof(
  string({ unit: 'binary', maxLength: 40 }),
  constantFrom(
    ...MARKUP,
    '',
    ' ',
    '\0',
    '\ud800',
    '1',
    'true',
    '-1',
    '0x1',
    '10.0.0.1',
    '::1%eth0',
  ),
  constantFrom(255, 256, 70_000).map((length) => 'ä'.repeat(length)),
);
const odd: Arbitrary<unknown> = oneof(
  oddText,
  jsonValue(),
  double(),
  integer(),
  constantFrom(null, true, [], {}, 0.5, -1, 1e30, 2 ** 31, {
    type: 'APP_COOKIE',
    cookie_name: null,
  }),
  constantFrom(...DEEP),
);

/** One change somewhere in a JSON value; `where` chooses by remainders, so that every number is a place. */
function changed(value: unknown, where: readonly number[], what: Change): unknown {
  const [step, ...further] = where;
  const isTree = typeof value === 'object' && value !== null;
  if (!isTree || step === undefined) return what.kind === 'replace' ? what.by : value;
  const keys = Object.keys(value);
  const key = keys[step % keys.length];
  const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    if (name !== key) return [[name, inner]];
    if (further.length > 0) return [[name, changed(inner, further, what)]];
    if (what.kind === 'remove') return [];
    return what.kind === 'add'
      ? [
          [name, inner],
          [what.name, what.by],
        ]
      : [[name, what.by]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

type Change =
  | { kind: 'replace'; by: unknown }
  | { kind: 'remove' }
  | { kind: 'add'; name: string; by: unknown };
const change: Arbitrary<Change> = oneof(
  { weight: 4, arbitrary: odd.map((by) => ({ kind: 'replace' as const, by })) },
  { weight: 1, arbitrary: constant({ kind: 'remove' as const }) },
  {
    weight: 1,
    arbitrary: tuple(
      oneof(oddText, constantFrom('__proto__', 'constructor', 'id', 'tenant_id', 'status')),
      odd,
    ).map(([name, by]) => ({ kind: 'add' as const, name, by })),
  },
);
// Mostly attributes (depth 2), at times the wrapper or something inside an attribute.
const place = oneof(
  { weight: 6, arbitrary: tuple(nat(), nat()) },
  { weight: 1, arbitrary: array(nat(), { maxLength: 6 }) },
);

function textOf(body: unknown): Arbitrary<string> {
  const json = withDepth(JSON.stringify(body));
  return oneof(
    { weight: 12, arbitrary: constant(json) },
    { weight: 1, arbitrary: nat(json.length).map((length) => json.slice(0, length)) },
    { weight: 1, arbitrary: constantFrom('null', '[]', '"x"', 'a=b', ...MARKUP) },
    { weight: 1, arbitrary: constantFrom(50_000, 1_000_000).map((n) => '['.repeat(n)) },
  );
}

const contentType = oneof(
  { weight: 8, arbitrary: constant('application/json') },
  { weight: 1, arbitrary: constantFrom('application/xml', 'text/plain', ';;', 'a/b; charset=x') },
);

function strangeBody({ body }: Template): Arbitrary<string | undefined> {
  if (body === undefined) return constant(undefined);
  return array(tuple(place, change), { maxLength: 3 })
    .map((changes) =>
      changes.reduce<unknown>((value, [where, what]) => changed(value, where, what), body),
    )
    .chain(textOf);
}

/** Half surrogate pairs, which URLs cannot have, become U+FFFD. */
function inUrl(text: string): string {
  return encodeURIComponent(Buffer.from(text.slice(0, 300)).toString());
}

function strangePath({ method, path, filters = [] }: Template): Arbitrary<string> {
  const parameters = [...filters, 'limit', 'marker', 'sort_key', 'sort_dir', 'fields', 'x'];
  const value = oneof(
    oddText,
    constantFrom('asc', 'up', '0', '999999999999999', '1e3', ...filters),
  );
  const parameter = tuple(constantFrom(...parameters, 'page_reverse'), value).map(
    ([name, given]) => `${name}=${inUrl(given)}`,
  );
  if (method === 'GET' && filters.length > 0) {
    return array(oneof(parameter, constantFrom('%zz', '=', '&&', 'limit=%ff')), {
      maxLength: 4,
    }).map((query) => `${path}?${query.join('&')}`);
  }
  const id = oneof(
    oddText.map((text) => inUrl(text)),
    constantFrom('%zz', '%00', '%ff', '..%2f..', 'x'.repeat(2_000)),
  );
  const oddId = id.map((one) => path.replace(/[0-9a-f-]{36}/, one));
  return oneof({ weight: 8, arbitrary: constant(path) }, { weight: 1, arbitrary: oddId });
}

function strangeRequest(template: Template): Arbitrary<StrangeRequest> {
  return tuple(strangePath(template), strangeBody(template), contentType).map(
    ([path, body, type]) => ({
      ...{ method: template.method, path, body },
      ...{ contentType: type, template },
    }),
  );
}

/** Revisions, times and statuses, which creating and taking back leaves changed. */
const BOOKKEEPING = ['revision', 'applied_revision', 'updated_at', 'notified_at'];

/** Everything that a refused request could have left behind. */
async function stored({ api }: NetworkApi, isBulk = false): Promise<string> {
  const { v1Pools, v1Monitors, v1Associations, quotas } = api.storage.read;
  const rows = await Promise.all([
    ...RESOURCE_KINDS.map((kind) => api.storage.read.resource(kind).list()),
    ...[v1Pools, v1Monitors, v1Associations].map((table) => table.list()),
    quotas.list(),
  ]);
  return JSON.stringify([rows, [...api.network.ports.keys()]], (name, value: unknown) =>
    isBulk && BOOKKEEPING.includes(name) ? undefined : value,
  );
}

/** Nothing is pending, and the ports of VIPs that are gone were given back. */
async function quiet({ api }: NetworkApi): Promise<void> {
  await api.settled();
  const { portReleases } = api.storage.read;
  const isGivenBack = async () => (await portReleases.list()).length === 0;
  await waitFor(isGivenBack, { pollMs: 2, what: 'ports to be given back' });
}

function expectRefusal(reply: Reply): void {
  expect(reply.body, reply.text.slice(0, 300)).toEqual({
    NeutronError: {
      type: expect.stringMatching(/^[A-Za-z0-9]+$/) as string,
      message: expect.stringMatching(/\S/) as string,
      detail: '',
    },
  });
}

/**
 * Sends many; fast-check prints seed and path of a failure, which repeat it.
 * @returns how often each status came
 */
export async function checkStrangeRequests(
  n: NetworkApi,
  templates: readonly Template[],
  numRuns: number,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  await check(
    asyncProperty(oneof(...templates.map(strangeRequest)), async (request) => {
      const { method, path, body, contentType: type, template } = request;
      const before = await stored(n, template.isBulk);

      const target = `~${n.api.networkUrl ?? ''}/v2.0${path}`;
      const headers = { 'content-type': type };
      const given = body === undefined ? {} : { body, headers };
      const reply = await n.api.send(method, target, given);

      statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
      expect(reply.status, reply.text.slice(0, 300)).toBeLessThan(500);
      if (reply.status >= 400) {
        expectRefusal(reply);
        if (template.isBulk === true) await quiet(n);
        expect(await stored(n, template.isBulk)).toBe(before);
        return;
      }
      if (method === 'GET') return;
      await quiet(n);
      if (method !== 'POST') return;
      const { remove = ({ id }) => n.drop(`${path}/${id}`) } = template;
      for (const item of [reply.item].flat()) await remove(item);
      await quiet(n);
    }),
    { numRuns },
  );
  return statuses;
}
