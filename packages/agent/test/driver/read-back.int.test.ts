// What is written reads back as what was meant: a fresh agent finds nothing to do, on every version.
import type { ServiceDefinition, ServiceL7Policy, ServiceL7Rule } from '@f5-lbaas/model';
import { aService, type ServiceParts } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceOutcome } from '../../src/driver/agent-driver.ts';
import { certificateAuthority } from '../lbaas/certificates.ts';
import { TestSecrets } from '../lbaas/secrets.ts';
import { isWrite, startLab, type Lab } from './lab.ts';

let lab: Lab;
const secrets = new TestSecrets();
const authority = certificateAuthority('Test CA');
const CERTIFICATE = secrets.bundleRef(authority.issue('a.example'), [authority.certPem]);
const OTHER = secrets.bundleRef(authority.issue('b.example'));
const AUTHORITY = secrets.textRef(authority.certPem);
const REVOKED = secrets.textRef('-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n');
afterEach(() => lab.stop());

const session = (
  type: 'SOURCE_IP' | 'HTTP_COOKIE' | 'APP_COOKIE',
  cookie_name: string | null = null,
) => ({
  session_persistence: {
    type,
    cookie_name,
    persistence_timeout: null,
    persistence_granularity: null,
  },
});

function l7(service: ServiceDefinition, compare: 'EQUAL_TO' | 'REGEX'): ServiceDefinition {
  const common = {
    tenant_id: 'tenant-1',
    admin_state_up: true,
    provisioning_status: 'PENDING_CREATE',
  } as const;
  const policy = (n: number, part: Partial<ServiceL7Policy>): ServiceL7Policy => ({
    ...common,
    id: `policy-${n}`,
    name: '',
    description: '',
    listener_id: 'lb-1-listener-1',
    action: 'REJECT',
    redirect_pool_id: null,
    position: n,
    rules: [],
    ...part,
  });
  const rule = (n: number, part: Partial<ServiceL7Rule>): ServiceL7Rule => ({
    ...common,
    id: `rule-${n}`,
    type: 'PATH',
    compare_type: 'STARTS_WITH',
    invert: false,
    key: null,
    value: '/admin',
    policies: [],
    policy_id: `policy-${n}`,
    ...part,
  });
  return {
    ...service,
    l7policies: [
      policy(1, { action: 'REDIRECT_TO_POOL', redirect_pool_id: 'lb-1-pool-2', name: 'to pool' }),
      policy(2, { action: 'REDIRECT_TO_URL', redirect_url: 'https://example.org/$x' }),
      policy(3, { action: 'REDIRECT_PREFIX', redirect_prefix: 'https://example.org' }),
      policy(4, {}),
      policy(5, { name: 'without rules' }),
    ],
    l7policy_rules: [
      rule(1, {}),
      rule(2, { type: 'HEADER', key: 'X-Kind', value: 'a', compare_type: compare }),
      rule(3, { type: 'HOST_NAME', value: 'old.example.org', invert: true }),
      rule(4, { type: 'COOKIE', key: 'kind', value: 'b', compare_type: 'CONTAINS' }),
    ],
  };
}

const DETAILS: Record<string, () => ServiceDefinition> = {
  'every listener protocol': () =>
    service({
      listeners: [
        { protocol: 'HTTP', name: 'web', description: 'with "quotes"', connection_limit: 10 },
        { protocol: 'TCP', admin_state_up: false },
        { protocol: 'HTTPS' },
        { protocol: 'UDP' },
        { protocol: 'SCTP' },
      ],
    }),
  'every persistence': () =>
    service({
      listeners: ['lb-1-pool-1', 'lb-1-pool-2', 'lb-1-pool-3'].map((default_pool_id) => ({
        default_pool_id,
      })),
      pools: [
        session('SOURCE_IP'),
        { ...session('HTTP_COOKIE'), lb_algorithm: 'SOURCE_IP' },
        session('APP_COOKIE', 'JSESSION$1'),
      ],
    }),
  'every monitor type': () =>
    service({
      pools: [{}, {}, {}, {}, {}],
      healthmonitors: (['HTTP', 'HTTPS', 'TCP', 'PING', 'UDP-CONNECT'] as const).map((type, n) => ({
        type,
        pool_id: `lb-1-pool-${n + 1}`,
        expected_codes: '200-204',
        http_version: 1.1,
        domain_name: 'a.example',
      })),
    }),
  'every kind of member': () =>
    service({
      pools: [{ lb_algorithm: 'LEAST_CONNECTIONS' }, { admin_state_up: false }],
      members: [
        { weight: 5 },
        { weight: 0 },
        { admin_state_up: false },
        { backup: true },
        { address: '2001:DB8::1' },
        { pool_id: 'lb-1-pool-2' },
      ],
      healthmonitors: [{}],
    }),
  'a load balancer that is down, on IPv6': () =>
    service({
      loadbalancer: { vip_address: 'FD00::10', admin_state_up: false, description: 'shop' },
      listeners: [{}],
    }),
  'headers and client networks': () =>
    service({
      listeners: [
        {
          insert_headers: {
            'X-Forwarded-For': 'true',
            'X-Forwarded-Port': 'true',
            'X-Forwarded-Proto': 'false',
          },
          allowed_cidrs: ['10.1.2.3/8', '192.0.2.1/32', '2001:db8::/32'],
        },
      ],
    }),
  'TLS towards clients and members': () =>
    service({
      listeners: [
        {
          ...{ protocol: 'TERMINATED_HTTPS', default_pool_id: 'lb-1-pool-1' },
          default_tls_container_id: CERTIFICATE,
          sni_containers: [{ tls_container_id: OTHER, listener_id: 'l', position: 1 }],
          ...{ client_ca_tls_container_id: AUTHORITY, client_authentication: 'OPTIONAL' },
          client_crl_container_id: REVOKED,
          tls_versions: ['TLSv1.2', 'TLSv1.3'],
          tls_ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES256-GCM-SHA384',
          alpn_protocols: ['h2', 'http/1.1'],
          ...{ hsts_max_age: 60, insert_headers: { 'X-SSL-Client-CN': 'true' } },
        },
      ],
      pools: [{ tls_enabled: true, ca_tls_container_id: AUTHORITY, tls_versions: ['TLSv1.2'] }],
      members: [{}],
    }),
  'the PROXY protocol, of both versions': () =>
    service({
      listeners: [
        { protocol: 'TCP', default_pool_id: 'lb-1-pool-1' },
        { protocol: 'HTTP', default_pool_id: 'lb-1-pool-2' },
      ],
      pools: [{ protocol: 'PROXY' }, { protocol: 'PROXYV2' }],
      members: [{}, { pool_id: 'lb-1-pool-2' }],
    }),
  'timeouts, and persistence by parts of addresses': () =>
    service({
      listeners: [
        {
          ...{ protocol: 'UDP', default_pool_id: 'lb-1-pool-1' },
          ...{ timeout_client_data: 1_500, timeout_member_data: 7_000 },
        },
      ],
      pools: [
        {
          protocol: 'UDP',
          session_persistence: {
            ...{ type: 'SOURCE_IP', cookie_name: null, persistence_timeout: 60 },
            persistence_granularity: '255.255.0.0',
          },
        },
      ],
    }),
  'members that are probed elsewhere': () =>
    service({
      pools: [{}],
      members: [{ monitor_port: 9 }, { monitor_address: '2001:db8::9' }, {}],
      healthmonitors: [{ type: 'TLS-HELLO' }],
    }),
  'a pool with several monitors, and members that are probed elsewhere by all of them': () =>
    service({
      pools: [{}],
      members: [{ monitor_port: 9 }, {}],
      healthmonitors: [{ type: 'TCP' }, { type: 'HTTP' }, { type: 'PING' }],
    }),
  'L7 policies': () => l7(service({ listeners: [{}], pools: [{}, {}] }), 'EQUAL_TO'),
  'L7 policies with regular expressions': () =>
    l7(service({ listeners: [{}], pools: [{}, {}] }), 'REGEX'),
};

function service(parts: ServiceParts): ServiceDefinition {
  return aService({ tenantId: 'tenant-1', ...parts });
}

function failed({ objects }: ServiceOutcome): unknown[] {
  return Object.values(objects)
    .flatMap((kind) => Object.values(kind))
    .filter((report) => report.provisioning_status === 'ERROR');
}

describe.each(['11.6', '12.1', '13.1', '15.1', '17.1'])('TMOS %s', (version) => {
  it('shows everything as it was written', async () => {
    lab = await startLab({ version, driver: { secrets } });
    for (const [name, make] of Object.entries(DETAILS)) {
      const outcome = await lab.apply(make());
      expect(failed(outcome), name).toEqual([]);

      await lab.devices[0]!.forgetCalls();
      const again = await lab.driver.resyncTenant(
        'tenant-1',
        [make()],
        AbortSignal.timeout(20_000),
      );

      expect(failed(again.outcomes[0]!), name).toEqual([]);
      expect((await lab.devices[0]!.calls()).filter(isWrite), name).toEqual([]);
      await lab.apply({
        ...make(),
        loadbalancer: { ...make().loadbalancer, provisioning_status: 'PENDING_DELETE' },
      });
      expect(await lab.driver.listTenants(AbortSignal.timeout(5000)), name).toEqual([]);
    }
  });
});
