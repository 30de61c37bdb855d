// What is not load balancing goes to the real Neutron and back: as it came, as a stream, and without outliving either side.
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  type Server,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startNetworkApi, type NetworkApi } from '../lbaas-v2/support/network-api.ts';

let n: NetworkApi;
let neutron: Server;
let port: number;
const listen = async (at: number): Promise<void> => {
  neutron.listen(at, '127.0.0.1');
  await once(neutron, 'listening');
  port = (neutron.address() as AddressInfo).port;
};
const close = async (): Promise<void> => {
  neutron.close();
  neutron.closeAllConnections();
  if (neutron.listening) await once(neutron, 'close');
};
beforeAll(async () => {
  neutron = createServer();
  await listen(0);
  n = await startNetworkApi({ proxyUrl: `http://127.0.0.1:${port}/v2.0/` });
});
beforeEach(async () => {
  if (!neutron.listening) await listen(port);
});
afterEach(() => {
  neutron.removeAllListeners('request');
});
afterAll(async () => {
  await n.api.stop();
  await close();
});

const neutronAnswers = (listener: RequestListener): void => {
  neutron.on('request', listener);
};
const open = (path: string, options: RequestOptions = {}): ClientRequest =>
  // Not as part of the URL, whose parser would rewrite it.
  httpRequest(n.api.networkUrl ?? '', { agent: false, path, ...options });
const answerTo = async (request: ClientRequest): Promise<IncomingMessage> => {
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
};
async function exchange(path: string, options: RequestOptions = {}, body?: string) {
  const request = open(path, options);
  request.end(body);
  const answer = await answerTo(request);
  return { answer, body: await text(answer) };
}
/** The bytes of a file that fits into no buffer on the way. */
function* bytes(megabytes: number): Generator<Buffer> {
  for (let index = 0; index < megabytes * 16; index += 1) yield Buffer.alloc(65_536, index);
}
const digest = async (stream: Readable): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(stream, hash);
  return hash.digest('hex');
};
const noAnswer = {
  NeutronError: {
    type: expect.any(String) as string,
    message: 'The network service does not answer.',
    detail: '',
  },
};

describe('a request', () => {
  it('arrives with its method, path, query, headers and body', async () => {
    let got: { method?: string; url?: string; raw: string[]; body: string } | undefined;
    neutronAnswers((request, response) => {
      void text(request).then((body) => {
        got = { method: request.method!, url: request.url!, raw: request.rawHeaders, body };
        response.end();
      });
    });
    const path =
      "/v2.0/networks.json?fields=id&fields=name&name=a%20b+c%2F&tags=%C3%A4&empty=&q=['|']";

    await exchange(
      path,
      {
        method: 'PUT',
        headers: {
          'x-auth-token': 'whoever',
          'x-repeated': ['one', 'two'],
          'content-type': 'text/x-anything; charset=x',
          'x-forwarded-for': '192.0.2.7',
        },
      },
      'not { json',
    );

    expect(got).toMatchObject({ method: 'PUT', url: path, body: 'not { json' });
    const headers = new Map<string, string[]>();
    for (let index = 0; index < got!.raw.length; index += 2) {
      const name = got!.raw[index]!.toLowerCase();
      headers.set(name, [...(headers.get(name) ?? []), got!.raw[index + 1]!]);
    }
    expect(headers.get('x-auth-token')).toEqual(['whoever']);
    expect(headers.get('x-repeated')?.join(', ')).toBe('one, two');
    expect(headers.get('content-type')).toEqual(['text/x-anything; charset=x']);
    expect(headers.get('host')).toEqual([new URL(n.api.networkUrl ?? '').host]);
    expect(headers.get('x-forwarded-for')).toEqual(['192.0.2.7, 127.0.0.1']);
    expect(headers.get('x-forwarded-proto')).toEqual(['http']);
  });

  it.each([
    ['GET', '/', '/'],
    ['GET', '/v2.0', '/v2.0'],
    ['GET', '/networking/v2.0/ports?x=1', '/v2.0/ports?x=1'],
    ['PATCH', '/v2.0/lbaas-other', '/v2.0/lbaas-other'],
    ['DELETE', '/v2.0/subnets/5.json', '/v2.0/subnets/5.json'],
    ['OPTIONS', '/v2.0/ports', '/v2.0/ports'],
    ['GET', '/v2.0/a/../%2e%2e//b', '/v2.0/a/../%2e%2e//b'],
    ['GET', 'absolute:/v2.0/ports?x=1', '/v2.0/ports?x=1'],
  ])('%s %s is passed on as %s', async (method, path, seen) => {
    neutronAnswers((request, response) => response.end(`${request.method} ${request.url}`));
    const target = path.replace('absolute:', 'http://neutron.example');

    const { answer, body } = await exchange(target, { method });

    expect([answer.statusCode, body]).toEqual([200, `${method} ${seen}`]);
  });

  it('with a content type that is none is passed on too', async () => {
    neutronAnswers((request, response) => response.end(request.headers['content-type']));

    const headers = { 'content-type': ';;' };
    const { body } = await exchange('/v2.0/networks', { method: 'POST', headers }, '{}');

    expect(body).toBe(';;');
  });

  it('leaves behind what belongs to the connection', async () => {
    let seen: string[] = [];
    neutronAnswers((request, response) => {
      seen = Object.keys(request.headers);
      response.writeHead(200, {
        ...{ connection: 'x-up', 'x-up': '1', 'keep-alive': 'timeout=77', 'x-stays': '1' },
        ...{ 'proxy-authenticate': 'Basic' },
      });
      response.end();
    });

    const { answer } = await exchange('/v2.0/ports', {
      headers: {
        ...{ connection: 'close, X-Down', 'x-down': '1', 'keep-alive': '5', 'x-stays': '1' },
        ...{ te: 'trailers', 'proxy-authorization': 'Basic x', 'proxy-connection': 'close' },
      },
    });

    expect(seen).toContain('x-stays');
    for (const name of ['x-down', 'keep-alive', 'te', 'proxy-authorization', 'proxy-connection']) {
      expect(seen).not.toContain(name);
    }
    expect(answer.headers).toMatchObject({ 'x-stays': '1' });
    expect(answer.headers).not.toHaveProperty('x-up');
    expect(answer.headers).not.toHaveProperty('proxy-authenticate');
    expect(answer.headers['keep-alive']).not.toBe('timeout=77');
  });
});

describe('an answer', () => {
  it.each([
    [409, 'Conflict', '{"NeutronError": {"type": "InUse", "message": "ä", "detail": ""}}'],
    [401, 'Unauthorized', '{"error": {"code": 401}}'],
    [500, 'Oops', '<html>broken'],
    [300, 'Multiple Choices', '{"versions": []}'],
    [204, 'No Content', ''],
    [304, 'Not Modified', ''],
  ])('%d %s comes as it is, with repeated headers', async (status, reason, body) => {
    neutronAnswers((_request, response) => {
      const headers = { 'set-cookie': ['a=1', 'b=2'], 'x-openstack-request-id': 'req-theirs' };
      response.writeHead(status, reason, { ...headers, 'content-type': 'application/x-theirs' });
      response.end(body);
    });

    const { answer, body: got } = await exchange('/v2.0/ports');

    expect([answer.statusCode, answer.statusMessage, got]).toEqual([status, reason, body]);
    expect(answer.headers).toMatchObject({
      'set-cookie': ['a=1', 'b=2'],
      'content-type': 'application/x-theirs',
      'x-openstack-request-id': 'req-theirs',
    });
  });

  it('to HEAD has the length of a body and no body', async () => {
    neutronAnswers((_request, response) => response.writeHead(200, { 'content-length': 7 }).end());

    const { answer, body } = await exchange('/v2.0/ports', { method: 'HEAD' });

    expect([answer.statusCode, answer.headers['content-length'], body]).toEqual([200, '7', '']);
  });
});

describe('bodies', () => {
  it.each([
    ['chunked', {}],
    ['of known length', { 'content-length': 24 * 1024 * 1024 }],
  ])('larger than any limit here, %s, go through both ways', async (_what, headers) => {
    neutronAnswers((request, response) => {
      response.writeHead(200, headers);
      request.pipe(response);
    });
    const request = open('/v2.0/big', { method: 'POST', headers });
    const sent = pipeline(Readable.from(bytes(24)), request);

    const answer = await answerTo(request);
    const [received] = await Promise.all([digest(answer), sent]);

    expect(received).toBe(await digest(Readable.from(bytes(24))));
    const { 'content-length': length } = headers as { 'content-length'?: number };
    expect(answer.headers['content-length']).toBe(length?.toString());
  });

  it('are not held back: each piece arrives before the next is sent', async () => {
    neutronAnswers((request, response) => {
      request.on('data', (piece: Buffer) => response.write(`<${piece.toString()}>`));
      request.on('end', () => response.end());
    });
    const request = open('/v2.0/talk', { method: 'POST' });

    request.write('one');
    const answer = await answerTo(request);
    const [first] = (await once(answer, 'data')) as [Buffer];
    request.write('two');
    const [second] = (await once(answer, 'data')) as [Buffer];
    request.end();
    await once(answer, 'end');

    expect([first.toString(), second.toString()]).toEqual(['<one>', '<two>']);
  });

  it('are waited for: a reader that stops, stops Neutron', async () => {
    let written = 0;
    neutronAnswers((_request, response) => {
      const source = Readable.from(bytes(64));
      source.on('data', (piece: Buffer) => (written += piece.length));
      source.pipe(response);
    });
    const request = open('/v2.0/big');
    request.end();
    const answer = await answerTo(request);
    // Paused, as nobody reads; full once Neutron's side has stood still for a while.
    await expect.poll(() => written, { interval: 100 }).toBeGreaterThan(0);
    let before = -1;
    await expect
      .poll(
        () => {
          const stands = written === before;
          before = written;
          return stands;
        },
        { interval: 200, timeout: 10_000 },
      )
      .toBe(true);

    expect(written).toBeLessThan(48 * 1024 * 1024);
    answer.destroy();
  });
});

describe('when Neutron', () => {
  it('is away, the client is told so, and served again later', async () => {
    await close();
    const { answer, body } = await exchange('/v2.0/ports');

    expect(answer.statusCode).toBe(503);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual(noAnswer);

    await listen(port);
    neutronAnswers((_request, response) => response.end('back'));
    expect((await exchange('/v2.0/ports')).body).toBe('back');
  });

  it('hangs up without an answer, that is a bad gateway', async () => {
    neutronAnswers((request) => request.socket.destroy());

    const { answer, body } = await exchange('/v2.0/ports', { method: 'POST' }, '{}');

    expect(answer.statusCode).toBe(502);
    expect(JSON.parse(body)).toEqual(noAnswer);
  });

  it('hangs up within an answer, the answer does not look whole', async () => {
    neutronAnswers((request, response) => {
      response.write('half', () => request.socket.destroy());
    });
    const request = open('/v2.0/ports');
    request.end();

    await expect(text(await answerTo(request))).rejects.toThrow('aborted');
  });

  it('refuses before the body is there, the refusal arrives', async () => {
    neutronAnswers((_request, response) => response.writeHead(413).end('too much'));
    const request = open('/v2.0/ports', { method: 'POST' });
    request.write('first of many');

    const answer = await answerTo(request);

    expect([answer.statusCode, await text(answer)]).toEqual([413, 'too much']);
    request.destroy();
  });
});

describe('a client that goes away', () => {
  const gone = (): Promise<string> =>
    new Promise((resolve) => {
      neutronAnswers((request, response) => {
        if (request.url === '/v2.0/begun') response.write('first');
        response.once('close', () => resolve(response.writableFinished ? 'finished' : 'aborted'));
        request.resume();
      });
    });

  it.each(['before the answer', 'within its own body'])('%s, ends it at Neutron', async (when) => {
    const end = gone();
    const arrived = once(neutron, 'request');
    const request = open('/v2.0/slow', { method: 'POST' });
    request.once('error', () => undefined);
    if (when === 'before the answer') request.end('{}');
    else request.write('{');
    await arrived;

    request.destroy();

    expect(await end).toBe('aborted');
  });

  it('within the answer, ends it at Neutron', async () => {
    const end = gone();
    const request = open('/v2.0/begun');
    request.end();
    const answer = await answerTo(request);
    answer.once('error', () => undefined);

    answer.destroy();

    expect(await end).toBe('aborted');
  });
});

it('a client that asks before it sends is told to go on, once', async () => {
  neutronAnswers((request, response) => {
    void text(request).then((body) => response.end(`${request.headers.expect ?? 'none'} ${body}`));
  });
  const { hostname, port: at } = new URL(n.api.networkUrl ?? '');
  const socket = connect(Number(at), hostname);
  socket.write(
    'POST /v2.0/ports HTTP/1.1\r\nHost: x\r\nConnection: close\r\n' +
      'Expect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  );
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.write('{}');

  expect(first.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  const rest = await text(socket);
  expect(rest).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(rest).toContain('none {}');
});
