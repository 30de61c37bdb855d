// TLS on both sides, and HTTP/2, over real sockets.
import { once } from 'node:events';
import type * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import type * as net from 'node:net';
import * as tls from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  ClientSslProfile,
  DataPlane,
  ServerSslProfile,
  VirtualServer,
} from '../../src/data-plane/contract.ts';
import { certificateAuthority, type TestCertificate } from './certificates.ts';
import {
  aMember,
  anHttpVirtual,
  aPool,
  aVirtual,
  Cleanup,
  freePort,
  HTTP,
  httpBackend,
  newDataPlane,
  tcpBackend,
  type Backend,
} from './fixtures.ts';

let authority: Awaited<ReturnType<typeof certificateAuthority>>;
let certA: TestCertificate;
let certB: TestCertificate;
let clientCert: TestCertificate;

beforeAll(async () => {
  authority = await certificateAuthority('Test CA');
  certA = await authority.issue('a.test');
  certB = await authority.issue('b.test');
  clientCert = await authority.issue('client.test');
});

function aClientSsl(
  cert: TestCertificate,
  changes: Partial<ClientSslProfile> = {},
): ClientSslProfile {
  return {
    path: '/T/clientssl',
    serverName: null,
    sniDefault: true,
    chains: [{ ...cert, chainPem: null, passphrase: null }],
    clientCaPem: null,
    crlPem: null,
    peerCertMode: 'ignore',
    handshakeTimeoutSeconds: 10,
    ciphers: null,
    disabledVersions: [],
    alpn: [],
    ...changes,
  };
}

function aServerSsl(changes: Partial<ServerSslProfile> = {}): ServerSslProfile {
  return {
    path: '/T/serverssl',
    certPem: null,
    keyPem: null,
    caPem: null,
    peerCertMode: 'ignore',
    serverName: null,
    authenticateName: null,
    ciphers: null,
    disabledVersions: [],
    alpn: [],
    ...changes,
  };
}

describe('TLS', () => {
  const cleanup = new Cleanup();
  let dataPlane: DataPlane;
  let port: number;
  let backend: Backend;

  beforeEach(async () => {
    dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    port = await freePort();
    backend = await httpBackend('plain', (request, response) => {
      response.end(JSON.stringify({ url: request.url, headers: request.headers }));
    });
    cleanup.add(() => backend.stop());
  });
  afterEach(() => cleanup.run());

  async function serve(virtual: Partial<VirtualServer>, member: Backend = backend): Promise<void> {
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port, virtual)],
      pools: [aPool([aMember(member)])],
    });
  }

  async function handshake(options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> {
    const socket = tls.connect({ port, host: '127.0.0.1', ca: authority.certPem, ...options });
    cleanup.add(() => socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return socket;
  }

  const peerName = (socket: tls.TLSSocket) => socket.getPeerCertificate().subject.CN;

  function get(
    options: https.RequestOptions = {},
  ): Promise<{ body: string; headers: http.IncomingHttpHeaders; cookie: string }> {
    return new Promise((resolve, reject) => {
      const request = https.get(
        {
          port,
          host: '127.0.0.1',
          servername: 'a.test',
          ca: authority.certPem,
          agent: false,
          ...options,
        },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () =>
            resolve({
              body,
              headers: response.headers,
              cookie: response.headers['set-cookie']?.[0] ?? '',
            }),
          );
        },
      );
      request.on('error', reject);
    });
  }

  it('terminates TLS in front of a plain member and marks its cookie secure', async () => {
    const persistence = {
      type: 'cookie',
      cookieName: null,
      method: 'insert',
      timeoutSeconds: 0,
    } as const;
    await serve({ clientSsl: [aClientSsl(certA)], persistence });

    const { body, cookie } = await get({ path: '/x' });

    expect(JSON.parse(body)).toMatchObject({ url: '/x' });
    expect(cookie).toMatch(/; Httponly; Secure$/);
  });

  it('chooses the certificate by server name: the profile names it, else the certificate does', async () => {
    await serve({
      clientSsl: [
        aClientSsl(certA, { sniDefault: true }),
        aClientSsl(certB, { sniDefault: false }),
        aClientSsl(certB, { sniDefault: false, serverName: '*.wild.test' }),
      ],
    });
    const lax = { rejectUnauthorized: false };

    expect(peerName(await handshake({ servername: 'a.test' }))).toBe('a.test');
    expect(peerName(await handshake({ servername: 'b.test' }))).toBe('b.test');
    expect(peerName(await handshake({ ...lax, servername: 'x.wild.test' }))).toBe('b.test');
    expect(peerName(await handshake({ ...lax, servername: 'unknown.test' }))).toBe('a.test');
    expect(peerName(await handshake(lax))).toBe('a.test');
  });

  it('demands a client certificate when the profile requires one', async () => {
    const clientCaPem = authority.certPem;
    await serve({
      clientSsl: [aClientSsl(certA, { peerCertMode: 'require', clientCaPem })],
      rules: [
        {
          path: '/T/x-ssl',
          definition: `when HTTP_REQUEST {
            HTTP::header insert X-SSL-Client-DN [X509::subject [SSL::cert 0]]
          }`,
        },
      ],
    });

    await expect(get()).rejects.toThrow();
    const { body } = await get({ cert: clientCert.certPem, key: clientCert.keyPem });

    expect(JSON.parse(body)).toMatchObject({ headers: { 'x-ssl-client-dn': 'CN=client.test' } });
  });

  it('offers only the versions and ciphers of the profile', async () => {
    const disabledVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.3'];
    const ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384:!SSLv3';
    await serve({ clientSsl: [aClientSsl(certA, { disabledVersions, ciphers })] });

    const socket = await handshake({ servername: 'a.test' });

    expect(socket.getProtocol()).toBe('TLSv1.2');
    expect(socket.getCipher().name).toBe('ECDHE-ECDSA-AES256-GCM-SHA384');
    await expect(handshake({ servername: 'a.test', minVersion: 'TLSv1.3' })).rejects.toThrow();
  });

  it('reports a profile whose key does not fit and refuses clients', async () => {
    await serve({ clientSsl: [aClientSsl({ certPem: certA.certPem, keyPem: certB.keyPem })] });

    expect(dataPlane.virtualState('/T/vs')?.bindError).toContain('/T/clientssl');
    await expect(get()).rejects.toThrow();
  });

  it('encrypts again towards the member and verifies it when told to', async () => {
    const seen: string[] = [];
    const server = https.createServer(
      { cert: certB.certPem, key: certB.keyPem },
      (request, response) => {
        const { socket } = request;
        seen.push(socket instanceof tls.TLSSocket ? socket.servername || 'none' : 'plain');
        response.end('encrypted');
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => {
      server.close();
      server.closeAllConnections();
    });
    const member: Backend = { ...backend, port: (server.address() as net.AddressInfo).port };
    const clientSsl = [aClientSsl(certA)];

    const caPem = authority.certPem;
    const verified = aServerSsl({ peerCertMode: 'require', caPem, serverName: 'b.test' });
    await serve({ clientSsl, serverSsl: verified }, member);
    expect((await get()).body).toBe('encrypted');
    expect(seen).toEqual(['b.test']);

    await serve({ clientSsl, serverSsl: aServerSsl({ peerCertMode: 'require' }) }, member);
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('verifies the name of the member where the profile says which', async () => {
    const server = https.createServer(
      { cert: certB.certPem, key: certB.keyPem },
      (_request, response) => response.end('encrypted'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => {
      server.close();
      server.closeAllConnections();
    });
    const member: Backend = { ...backend, port: (server.address() as net.AddressInfo).port };
    const required = { peerCertMode: 'require' as const, caPem: authority.certPem };
    const clientSsl = [aClientSsl(certA)];

    const fits = aServerSsl({ ...required, authenticateName: 'b.test' });
    await serve({ clientSsl, serverSsl: fits }, member);
    expect((await get()).body).toBe('encrypted');

    const other = aServerSsl({ ...required, authenticateName: 'c.test' });
    await serve({ clientSsl, serverSsl: other }, member);
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('turns the redirects of members to https and tells clients to stay there', async () => {
    const member = await httpBackend('redirect', (_request, response) => {
      response.writeHead(302, { Location: 'http://a.test/next' }).end();
    });
    cleanup.add(() => member.stop());
    const profile = {
      ...HTTP,
      redirectRewrite: 'all' as const,
      strictTransportSecurity: 'max-age=60; includeSubDomains',
    };
    await serve({ clientSsl: [aClientSsl(certA)], http: profile }, member);

    expect((await get()).headers).toMatchObject({
      location: 'https://a.test/next',
      'strict-transport-security': 'max-age=60; includeSubDomains',
    });
  });

  it('terminates TLS for a virtual server without HTTP', async () => {
    const echo = await tcpBackend('echo', (socket) => socket.pipe(socket));
    cleanup.add(() => echo.stop());
    await dataPlane.apply({
      virtuals: [aVirtual(port, { clientSsl: [aClientSsl(certA)] })],
      pools: [aPool([aMember(echo)])],
    });

    const socket = await handshake({ servername: 'a.test' });
    socket.write('ping');

    expect(String((await once(socket, 'data'))[0])).toBe('ping');
  });

  describe('HTTP/2', () => {
    async function session(): Promise<http2.ClientHttp2Session> {
      const client = http2.connect(`https://127.0.0.1:${port}`, {
        ca: authority.certPem,
        servername: 'a.test',
      });
      cleanup.add(() => client.destroy());
      await once(client, 'connect');
      return client;
    }

    async function request(
      client: http2.ClientHttp2Session,
      headers: http2.OutgoingHttpHeaders,
      body?: Buffer,
    ): Promise<{ status: unknown; body: string; trailers: http2.IncomingHttpHeaders }> {
      const stream = client.request({ ':authority': 'a.test', ...headers });
      let trailers: http2.IncomingHttpHeaders = {};
      let status: unknown;
      let text = '';
      stream.on('response', (head) => (status = head[':status']));
      stream.on('trailers', (fields: http2.IncomingHttpHeaders) => (trailers = fields));
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.end(body);
      await once(stream, 'close');
      return { status, body: text, trailers };
    }

    it('is agreed by ALPN and carried to members as HTTP/1.1', async () => {
      await serve({ clientSsl: [aClientSsl(certA)], http2: true });
      const client = await session();

      const answers = await Promise.all(
        ['/1', '/2', '/3'].map((path) =>
          request(client, { ':path': path, cookie: ['a=1', 'b=2'] }),
        ),
      );

      expect(answers.map(({ body }) => (JSON.parse(body) as { url: string }).url)).toEqual([
        '/1',
        '/2',
        '/3',
      ]);
      expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
        headers: { host: 'a.test', cookie: 'a=1; b=2' },
      });
      expect(dataPlane.virtualState('/T/vs')?.counters).toMatchObject({
        totConns: 1,
        totRequests: 3,
      });
    });

    it('still serves HTTP/1.1 clients', async () => {
      await serve({ clientSsl: [aClientSsl(certA)], http2: true });

      expect((await get({ path: '/old' })).body).toContain('/old');
    });

    it('streams uploads and passes trailers on', async () => {
      const counting = await httpBackend('counting', (incoming, response) => {
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
        incoming.on('end', () => {
          response.writeHead(200, { Trailer: 'X-Sum' });
          response.write('ok');
          response.addTrailers({ 'X-Sum': String(bytes) });
          response.end();
        });
      });
      cleanup.add(() => counting.stop());
      await serve({ clientSsl: [aClientSsl(certA)], http2: true }, counting);

      const answer = await request(
        await session(),
        { ':path': '/up', ':method': 'POST' },
        Buffer.alloc(1_000_000),
      );

      expect(answer).toMatchObject({ status: 200, body: 'ok', trailers: { 'x-sum': '1000000' } });
    });

    it('resets only the stream when no member is available', async () => {
      await dataPlane.apply({
        virtuals: [anHttpVirtual(port, { clientSsl: [aClientSsl(certA)], http2: true })],
        pools: [aPool([])],
      });
      const client = await session();

      await expect(request(client, { ':path': '/' })).rejects.toThrow(/INTERNAL_ERROR/);
      expect(client.destroyed).toBe(false);
    });
  });
});
