// A load balancer with everything about TLS and L7: SNI, client certificates with a revocation list, TLS towards members,
// policies as LTM policy and as iRule, an ESD. And how it changes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { deleted } from '../driver/scenario.ts';
import { certificateAuthority } from './certificates.ts';
import { TestSecrets } from './secrets.ts';
import { persistence, TENANT, withPolicies } from './services.ts';

const ESD = 'mobile';

export interface TlsL7Scenario {
  /** For the driver. */
  secrets: TestSecrets;
  esdDirectory: string;
  build(): ServiceDefinition;
  /** Other certificates, one less, other rules, no ESD. */
  change(): ServiceDefinition;
  remove(): ServiceDefinition;
  close(): void;
}

export function tlsL7Scenario(): TlsL7Scenario {
  const esdDirectory = mkdtempSync(join(tmpdir(), 'esd-'));
  const tags = {
    ...{ lbaas_ctcp: 'tcp-mobile-optimized', lbaas_stcp: 'tcp-lan-optimized' },
    lbaas_fallback_persist: 'source_addr',
  };
  writeFileSync(join(esdDirectory, 'demo.json'), JSON.stringify({ [ESD]: tags }));
  const secrets = new TestSecrets();
  const ca = certificateAuthority('Test CA');
  const below = ca.intermediate('Intermediate CA');
  const bundle = (host: string): string => secrets.bundleRef(below.issue(host), [below.certPem]);
  const refs = {
    first: bundle('a.example'),
    second: bundle('b.example'),
    third: bundle('c.example'),
    next: bundle('a.example'),
    members: secrets.bundleRef(ca.issue('lb.example')),
    clients: secrets.textRef(certificateAuthority('Client CA').certPem),
    revoked: secrets.textRef('-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n'),
    authority: secrets.textRef(ca.certPem),
  };

  const service = (isChanged: boolean): ServiceDefinition => {
    const one = aService({
      tenantId: TENANT,
      listeners: [
        {
          ...{ protocol: 'TERMINATED_HTTPS', protocol_port: 443 },
          default_pool_id: 'lb-1-pool-1',
          default_tls_container_id: isChanged ? refs.next : refs.first,
          sni_containers: (isChanged ? [refs.third] : [refs.second, refs.third]).map(
            (tls_container_id, position) => ({
              ...{ tls_container_id, position, listener_id: 'lb-1-listener-1' },
            }),
          ),
          client_ca_tls_container_id: refs.clients,
          client_crl_container_id: refs.revoked,
          client_authentication: isChanged ? 'OPTIONAL' : 'MANDATORY',
          ...{ hsts_max_age: 3600, alpn_protocols: ['h2', 'http/1.1'] },
          insert_headers: { 'X-SSL-Client-CN': 'true' },
        },
        { protocol: 'HTTP', protocol_port: 80, default_pool_id: 'lb-1-pool-2' },
      ],
      pools: [
        {
          ...{ tls_enabled: true, tls_container_id: refs.members },
          ca_tls_container_id: refs.authority,
        },
        { ...persistence('APP_COOKIE', { cookie_name: 'session' }) },
      ],
      members: [{}, { weight: 3 }, { pool_id: 'lb-1-pool-2' }],
      healthmonitors: [{ type: 'HTTPS' }],
    });
    const plain = { listener_id: 'lb-1-listener-2' };
    return withPolicies(one, [
      {
        policy: { action: 'REJECT' },
        rules: [{ type: 'SSL_CONN_HAS_CERT', compare_type: 'EQUAL_TO', value: 'False' }],
      },
      {
        policy: { ...plain, action: 'REDIRECT_TO_URL', redirect_url: 'https://x.example' },
        rules: [
          { compare_type: 'STARTS_WITH', value: isChanged ? '/new' : '/old' },
          ...(isChanged ? [] : [{ type: 'HOST_NAME', value: 'a.example' } as const]),
        ],
      },
      { policy: { ...plain, name: isChanged ? 'plain name' : ESD }, rules: [] },
    ]);
  };

  return {
    ...{ secrets, esdDirectory },
    build: () => service(false),
    change: () => service(true),
    remove: () => deleted(service(true)),
    close: () => rmSync(esdDirectory, { recursive: true }),
  };
}
