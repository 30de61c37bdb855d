// L7 policies with real requests: every type, comparison and action, as LTM policy and as iRule.
import type { ServiceL7Rule } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../driver/lab.ts';
import { applyWhole, soon, TENANT, withPolicies } from './services.ts';
import { freePort, get, httpBackend, type Backend } from './traffic.ts';

let lab: Lab;
let normal: Backend;
let special: Backend;
let port: number;

beforeAll(async () => {
  lab = await startLab();
  [normal, special] = await Promise.all([httpBackend('normal'), httpBackend('special')]);
  port = await freePort();
});

afterAll(async () => {
  await lab.stop();
  await Promise.all([normal.close(), special.close()]);
});

type Policies = Parameters<typeof withPolicies>[1];

async function apply(policies: Policies): Promise<void> {
  const service = aService({
    tenantId: TENANT,
    listeners: [{ protocol_port: port, default_pool_id: 'lb-1-pool-1' }],
    pools: [{}, {}],
    members: [
      { address: '127.0.0.1', protocol_port: normal.port },
      { address: '127.0.0.1', protocol_port: special.port, pool_id: 'lb-1-pool-2' },
    ],
  });
  await applyWhole(lab, withPolicies(service, policies));
}

const toSpecial = (rules: Partial<ServiceL7Rule>[]): Policies => [
  { policy: { action: 'REDIRECT_TO_POOL', redirect_pool_id: 'lb-1-pool-2' }, rules },
];
/** Makes an iRule of the listener's policies; never matches. */
const REGEX_BESIDE: Policies[number] = {
  policy: {},
  rules: [{ type: 'PATH', compare_type: 'REGEX', value: '^/never$' }],
};

interface Case {
  rule: Partial<ServiceL7Rule>;
  yes: { path?: string; headers?: Record<string, string> };
  no: { path?: string; headers?: Record<string, string> };
}

const CASES: Case[] = [
  {
    rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/a' },
    yes: { path: '/a?b' },
    no: { path: '/a/b' },
  },
  {
    rule: { type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' },
    yes: { path: '/a/b' },
    no: { path: '/b/a' },
  },
  {
    rule: { type: 'PATH', compare_type: 'ENDS_WITH', value: '/b' },
    yes: { path: '/a/b' },
    no: { path: '/b/a' },
  },
  {
    rule: { type: 'PATH', compare_type: 'CONTAINS', value: 'mid' },
    yes: { path: '/amidb' },
    no: { path: '/' },
  },
  {
    rule: { type: 'PATH', compare_type: 'REGEX', value: '^/[0-9]+$' },
    yes: { path: '/42' },
    no: { path: '/x42' },
  },
  {
    rule: { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'A.example' },
    yes: { headers: { Host: 'a.example' } },
    no: { headers: { Host: 'b.example' } },
  },
  {
    rule: { type: 'HOST_NAME', compare_type: 'REGEX', value: '^(a|b)[.]example$' },
    yes: { headers: { Host: 'b.example' } },
    no: { headers: { Host: 'c.example' } },
  },
  {
    rule: { type: 'FILE_TYPE', compare_type: 'EQUAL_TO', value: 'jpg' },
    yes: { path: '/x/y.jpg' },
    no: { path: '/jpg' },
  },
  {
    rule: { type: 'FILE_TYPE', compare_type: 'REGEX', value: 'jpe?g' },
    yes: { path: '/y.jpeg' },
    no: { path: '/y.jpxg' },
  },
  {
    rule: { type: 'HEADER', key: 'X-Kind', compare_type: 'STARTS_WITH', value: 'sp' },
    yes: { headers: { 'X-Kind': 'special' } },
    no: { headers: { 'X-Kind': 'normal' } },
  },
  {
    rule: { type: 'COOKIE', key: 'kind', compare_type: 'EQUAL_TO', value: 's' },
    yes: { headers: { Cookie: 'a=b; kind=s' } },
    no: { headers: { Cookie: 'kind=n' } },
  },
];

describe.each([
  ['alone', []],
  ['beside a regular expression', [REGEX_BESIDE]],
])('rules %s', (_how, beside) => {
  it.each(CASES)('$rule.type $rule.compare_type $rule.value', async ({ rule, yes, no }) => {
    await apply([...toSpecial([rule]), ...beside]);
    await soon(async () => expect((await get(port, yes)).body).toBe('special'));
    await soon(async () => expect((await get(port, no)).body).toBe('normal'));

    await apply([...toSpecial([{ ...rule, invert: true }]), ...beside]);
    await soon(async () => expect((await get(port, yes)).body).toBe('normal'));
    await soon(async () => expect((await get(port, no)).body).toBe('special'));
  });

  it('have all to match', async () => {
    const rules = [{ value: '/a' }, { type: 'HEADER', key: 'X-K', value: 'v' }] as const;
    await apply([...toSpecial([...rules]), ...beside]);

    await soon(async () => expect((await get(port, { path: '/a' })).body).toBe('normal'));
    await soon(async () =>
      expect((await get(port, { path: '/a', headers: { 'X-K': 'v' } })).body).toBe('special'),
    );
  });

  it('of the first policy that matches decide', async () => {
    await apply([
      {
        policy: { action: 'REDIRECT_TO_URL', redirect_url: 'https://x.example/$y' },
        rules: [{ value: '/a' }],
      },
      ...toSpecial([{ compare_type: 'STARTS_WITH', value: '/a' }]),
      ...beside,
    ]);

    await soon(async () => {
      const { status, headers } = await get(port, { path: '/a' });
      expect([status, headers.location]).toEqual([302, 'https://x.example/$y']);
    });
    await soon(async () => expect((await get(port, { path: '/ab' })).body).toBe('special'));
  });

  it('redirect with a prefix, refuse, and answer with the code asked for', async () => {
    await apply([
      {
        policy: {
          action: 'REDIRECT_PREFIX',
          redirect_prefix: 'https://x.example',
          redirect_http_code: 301,
        },
        rules: [{ value: '/p' }],
      },
      { policy: { action: 'REJECT' }, rules: [{ value: '/no' }] },
      ...beside,
    ]);

    await soon(async () => {
      const { status, headers } = await get(port, { path: '/p?q=1' });
      expect([status, headers.location]).toEqual([301, 'https://x.example/p?q=1']);
    });
    await soon(() => expect(get(port, { path: '/no' })).rejects.toThrow());
    await soon(async () => expect((await get(port, { path: '/yes' })).body).toBe('normal'));
  });

  it('that are all disabled match nothing, whatever stands beside them', async () => {
    await apply([
      ...toSpecial([{ value: '/a', admin_state_up: false }]),
      { policy: { action: 'REJECT' }, rules: [{ value: '/no' }] },
      { policy: { action: 'REJECT', admin_state_up: false }, rules: [{ value: '/off' }] },
      ...beside,
    ]);

    await soon(async () => expect((await get(port, { path: '/a' })).body).toBe('normal'));
    await soon(async () => expect((await get(port, { path: '/off' })).body).toBe('normal'));
    await soon(() => expect(get(port, { path: '/no' })).rejects.toThrow());
  });

  it('that go with the last policy leave the listener as it was before', async () => {
    await apply([...toSpecial([{ value: '/a' }]), ...beside]);
    await soon(async () => expect((await get(port, { path: '/a' })).body).toBe('special'));

    await apply([]);

    await soon(async () => expect((await get(port, { path: '/a' })).body).toBe('normal'));
  });
});
