import { X509Certificate } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SELF_SIGNED_CERT, SELF_SIGNED_KEY } from '../../test/fixtures/self-signed.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts';
import { HttpError } from './http-error.ts';

const clients: HttpClient[] = [];
const servers: Server[] = [];

function aClient(options?: HttpClientOptions): HttpClient {
  const client = createHttpClient(options);
  clients.push(client);
  return client;
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

describe('http client', () => {
  it('returns status, headers and body of any answer', async () => {
    const port = await listen(
      createServer((_req, res) => res.writeHead(404, { 'x-a': 'b' }).end('{"code":404}')),
    );

    const answer = await aClient().request({ method: 'GET', url: `http://127.0.0.1:${port}/x` });

    expect(answer).toMatchObject({ status: 404, body: '{"code":404}' });
    expect(answer.headers['x-a']).toBe('b');
  });

  it('reuses the connection for consecutive requests', async () => {
    const ports = new Set<number | undefined>();
    const port = await listen(
      createServer((req, res) => {
        ports.add(req.socket.remotePort);
        res.end();
      }),
    );
    const client = aClient();

    for (let i = 0; i < 20; i += 1) {
      await client.request({ method: 'GET', url: `http://127.0.0.1:${port}/` });
    }

    expect(ports.size).toBeLessThan(4);
  });

  it('says that a refused connection had no effect', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();

    const failure = aClient().request({ method: 'POST', url: `http://127.0.0.1:${port}/` });

    await expect(failure).rejects.toMatchObject({ name: 'HttpError', phase: 'connect' });
  });

  it('says that the effect is unknown when the connection breaks after sending', async () => {
    const port = await listen(createServer((req) => req.socket.destroy()));

    const failure = aClient().request({ method: 'POST', url: `http://127.0.0.1:${port}/` });

    await expect(failure).rejects.toMatchObject({ name: 'HttpError', phase: 'exchange' });
  });

  it('gives up after the timeout', async () => {
    const port = await listen(createServer(() => undefined));

    const failure = aClient({ requestTimeoutMs: 30 }).request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/slow`,
    });

    await expect(failure).rejects.toThrow(/GET http:\/\/127\.0\.0\.1:\d+\/slow timed out/);
  });

  it('throws the reason of the caller’s signal', async () => {
    const port = await listen(createServer(() => undefined));
    const controller = new AbortController();
    const pending = aClient().request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      signal: controller.signal,
    });

    controller.abort(new Error('shutting down'));

    await expect(pending).rejects.toThrow('shutting down');
  });
});

describe('TLS trust', () => {
  const key = SELF_SIGNED_KEY;
  const cert = SELF_SIGNED_CERT;
  const sha256 = new X509Certificate(cert).fingerprint256;

  const hello: RequestListener = (_req, res) => void res.end('hello');
  const get = async (options: HttpClientOptions): Promise<string> => {
    const port = await listen(createTlsServer({ key, cert }, hello));
    const answer = await aClient(options).request({
      method: 'GET',
      url: `https://127.0.0.1:${port}/`,
    });
    return answer.body;
  };

  it('refuses a self-signed certificate by default, before anything is sent', async () => {
    const failure = get({});

    await expect(failure).rejects.toBeInstanceOf(HttpError);
    await expect(failure).rejects.toMatchObject({ phase: 'connect' });
  });

  it('accepts the pinned certificate and no other', async () => {
    await expect(get({ tls: { pinnedSha256: sha256 } })).resolves.toBe('hello');
    await expect(get({ tls: { pinnedSha256: '00'.repeat(32) } })).rejects.toMatchObject({
      phase: 'connect',
    });
  });

  it('accepts a certificate of the given CA under the expected name', async () => {
    await expect(get({ tls: { ca: cert }, serverName: 'localhost' })).resolves.toBe('hello');
  });

  it('accepts anything only when told to', async () => {
    await expect(get({ tls: { insecure: true } })).resolves.toBe('hello');
  });

  it('refuses a malformed fingerprint at once', () => {
    expect(() => createHttpClient({ tls: { pinnedSha256: 'abc' } })).toThrow(/64 hexadecimal/);
  });
});
