// L7 rules about the client's certificate, with clients that show one, another one or none.
import type { ServiceL7Rule } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../driver/lab.ts';
import { certificateAuthority, type TestCertificate } from './certificates.ts';
import { TestSecrets } from './secrets.ts';
import { applyWhole, soon, TENANT, withPolicies } from './services.ts';
import { freePort, getOverTls, httpBackend, type Backend } from './traffic.ts';

const HOST = 'a.example';
const ca = certificateAuthority('Test CA');
const clients = certificateAuthority('Client CA');
const strangers = certificateAuthority('Other CA');
const secrets = new TestSecrets();
const serverRef = secrets.bundleRef(ca.issue(HOST));
const clientCaRef = secrets.textRef(clients.certPem);

const CLIENTS: Readonly<Record<string, TestCertificate | undefined>> = {
  none: undefined,
  alice: clients.issue('alice', { C: 'SE', O: 'Acme', OU: 'Sales' }),
  bob: clients.issue('bob', { C: 'DE', O: 'Acme, Inc.', OU: 'CN=alice' }),
  // Its authority is not the listener's.
  eve: strangers.issue('alice', { O: 'Acme' }),
};

let lab: Lab;
let normal: Backend;
let special: Backend;
let port: number;

beforeAll(async () => {
  lab = await startLab({ driver: { secrets } });
  [normal, special] = await Promise.all([httpBackend('normal'), httpBackend('special')]);
  port = await freePort();
});
afterAll(async () => {
  await lab.stop();
  await Promise.all([normal.close(), special.close()]);
});

/** Requests that the rules match go to the special pool. */
async function apply(rules: Partial<ServiceL7Rule>[]): Promise<void> {
  const service = aService({
    tenantId: TENANT,
    listeners: [
      {
        ...{ protocol: 'TERMINATED_HTTPS', protocol_port: port, default_pool_id: 'lb-1-pool-1' },
        ...{ default_tls_container_id: serverRef, tls_versions: ['TLSv1.2', 'TLSv1.3'] },
        ...{ client_ca_tls_container_id: clientCaRef, client_authentication: 'OPTIONAL' },
      },
    ],
    pools: [{}, {}],
    members: [
      { address: '127.0.0.1', protocol_port: normal.port },
      { address: '127.0.0.1', protocol_port: special.port, pool_id: 'lb-1-pool-2' },
    ],
  });
  const policy = { action: 'REDIRECT_TO_POOL', redirect_pool_id: 'lb-1-pool-2' } as const;
  await applyWhole(lab, withPolicies(service, [{ policy, rules }]));
}

async function poolOf(client: string): Promise<string> {
  const shown = CLIENTS[client];
  const own = shown === undefined ? {} : { cert: shown.certPem, key: shown.keyPem };
  const answer = await getOverTls(port, { ca: ca.certPem, servername: HOST, ...own });
  return answer.includes('special') ? 'special' : 'normal';
}

const dn = (key: string, value: string, more: Partial<ServiceL7Rule> = {}) =>
  ({ type: 'SSL_DN_FIELD', compare_type: 'EQUAL_TO', key, value, ...more }) as const;
const hasCert = { type: 'SSL_CONN_HAS_CERT', compare_type: 'EQUAL_TO' } as const;
const verified = { type: 'SSL_VERIFY_RESULT', compare_type: 'EQUAL_TO' } as const;

describe('a rule', () => {
  it.each<[string, Partial<ServiceL7Rule>[], string[]]>([
    ['that there is a certificate', [{ ...hasCert, value: 'True' }], ['alice', 'bob', 'eve']],
    ['that there is none', [{ ...hasCert, value: 'True', invert: true }], ['none']],
    // Without a certificate there is nothing wrong with it.
    ['that nothing is wrong', [{ ...verified, value: '0' }], ['none', 'alice', 'bob']],
    ['what is wrong, by OpenSSL’s number', [{ ...verified, value: '21' }], ['eve']],
    ['that something is wrong', [{ ...verified, value: '0', invert: true }], ['eve']],
    ['on the common name', [dn('CN', 'alice')], ['alice', 'eve']],
    ['on a verified common name', [dn('CN', 'alice'), { ...verified, value: '0' }], ['alice']],
    ['on another field', [dn('OU', 'sales')], ['alice']],
    ['on a field that others end like', [dn('N', 'alice')], []],
    ['on the country', [dn('C', 'SE')], ['alice']],
    ['on the beginning', [dn('OU', 'Sal', { compare_type: 'STARTS_WITH' })], ['alice']],
    [
      'on a pattern',
      [dn('CN', '^(alice|bob)$', { compare_type: 'REGEX' })],
      ['alice', 'bob', 'eve'],
    ],
    ['on what a field is not', [dn('C', 'SE', { invert: true })], ['none', 'bob', 'eve']],
  ])('%s sends to its pool who fits, and nobody else', async (_what, rules, expected) => {
    await apply(rules);

    await soon(async () => {
      const special: string[] = [];
      for (const client of Object.keys(CLIENTS)) {
        if ((await poolOf(client)) === 'special') special.push(client);
      }
      expect(special).toEqual(expected);
    });
  });
});
