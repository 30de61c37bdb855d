// Table-driven tests of refusals: one furnished load balancer, requests that are refused, and a look at the
// database after each, since a refusal leaves nothing behind.
import { RESOURCE_KINDS } from '@f5-lbaas/model';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { furnish, type Furnished } from './furnished.ts';
import { startApi, type StartedApi } from './started-api.ts';

/** Well-formed, and the id of nothing. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';
export const PUT = { method: 'PUT' };

/** Sentence, request, and what is not a POST answered with 400; bodies and paths may need the furnished objects. */
export type Case = [
  sentence: string,
  path: string | (() => string),
  body: object | string | (() => object),
  options?: { status?: number; method?: string },
];

export function invalid(field: string, value: string, why: string): string {
  return `Invalid input for field/attribute ${field}. Value: '${value}'. ${why}`;
}

/** Registers the hooks of a test file and answers what its tables are written with. */
export function refusalSuite() {
  const suite = { api: {} as StartedApi, f: {} as Furnished };
  let before: string;

  const snapshot = async (): Promise<string> => {
    const { read } = suite.api.storage;
    const rows = await Promise.all(RESOURCE_KINDS.map((kind) => read.resource(kind).list()));
    return JSON.stringify([rows, suite.api.network.ports.size]);
  };
  beforeAll(async () => {
    suite.api = await startApi();
    suite.f = await furnish(suite.api);
    before = await snapshot();
  });
  afterEach(async () => {
    expect(await snapshot()).toBe(before);
  });
  afterAll(() => suite.api.stop());

  const refuses = (cases: Case[]): void => {
    it.each(cases)('%s', async (sentence, path, body, { status = 400, method = 'POST' } = {}) => {
      const where = typeof path === 'string' ? path : path();
      const what = typeof body === 'function' ? (body as () => object)() : body;

      const reply = await suite.api.send(method, where, { body: what });

      const faultcode = status < 500 ? 'Client' : 'Server';
      expect(reply.body).toEqual({ faultcode, faultstring: sentence, debuginfo: null });
      expect(reply.status).toBe(status);
    });
  };
  return Object.assign(suite, { refuses, ...requests(suite) });
}

/** Requests that are right but for the given attributes. */
function requests(suite: { api: StartedApi; f: Furnished }) {
  return {
    listener:
      (attributes: object = {}) =>
      () => ({
        listener: {
          loadbalancer_id: suite.f.lb.id,
          protocol: 'HTTP',
          protocol_port: 8080,
          ...attributes,
        },
      }),
    pool:
      (attributes: object = {}) =>
      () => ({
        pool: {
          loadbalancer_id: suite.f.lb.id,
          protocol: 'HTTP',
          lb_algorithm: 'ROUND_ROBIN',
          ...attributes,
        },
      }),
    monitor:
      (attributes: object = {}, of: 'spare' | 'udpPool' = 'spare') =>
      () => ({
        healthmonitor: {
          pool_id: suite.f[of].id,
          type: 'HTTP',
          delay: 5,
          timeout: 3,
          max_retries: 2,
          ...attributes,
        },
      }),
    member: (attributes: object = {}) => ({
      member: { address: '10.9.0.9', protocol_port: 80, ...attributes },
    }),
    balancer:
      (attributes: object = {}) =>
      () => ({
        loadbalancer: { vip_subnet_id: suite.api.network.subnetId, ...attributes },
      }),
    policy:
      (attributes: object = {}) =>
      () => ({
        l7policy: { listener_id: suite.f.http.id, action: 'REJECT', ...attributes },
      }),
    rule: (attributes: object = {}) => ({
      rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/x', ...attributes },
    }),
    members: () => `/pools/${suite.f.pool.id}/members`,
    rules: () => `/l7policies/${suite.f.policy.id}/rules`,
  };
}
