// TLS from end to end: secrets in Barbican, a listener through the API, a handshake with the device.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { BarbicanClient, createHttpClient, parseSecretRef } from '@f5-lbaas/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textAt } from './support/json.ts';
import type { LabApi } from './support/lab-api.ts';
import { type Stack, startStack } from './support/start-stack.ts';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Pair {
  certificate: string;
  privateKey: string;
  pkcs12: Buffer;
}

/** A self-signed certificate with an elliptic-curve key. */
function newPair(directory: string, name: string): Pair {
  const file = (suffix: string): string => join(directory, `${name}.${suffix}`);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' });
  };
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', file('key'), '-out', file('crt'), '-days', '2', '-subj', `/CN=${name}`],
    ...['-addext', `subjectAltName=DNS:${name}`],
  );
  const files = ['-inkey', file('key'), '-in', file('crt'), '-out', file('p12')];
  openssl('pkcs12', '-export', '-passout', 'pass:', ...files);
  return {
    certificate: readFileSync(file('crt'), 'utf8'),
    privateKey: readFileSync(file('key'), 'utf8'),
    pkcs12: readFileSync(file('p12')),
  };
}

/** What a tenant does at Barbican. */
class Vault {
  readonly #api: LabApi;
  readonly #http = createHttpClient();

  constructor(api: LabApi) {
    this.#api = api;
  }

  async post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await this.#http.request({
      method: 'POST',
      url: `${this.#api.lab.key_manager_url}/v1/${path}`,
      headers: { 'x-auth-token': await this.#api.token(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: JSON.parse(answer.body) as unknown };
  }

  async text(payload: string): Promise<string> {
    const { body } = await this.post('secrets', { payload, payload_content_type: 'text/plain' });
    return textAt(body, 'secret_ref');
  }

  async bytes(payload: Buffer): Promise<string> {
    const { body } = await this.post('secrets', {
      payload: payload.toString('base64'),
      payload_content_type: 'application/octet-stream',
      payload_content_encoding: 'base64',
    });
    return textAt(body, 'secret_ref');
  }

  async container({ certificate, privateKey }: Pair): Promise<string> {
    const { body } = await this.post('containers', {
      type: 'certificate',
      secret_refs: [
        { name: 'certificate', secret_ref: await this.text(certificate) },
        { name: 'private_key', secret_ref: await this.text(privateKey) },
      ],
    });
    return textAt(body, 'container_ref');
  }

  /** The product's own client, with the tenant's token. */
  async client(): Promise<BarbicanClient> {
    const token = await this.#api.token();
    return new BarbicanClient(this.#http, {
      endpoint: () => Promise.resolve(this.#api.lab.key_manager_url),
      token: () => Promise.resolve(token),
      dropToken: () => undefined,
    });
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}

const PORT = 8443;

describe.skipIf(!hasOpenssl())('TLS listeners (needs the openssl command)', () => {
  let stack: Stack;
  let api: LabApi;
  let vault: Vault;
  let directory: string;
  let loadBalancerId: string;
  let vip: string;

  beforeAll(async () => {
    stack = await startStack();
    api = stack.api('lab');
    vault = new Vault(api);
    directory = mkdtempSync(join(tmpdir(), 'tls-'));
    loadBalancerId = await api.createLoadBalancer('tls');
    vip = textAt(await api.active(loadBalancerId), 'vip_address');
  });
  afterAll(async () => {
    await vault.close();
    await stack.stop();
    rmSync(directory, { recursive: true });
  });

  const post = (attributes: object) =>
    api.send('POST', 'listeners', {
      listener: {
        ...{ loadbalancer_id: loadBalancerId, protocol: 'TERMINATED_HTTPS', protocol_port: PORT },
        ...attributes,
      },
    });

  function commonName(servername: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: vip, port: PORT, servername, rejectUnauthorized: false });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
    });
  }

  it('serve certificates from containers and from PKCS#12 secrets', async () => {
    const [first, second] = [newPair(directory, 'a.example'), newPair(directory, 'b.example')];
    const { status } = await post({
      default_tls_container_ref: await vault.bytes(first.pkcs12),
      sni_container_refs: [await vault.container(second)],
    });

    expect(status).toBe(201);
    await api.active(loadBalancerId);
    expect(await commonName('a.example')).toBe('a.example');
    expect(await commonName('b.example')).toBe('b.example');
  });

  it('are refused when their certificate does not exist, is none, or is of another tenant', async () => {
    const missing = `${api.lab.key_manager_url}/v1/secrets/6f2a8bb1-0000-4000-8000-000000000000`;
    const { pkcs12 } = newPair(directory, 'c.example');
    const other = new Vault(stack.api('lab-other'));
    const theirs = await other.bytes(pkcs12);
    await other.close();

    for (const ref of [missing, theirs]) {
      const { status, body } = await post({ protocol_port: 8444, default_tls_container_ref: ref });
      expect(status).toBe(400);
      expect(textAt(body, 'faultstring')).toBe(`Could not retrieve certificate: ['${ref}']`);
    }
    const broken = await vault.bytes(Buffer.from([1, 2, 3]));
    const { body } = await post({ protocol_port: 8444, default_tls_container_ref: broken });
    expect(textAt(body, 'faultstring')).toMatch(/^The PKCS12 bundle is unreadable/);
  });

  it('are refused with an authority that is none', async () => {
    const { pkcs12, certificate } = newPair(directory, 'd.example');
    const attributes = {
      protocol_port: 8444,
      default_tls_container_ref: await vault.bytes(pkcs12),
      client_authentication: 'MANDATORY',
    };
    const text = await vault.text('no certificate');
    const bad = await post({ ...attributes, client_ca_tls_container_ref: text });
    const noList = await post({
      ...attributes,
      client_ca_tls_container_ref: await vault.text(certificate),
      client_crl_container_ref: text,
    });

    expect(textAt(bad.body, 'faultstring')).toMatch(/CA certificate is invalid/);
    expect(textAt(noList.body, 'faultstring')).toMatch(/revocation list is invalid/);
  });

  it('leave secrets to those who may read them', async () => {
    const ref = await vault.text('mine');
    const other = new Vault(stack.api('lab-other'));
    const client = await other.client();

    await expect(client.payload(parseSecretRef(ref))).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(client.allowRead(parseSecretRef(ref), 'me')).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await other.close();
  });

  it('keep no private key in the database, the log or a message', async () => {
    await api.active(loadBalancerId);

    const log = readFileSync(join(stack.dataDir, 'lab.log'), 'utf8');
    expect(log).not.toContain('PRIVATE KEY');
    expect(readFileSync(join(stack.dataDir, 'lbaas.sqlite')).includes('PRIVATE KEY')).toBe(false);
  });
});
