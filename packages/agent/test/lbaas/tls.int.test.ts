// TERMINATED_HTTPS and re-encryption: certificates installed, rotated and removed, and what clients see of them.
import type { ServiceDefinition, ServiceListener, ServicePool } from '@f5-lbaas/model';
import { aService, waitFor } from '@f5-lbaas/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleted } from '../driver/scenario.ts';
import { isWrite, startLab, type Lab } from '../driver/lab.ts';
import { asText } from '../../src/object-types/property.ts';
import { certificateAuthority, type TestAuthority } from './certificates.ts';
import { TestSecrets } from './secrets.ts';
import {
  freePort,
  getOverHttp2,
  getOverTls,
  handshake,
  httpBackend,
  type Backend,
} from './traffic.ts';

const HOST = 'a.example';
let ca: TestAuthority;
let secrets: TestSecrets;
let lab: Lab;
let backend: Backend;
let port: number;

beforeAll(async () => {
  ca = certificateAuthority('Test CA');
  secrets = new TestSecrets();
  lab = await startLab({ driver: { secrets } });
  backend = await httpBackend('member');
});
beforeEach(async () => {
  secrets.isAway = false;
  port = await freePort();
});
afterEach(async () => {
  await lab.apply(deleted(service({})));
});
afterAll(async () => {
  await lab.stop();
  await backend.close();
});

function service(
  listener: Partial<ServiceListener>,
  pool: Partial<ServicePool> = {},
  memberPort = backend.port,
): ServiceDefinition {
  return aService({
    tenantId: 'tenant-1',
    listeners: [
      {
        ...{ protocol: 'TERMINATED_HTTPS', protocol_port: port, default_pool_id: 'lb-1-pool-1' },
        ...{ tls_versions: ['TLSv1.2', 'TLSv1.3'], alpn_protocols: ['http/1.1'] },
        ...listener,
      },
    ],
    pools: [pool],
    members: [{ address: '127.0.0.1', protocol_port: memberPort }],
  });
}

const active = (one: ServiceDefinition): ServiceDefinition => ({
  ...one,
  listeners: one.listeners.map((l) => ({ ...l, provisioning_status: 'ACTIVE' })),
});

async function applied(one: ServiceDefinition): Promise<void> {
  const { objects } = await lab.apply(one);
  const reasons = Object.values(objects).flatMap((kind) =>
    Object.values(kind).flatMap((report) => ('reason' in report ? [report.reason] : [])),
  );
  expect(reasons).toEqual([]);
}

const listenerReport = (outcome: Awaited<ReturnType<Lab['apply']>>) =>
  outcome.objects.listeners?.['lb-1-listener-1'];

async function commonName(servername?: string): Promise<string> {
  const socket = await handshake(port, {
    ca: ca.certPem,
    ...(servername ? { servername } : {}),
    checkServerIdentity: () => undefined,
  });
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

async function files(): Promise<string[]> {
  const lists = await Promise.all(
    [
      '/sys/file/ssl-cert',
      '/sys/file/ssl-key',
      '/sys/file/ssl-crl',
      '/ltm/profile/client-ssl',
      '/ltm/profile/server-ssl',
    ].map((collection) => lab.devices[0]!.list(collection, 'Project_tenant-1')),
  );
  return lists.flat().map((item) => asText(item['name']));
}

describe('a TLS listener', () => {
  it('shows its certificate with the chain, and passes requests on in clear', async () => {
    const below = ca.intermediate('Issuing CA');
    const ref = secrets.bundleRef(below.issue(HOST), [below.certPem]);
    await applied(service({ default_tls_container_id: ref }));

    expect(await getOverTls(port, { ca: ca.certPem, servername: HOST })).toContain('member');
  });

  it('chooses the certificate by server name; the default one for the others', async () => {
    const [first, second] = [ca.issue(HOST), ca.issue('b.example')];
    await applied(
      service({
        default_tls_container_id: secrets.bundleRef(first),
        sni_containers: [
          { tls_container_id: secrets.bundleRef(second), listener_id: 'l', position: 0 },
        ],
      }),
    );

    expect(await commonName('b.example')).toBe('b.example');
    expect(await commonName(HOST)).toBe(HOST);
    expect(await commonName('other.example')).toBe(HOST);
    expect(await commonName()).toBe(HOST);
  });

  it('costs no write and no secret is read again when nothing changed', async () => {
    const ref = secrets.bundleRef(ca.issue(HOST));
    await applied(service({ default_tls_container_id: ref }));
    const { reads } = secrets;
    await lab.devices[0]!.forgetCalls();

    await applied(active(service({ default_tls_container_id: ref })));

    expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
    expect(secrets.reads).toBe(reads);
  });

  it('follows its secret when another certificate takes its place, in one transaction', async () => {
    const ref = secrets.bundleRef(ca.issue(HOST));
    await applied(service({ default_tls_container_id: ref }));
    secrets.putBundle(ref, ca.issue('new.example'));

    await applied(service({ default_tls_container_id: ref }));

    await waitFor(async () => (await commonName(HOST)) === 'new.example', { what: 'the new one' });
    expect((await files()).filter((name) => name.endsWith('.key'))).toHaveLength(1);
  });

  it('leaves no certificate, key or profile behind when it changes its secret or goes', async () => {
    const [old, next] = [secrets.bundleRef(ca.issue(HOST)), secrets.bundleRef(ca.issue(HOST))];
    await applied(service({ default_tls_container_id: old }));
    const before = await files();

    await applied(service({ default_tls_container_id: next }));
    const after = await files();
    expect(after).toHaveLength(before.length);
    expect(after.filter((name) => before.includes(name))).toEqual([]);

    await applied(deleted(service({ default_tls_container_id: next })));
    expect(await lab.driver.listTenants(AbortSignal.timeout(5000))).toEqual([]);
  });

  it('shares files with another listener of the tenant for as long as that needs them', async () => {
    const ref = secrets.bundleRef(ca.issue(HOST));
    const other = aService({
      ...{ id: 'lb-2', tenantId: 'tenant-1', loadbalancer: { vip_address: '127.10.0.11' } },
      listeners: [{ protocol: 'TERMINATED_HTTPS', default_tls_container_id: ref }],
    });
    await applied(service({ default_tls_container_id: ref }));
    await applied(other);

    await applied(deleted(service({ default_tls_container_id: ref })));
    expect(await files()).toHaveLength(3);

    await applied(deleted(other));
    expect(await lab.driver.listTenants(AbortSignal.timeout(5000))).toEqual([]);
  });

  it('keeps no uploaded key in the download directory', async () => {
    await applied(service({ default_tls_container_id: secrets.bundleRef(ca.issue(HOST)) }));

    const { commandResult } = await lab.devices[0]!.reader.run('/util/unix-ls', {
      command: 'run',
      utilCmdArgs: '/var/config/rest/downloads/',
    });
    expect(asText(commandResult)).not.toContain('f5-lbaas-');
  });

  it('ends in ERROR with the reason when its certificate cannot be read, and nothing else does', async () => {
    const missing = 'https://barbican.example/v1/containers/6f2a8bb1-0000-4000-8000-000000000000';
    const outcome = await lab.apply(service({ default_tls_container_id: missing }));

    expect(listenerReport(outcome)).toEqual({
      provisioning_status: 'ERROR',
      reason: `The certificate ${missing} cannot be used. It does not exist.`,
    });
    expect(outcome.objects.pools?.['lb-1-pool-1']).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('goes on serving as before when its new certificate cannot be read, or Barbican is away', async () => {
    const ref = secrets.bundleRef(ca.issue(HOST));
    await applied(service({ default_tls_container_id: ref }));

    const outcome = await lab.apply(
      service({ default_tls_container_id: `https://x/v1/containers/${crypto.randomUUID()}` }),
    );
    expect(listenerReport(outcome)).toMatchObject({ provisioning_status: 'ERROR' });
    expect(await commonName(HOST)).toBe(HOST);

    secrets.isAway = true;
    await applied(service({ default_tls_container_id: ref, name: 'renamed' }));
    expect(await commonName(HOST)).toBe(HOST);
  });

  it('speaks the versions asked for and no other', async () => {
    const ref = secrets.bundleRef(ca.issue(HOST));
    await applied(service({ default_tls_container_id: ref, tls_versions: ['TLSv1.2'] }));
    const options = { ca: ca.certPem, servername: HOST };

    const socket = await handshake(port, options);
    expect(socket.getProtocol()).toBe('TLSv1.2');
    socket.destroy();
    await expect(handshake(port, { ...options, minVersion: 'TLSv1.3' })).rejects.toThrow();
  });

  it('takes the ciphers asked for', async () => {
    const ref = secrets.bundleRef(ca.issue(HOST));
    await applied(
      service({
        ...{ default_tls_container_id: ref, tls_versions: ['TLSv1.2'] },
        tls_ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
      }),
    );

    const socket = await handshake(port, { ca: ca.certPem, servername: HOST });
    expect(socket.getCipher().name).toBe('ECDHE-RSA-AES256-GCM-SHA384');
    socket.destroy();
  });

  it('offers HTTP/2 when asked to', async () => {
    const ref = secrets.bundleRef(ca.issue(HOST));
    await applied(service({ default_tls_container_id: ref, alpn_protocols: ['h2', 'http/1.1'] }));

    expect(await getOverHttp2(port, ca.certPem, HOST)).toBe('member');
  });

  it('asks clients for certificates of its authority, and tells members about them', async () => {
    const clients = certificateAuthority('Client CA');
    const { certPem: cert, keyPem: key } = clients.issue('client.example');
    await applied(
      service({
        default_tls_container_id: secrets.bundleRef(ca.issue(HOST)),
        client_ca_tls_container_id: secrets.textRef(clients.certPem),
        client_authentication: 'MANDATORY',
        insert_headers: {
          'X-SSL-Client-Has-Cert': 'true',
          'X-SSL-Client-CN': 'true',
          'X-SSL-Client-Verify': 'true',
        },
      }),
    );
    const options = { ca: ca.certPem, servername: HOST };

    await expect(getOverTls(port, options)).rejects.toThrow();
    expect(await getOverTls(port, { ...options, cert, key })).toContain('member');
    expect(backend.requests.at(-1)).toMatchObject({
      'x-ssl-client-has-cert': '1',
      'x-ssl-client-cn': 'client.example',
      'x-ssl-client-verify': '0',
    });
  });

  it('tells browsers to come back with TLS', async () => {
    await applied(
      service({
        default_tls_container_id: secrets.bundleRef(ca.issue(HOST)),
        ...{ hsts_max_age: 3600, hsts_include_subdomains: true, hsts_preload: true },
      }),
    );

    expect(await getOverTls(port, { ca: ca.certPem, servername: HOST })).toMatch(
      /strict-transport-security: max-age=3600; includeSubDomains; preload/i,
    );
  });
});

describe('TLS towards members', () => {
  it('verifies them where there is an authority to do it by, and shows its certificate', async () => {
    const members = certificateAuthority('Member CA');
    const { certPem: cert, keyPem: key } = members.issue('member.example');
    const own = members.issue('lb.example');
    const secure = await httpBackend('secure', {
      ...{ cert, key, ca: members.certPem, requestCert: true },
    });
    try {
      const pool = {
        ...{ tls_enabled: true, tls_versions: ['TLSv1.2'] },
        ca_tls_container_id: secrets.textRef(members.certPem),
        tls_container_id: secrets.bundleRef(own),
      };
      const listener = { default_tls_container_id: secrets.bundleRef(ca.issue(HOST)) };
      await applied(service(listener, pool, secure.port));
      expect(await getOverTls(port, { ca: ca.certPem, servername: HOST })).toContain('secure');

      const strangers = secrets.textRef(certificateAuthority('Other CA').certPem);
      await applied(service(listener, { ...pool, ca_tls_container_id: strangers }, secure.port));
      await expect(getOverTls(port, { ca: ca.certPem, servername: HOST })).rejects.toThrow();
    } finally {
      await secure.close();
    }
  });
});
