// Pools behind one listener that its virtual server cannot reach in the same way: the policy that would send there is
// in ERROR and says why; everything else works.
import type { ServicePool } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLab, type Lab } from '../driver/lab.ts';
import { soon, TENANT, withPolicies } from './services.ts';
import { freePort, get, httpBackend, type Backend } from './traffic.ts';

let lab: Lab;
let backend: Backend;
beforeAll(async () => {
  lab = await startLab();
  backend = await httpBackend('member');
});
afterAll(async () => {
  await lab.stop();
  await backend.close();
});

const TLS = { tls_enabled: true, tls_versions: ['TLSv1.2'] };

it.each<[string, Partial<ServicePool>, Partial<ServicePool>, string]>([
  ['TLS', {}, TLS, 'tls_enabled'],
  ['the PROXY protocol', {}, { protocol: 'PROXY' }, 'protocol'],
  ['both', {}, { ...TLS, protocol: 'PROXYV2' }, 'tls_enabled, protocol'],
  ['details of TLS', TLS, { ...TLS, tls_versions: ['TLSv1.3'] }, 'tls_versions'],
])('tell that they differ in %s', async (_what, main, other, attributes) => {
  const port = await freePort();
  const service = aService({
    tenantId: TENANT,
    listeners: [{ protocol: 'HTTP', protocol_port: port, default_pool_id: 'lb-1-pool-1' }],
    pools: [
      { protocol: 'HTTP', ...main },
      { protocol: 'HTTP', ...other },
    ],
    members: [{ address: '127.0.0.1', protocol_port: backend.port }],
  });
  const policy = { action: 'REDIRECT_TO_POOL', redirect_pool_id: 'lb-1-pool-2' } as const;

  const { objects } = await lab.apply(withPolicies(service, [{ policy, rules: [{}] }]));

  expect(objects.l7policies?.['policy-0']).toEqual({
    provisioning_status: 'ERROR',
    reason:
      'Pool lb-1-pool-2 differs from pool lb-1-pool-1 of the same listener in ' +
      `${attributes}: one virtual server cannot serve both.`,
  });
  expect(objects.listeners?.['lb-1-listener-1']).toMatchObject({ provisioning_status: 'ACTIVE' });
  if (main === TLS) return;
  await soon(async () => expect((await get(port)).body).toBe('member'));
});
