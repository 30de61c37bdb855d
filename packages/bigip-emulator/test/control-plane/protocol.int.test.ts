// Authentication, error shapes of the three layers, bad input.
import { describe, expect, it } from 'vitest';
import { useEmulator } from './harness.ts';

const harness = useEmulator();

async function login(): Promise<string> {
  const reply = await harness.device.call('POST', '/mgmt/shared/authn/login', {
    body: { username: 'admin', password: 'secret', loginProviderName: 'tmos' },
  });
  return reply.body.token.token;
}

describe('tokens', () => {
  it('logs in, extends, and ends a token', async () => {
    const token = await login();
    const headers = { 'X-F5-Auth-Token': token };
    const path = `/mgmt/shared/authz/tokens/${token}`;

    const used = await harness.device.call('GET', 'sys/version', { headers });
    const extended = await harness.device.call('PATCH', path, {
      headers,
      body: { timeout: '36000' },
    });
    const tooLong = await harness.device.call('PATCH', path, { headers, body: { timeout: 36001 } });
    await harness.device.call('DELETE', path, { headers });
    const after = await harness.device.call('GET', 'sys/version', { headers });

    expect(token).toMatch(/^[A-Z2-7]{26}$/);
    expect(used.status).toBe(200);
    expect(extended.body).toMatchObject({ timeout: 36000, generation: 2 });
    expect(tooLong).toMatchObject({
      status: 406,
      body: { message: 'Auth-token absolute timeout (36000 seconds) exceeded' },
    });
    expect(after).toMatchObject({
      status: 401,
      body: { message: 'X-F5-Auth-Token does not exist.', kind: ':resterrorresponse' },
    });
    expect(after.body).not.toHaveProperty('apiError');
  });

  it('refuses a wrong password at the login', async () => {
    const reply = await harness.device.call('POST', '/mgmt/shared/authn/login', {
      body: { username: 'admin', password: 'wrong', loginProviderName: 'tmos' },
    });

    expect(reply).toMatchObject({ status: 401, body: { message: 'Authentication failed.' } });
  });
});

describe('the layers', () => {
  it('answers a wrong basic password like httpd', async () => {
    const headers = { authorization: `Basic ${Buffer.from('admin:no').toString('base64')}` };
    const reply = await harness.device.call('GET', 'ltm/pool', { headers });

    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Basic realm="Enterprise Manager"');
    expect(reply.body).toContain('<html>');
  });

  it('answers missing credentials and unknown paths like the REST framework', async () => {
    const anonymous = await harness.device.call('GET', 'ltm/virtual', {
      headers: { authorization: '' },
    });
    const unknown = await harness.device.get('/mgmt/shared/appsvcs/info');

    expect(anonymous.status).toBe(401);
    expect(unknown).toMatchObject({
      status: 404,
      body: {
        message: 'Public URI path not registered: /shared/appsvcs/info',
        kind: ':resterrorresponse',
      },
    });
  });

  it('serves every readiness probe', async () => {
    const probes = [
      'sys/version',
      'sys/',
      'sys/available',
      'ltm/available',
      'sys/mcp-state',
      '/mgmt/shared/echo',
      '/mgmt/shared/identified-devices/config/device-info',
    ];
    for (const probe of probes) expect((await harness.device.get(probe)).status, probe).toBe(200);
  });
});

describe('bad input', () => {
  it.each([
    ['malformed JSON', '{bad', 'Found invalid JSON body in the request.'],
    ['a JSON list', '[]', 'Found invalid JSON body in the request.'],
    [
      'deep nesting',
      `{"a":${'['.repeat(500)}${']'.repeat(500)}}`,
      'Found invalid JSON body in the request.',
    ],
    [
      'markup',
      '{"name":"p","description":"<script>x</script>"}',
      'HTML Tag-like Content in the Request URL/Body',
    ],
    [
      'a wrong type',
      '{"name":"p","slowRampTime":{}}',
      'invalid property value "slowRampTime":"{}"',
    ],
    ['null', '{"name":"p","description":null}', 'invalid property value "description":"null"'],
    ['a prototype key', '{"name":"p","__proto__":{"x":1},"constructor":1}', 'unknown property'],
  ])('refuses %s', async (_case, body, message) => {
    const reply = await harness.device.call('POST', 'ltm/pool', { body });

    expect(reply.status).toBe(400);
    expect(reply.body.message).toContain(message);
    expect(reply.body.errorStack).toEqual([]);
  });

  it('refuses an oversized body, a climbing path, a huge filter, another content type', async () => {
    const big = await harness.device.call('POST', 'ltm/pool', {
      body: Buffer.alloc(5 * 1024 * 1024, 32),
    });
    const climbing = await harness.device.get('/mgmt/tm/ltm/pool/..%2f..%2fetc');
    const filter = await harness.device.get(`ltm/pool?$filter=${'x'.repeat(2000)}`);
    const type = await harness.device.call('POST', 'ltm/pool', {
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    });

    expect(big.status).toBe(413);
    expect(climbing.status).toBeGreaterThanOrEqual(400);
    expect(filter.status).toBe(400);
    expect(type.status).toBe(415);
    expect((await harness.device.get('sys/version')).status).toBe(200);
  });
});

describe('files', () => {
  it('installs a certificate and key from uploads and keeps them while a profile uses them', async () => {
    const { device } = harness;
    const { selfSignedDefault } = await import('../../src/device/default-certificate.ts');
    const upload = (name: string, content: string) =>
      device.call('POST', `/mgmt/shared/file-transfer/uploads/${name}`, {
        body: Buffer.from(content),
        headers: {
          'content-type': 'application/octet-stream',
          'content-range': `0-${content.length - 1}/${content.length}`,
        },
      });
    const uploaded = await upload('a.crt', selfSignedDefault.certPem);
    await upload('a.key', selfSignedDefault.keyPem);
    const cert = await device.post('sys/file/ssl-cert', {
      name: 'a.crt',
      sourcePath: 'file:/var/config/rest/downloads/a.crt',
    });
    await device.post('sys/crypto/key', {
      command: 'install',
      name: 'a',
      'from-local-file': '/var/config/rest/downloads/a.key',
    });
    const profile = await device.post('ltm/profile/client-ssl', {
      name: 'tls',
      cert: '/Common/a.crt',
      key: '/Common/a.key',
    });
    const used = await device.delete('sys/file/ssl-cert/a.crt');

    expect(uploaded.body).toMatchObject({ remainingByteCount: 0 });
    expect(cert.body).toMatchObject({ keyType: 'ec-public', revision: 1, isBundle: 'false' });
    expect(JSON.stringify(cert.body)).not.toContain('BEGIN CERTIFICATE');
    expect(profile.body.certKeyChain[0]).toMatchObject({
      cert: '/Common/a.crt',
      key: '/Common/a.key',
    });
    expect(used.body.message).toContain('is in use by a clientssl profile');
  });
});
