// Whatever a client sends: no 5xx, a fault body that says why, and nothing stored by what was refused.
import {
  anything,
  array,
  assert as check,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  oneof,
  option,
  record,
  string,
  type Arbitrary,
} from 'fast-check';
import { RESOURCE_KINDS } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { apiDatabases } from './support/databases.ts';
import { furnish, type Furnished } from './support/furnished.ts';
import { startApi, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
let f: Furnished;

const odd = oneof(
  jsonValue(),
  string({ unit: 'binary', maxLength: 300 }),
  constantFrom(null, '', '\0', '1', -1, 1e30, 0.5, true, [], {}, '10.0.0.1', '::1', '10.0.0.0/8'),
  constantFrom('HTTP', 'TCP', 'UDP', 'REJECT', 'PATH', 'EQUAL_TO', 'ROUND_ROBIN', 'SOURCE_IP'),
);
const often = (value: unknown): Arbitrary<unknown> =>
  oneof({ weight: 6, arbitrary: constant(value) }, { weight: 1, arbitrary: odd });
const maybe = (arbitrary: Arbitrary<unknown>) => option(arbitrary, { nil: undefined });
const text = oneof(string({ unit: 'grapheme', maxLength: 20 }), odd);
const tags = oneof(array(string({ maxLength: 5 }), { maxLength: 3 }), odd);
const port = oneof(integer({ min: 1, max: 65_535 }), odd);
const common = { name: maybe(text), description: maybe(text), tags: maybe(tags) };
const strangeness = dictionary(string(), odd, { maxKeys: 1 });

function body(wrapper: string, attributes: Record<string, Arbitrary<unknown>>): Arbitrary<unknown> {
  const object = oneof(
    { weight: 8, arbitrary: record(attributes) },
    { weight: 1, arbitrary: odd },
    {
      weight: 1,
      arbitrary: record(attributes).chain((o) => strangeness.map((s) => ({ ...o, ...s }))),
    },
  );
  return object.map((value) => ({ [wrapper]: value }));
}

/** Bodies that are right most of the time in most places. */
function bodies(): [string, string, Arbitrary<unknown>][] {
  const persistence = record({
    type: maybe(constantFrom('SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE')),
    cookie_name: maybe(text),
  });
  const listener = body('listener', {
    ...common,
    loadbalancer_id: often(f.lb.id),
    protocol: oneof(constantFrom('HTTP', 'TCP', 'HTTPS', 'UDP', 'SCTP'), odd),
    protocol_port: port,
    default_pool_id: maybe(often(f.spare.id)),
    insert_headers: maybe(oneof(dictionary(string(), string(), { maxKeys: 2 }), odd)),
    allowed_cidrs: maybe(array(odd, { maxLength: 2 })),
    timeout_client_data: maybe(odd),
  });
  const pool = body('pool', {
    ...common,
    loadbalancer_id: often(f.lb.id),
    protocol: often('HTTP'),
    lb_algorithm: often('ROUND_ROBIN'),
    session_persistence: maybe(oneof(persistence, odd)),
    tls_enabled: maybe(odd),
  });
  const member = body('member', {
    name: maybe(text),
    address: oneof(constantFrom('10.9.8.7', '2001:db8::9', '::ffff:1.2.3.4'), odd),
    protocol_port: port,
    weight: maybe(odd),
    monitor_address: maybe(odd),
    subnet_id: maybe(often(api.network.subnetId)),
  });
  const monitor = body('healthmonitor', {
    name: maybe(text),
    delay: maybe(odd),
    url_path: maybe(
      oneof(
        string().map((path) => `/${path}`),
        odd,
      ),
    ),
    expected_codes: maybe(oneof(constantFrom('200', '200-204'), odd)),
    http_version: maybe(odd),
    domain_name: maybe(oneof(constant('example.org'), odd)),
  });
  const balancer = body('loadbalancer', {
    ...common,
    vip_subnet_id: often(api.network.subnetId),
    vip_address: maybe(odd),
    listeners: maybe(
      array(
        listener.map((b) => Object.values(b as object)[0] as unknown),
        { maxLength: 2 },
      ),
    ),
    pools: maybe(
      array(
        pool.map((b) => Object.values(b as object)[0] as unknown),
        { maxLength: 2 },
      ),
    ),
  });
  const policy = body('l7policy', {
    ...common,
    listener_id: often(f.http.id),
    action: oneof(constantFrom('REJECT', 'REDIRECT_TO_URL', 'REDIRECT_TO_POOL'), odd),
    redirect_url: maybe(
      oneof(
        string().map((path) => `http://x/${path}`),
        odd,
      ),
    ),
    redirect_pool_id: maybe(often(f.spare.id)),
    position: maybe(odd),
  });
  const rule = body('rule', {
    type: oneof(constantFrom('PATH', 'HEADER', 'COOKIE', 'FILE_TYPE', 'SSL_VERIFY_RESULT'), odd),
    compare_type: oneof(constantFrom('REGEX', 'EQUAL_TO', 'CONTAINS'), odd),
    key: maybe(text),
    value: text,
  });
  const members = `/pools/${f.pool.id}/members`;
  return [
    ['POST', '/listeners', listener],
    [
      'PUT',
      `/listeners/${f.http.id}`,
      body('listener', { ...common, connection_limit: maybe(odd) }),
    ],
    ['POST', '/pools', pool],
    ['POST', members, member],
    ['PUT', members, oneof(array(odd), odd).map((items) => ({ members: items }))],
    ['PUT', `/healthmonitors/${f.monitor.id}`, monitor],
    ['POST', '/loadbalancers', balancer],
    ['POST', '/l7policies', policy],
    ['POST', `/l7policies/${f.policy.id}/rules`, rule],
    ['PUT', `/loadbalancers/${f.lb.id}`, body('loadbalancer', common)],
    ['POST', '/pools', anything().map((value) => ({ pool: value }))],
  ];
}

async function stored(): Promise<string> {
  const rows = await Promise.all(
    RESOURCE_KINDS.map((kind) => api.storage.read.resource(kind).list()),
  );
  return JSON.stringify([rows, api.network.ports.size]);
}

async function checkAnyBody(numRuns: number): Promise<void> {
  const accepted: Record<string, number> = {};
  const cases = bodies().map(([method, path, arbitrary]) =>
    arbitrary.map((value) => ({ method, path, value })),
  );
  await check(
    asyncProperty(oneof(...cases), async ({ method, path, value }) => {
      const before = await stored();

      const reply = await api.send(method, path, { body: JSON.stringify(value) });

      expect(reply.status, reply.text).toBeLessThan(500);
      accepted[String(reply.status)] = (accepted[String(reply.status)] ?? 0) + 1;
      if (reply.status < 300) {
        await api.settled();
        const made = method === 'POST' ? `${path}/${reply.item.id}` : undefined;
        const removed = made === undefined ? 204 : (await api.remove(`${made}?cascade=1`)).status;
        expect(removed).toBe(204);
        await api.settled();
      } else {
        expect(Object.keys(reply.body as object)).toEqual([
          'faultcode',
          'faultstring',
          'debuginfo',
        ]);
        expect(await stored()).toBe(before);
      }
    }),
    { numRuns },
  );
  // The property says something only if both kinds of answers came.
  expect(accepted['400']).toBeGreaterThan(numRuns / 30);
  expect((accepted['201'] ?? 0) + (accepted['200'] ?? 0)).toBeGreaterThan(numRuns / 100);
}

for (const database of await apiDatabases()) {
  describe.skipIf(database.skip !== undefined)(database.name, () => {
    let opened: Awaited<ReturnType<typeof database.create>>;
    beforeAll(async () => {
      opened = await database.create();
      api = await startApi({ databaseUrl: opened.url });
      f = await furnish(api);
    });
    afterAll(async () => {
      await api.stop();
      await opened.drop();
    });

    it('is answered below 500, and refusals leave nothing behind', async () => {
      await checkAnyBody(600 * database.share);
    }, 60_000);
  });
}
