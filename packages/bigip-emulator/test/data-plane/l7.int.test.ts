// LTM policies, iRules and the http profile over real sockets.
import type * as http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataPlane, LtmPolicy, VirtualServer } from '../../src/data-plane/contract.ts';
import {
  aMember,
  anHttpVirtual,
  aPool,
  ask,
  aVirtual,
  Cleanup,
  freePort,
  HTTP,
  httpBackend,
  newDataPlane,
  rawExchange,
  tcpBackend,
  type Backend,
} from './fixtures.ts';

type Fields = Record<string, unknown>;

function aPolicy(
  rules: { conditions?: Fields[]; actions: Fields[] }[],
  strategy: LtmPolicy['strategy'] = 'first-match',
): LtmPolicy {
  return {
    path: '/T/policy',
    strategy,
    rules: rules.map(({ conditions = [], actions }, i) => ({
      name: `rule${i}`,
      ordinal: i,
      conditions: conditions.map((fields) => ({ request: true, present: true, ...fields })),
      actions: actions.map((fields) => ({ request: true, code: 0, status: 0, ...fields })),
    })),
  };
}

const toOther = { forward: true, select: true, pool: '/T/other' };

describe('layer 7', () => {
  const cleanup = new Cleanup();
  let dataPlane: DataPlane;
  let port: number;
  let main: Backend;
  let other: Backend;
  let seen: http.IncomingMessage[];

  beforeEach(async () => {
    seen = [];
    dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    port = await freePort();
    main = await httpBackend('main', (request, response) => {
      seen.push(request);
      response.setHeader('Set-Cookie', 'APP=Session1; Path=/');
      response.setHeader('X-Server', 'main');
      response.end('main');
    });
    other = await httpBackend('other');
    cleanup.add(() => main.stop());
    cleanup.add(() => other.stop());
  });
  afterEach(() => cleanup.run());

  async function serve(virtual: Partial<VirtualServer>): Promise<void> {
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port, virtual)],
      pools: [aPool([aMember(main)]), aPool([aMember(other)], { path: '/T/other' })],
    });
  }

  describe('a policy condition', () => {
    const host = { httpHost: true, host: true };
    const cases: [string, Fields, Parameters<typeof ask>[1], string][] = [
      [
        'host equals, ignoring case',
        { ...host, equals: true, values: ['WWW.a.org'] },
        { headers: { Host: 'www.A.org:80' } },
        'other',
      ],
      [
        'host starts with',
        { ...host, startsWith: true, values: ['www.'] },
        { headers: { Host: 'www.a.org' } },
        'other',
      ],
      [
        'host ends with',
        { ...host, endsWith: true, values: ['.org'] },
        { headers: { Host: 'www.a.net' } },
        'main',
      ],
      [
        'host in any of the values',
        { ...host, equals: true, values: ['a.org', 'b.org'] },
        { headers: { Host: 'b.org' } },
        'other',
      ],
      [
        'path starts with',
        { httpUri: true, path: true, startsWith: true, values: ['/api'] },
        { path: '/api/v1?x=1' },
        'other',
      ],
      [
        'path without the query',
        { httpUri: true, path: true, endsWith: true, values: ['v1'] },
        { path: '/api/v1?x=1' },
        'other',
      ],
      [
        'path with case',
        { httpUri: true, path: true, equals: true, caseSensitive: true, values: ['/A'] },
        { path: '/a' },
        'main',
      ],
      [
        'path segment',
        { httpUri: true, pathSegment: true, index: 2, equals: true, values: ['v1'] },
        { path: '/api/v1/x' },
        'other',
      ],
      [
        'file type',
        { httpUri: true, extension: true, equals: true, values: ['jpg'] },
        { path: '/pics/a.jpg?s=1' },
        'other',
      ],
      [
        'query parameter',
        { httpUri: true, queryParameter: true, tmName: 'v', equals: true, values: ['2'] },
        { path: '/?u=1&v=2' },
        'other',
      ],
      [
        'header contains',
        { httpHeader: true, tmName: 'X-Kind', contains: true, values: ['test'] },
        { headers: { 'x-kind': 'a Test b' } },
        'other',
      ],
      [
        'missing header',
        { httpHeader: true, tmName: 'X-Kind', contains: true, values: ['test'] },
        {},
        'main',
      ],
      [
        'inverted missing header',
        { httpHeader: true, tmName: 'X-Kind', equals: true, not: true, values: ['test'] },
        {},
        'other',
      ],
      [
        'header exists',
        { httpHeader: true, tmName: 'X-Kind', exists: true },
        { headers: { 'X-Kind': '' } },
        'other',
      ],
      [
        'cookie equals',
        { httpCookie: true, tmName: 'role', equals: true, values: ['admin'] },
        { headers: { Cookie: 'a=b; role=admin' } },
        'other',
      ],
      [
        'method',
        { httpMethod: true, all: true, equals: true, values: ['PUT'] },
        { method: 'PUT', body: 'x' },
        'other',
      ],
      [
        'inverted',
        { httpUri: true, path: true, equals: true, not: true, values: ['/'] },
        { path: '/' },
        'main',
      ],
      [
        'client network',
        { tcp: true, address: true, matches: true, values: ['127.9.0.0/16'] },
        { localAddress: '127.9.1.1' },
        'other',
      ],
    ];
    it.each(cases)('%s', async (_title, condition, request, answer) => {
      await serve({ policies: [aPolicy([{ conditions: [condition], actions: [toOther] }])] });

      expect((await ask(port, request)).body).toBe(answer);
    });
  });

  it('requires all conditions of a rule and takes the first rule that matches', async () => {
    const path = { httpUri: true, path: true, startsWith: true, values: ['/x'] };
    const header = { httpHeader: true, tmName: 'X-A', equals: true, values: ['1'] };
    await serve({
      policies: [
        aPolicy([
          { conditions: [path, header], actions: [{ forward: true, reset: true }] },
          { conditions: [path], actions: [toOther] },
        ]),
      ],
    });

    expect((await ask(port, { path: '/x' })).body).toBe('other');
    await expect(ask(port, { path: '/x', headers: { 'X-A': '1' } })).rejects.toThrow();
  });

  it('redirects, with a code and with a tcl expression', async () => {
    const redirect = { httpReply: true, redirect: true };
    const isOld = { httpUri: true, path: true, startsWith: true, values: ['/old'] };
    await serve({
      policies: [
        aPolicy([
          {
            conditions: [isOld],
            actions: [{ ...redirect, location: 'tcl:https://new.org[HTTP::uri]', statusCode: 301 }],
          },
          { actions: [{ ...redirect, location: 'https://plain.org/' }] },
        ]),
      ],
    });

    expect(await ask(port, { path: '/old/a?b=1' })).toMatchObject({
      status: 301,
      headers: { location: 'https://new.org/old/a?b=1' },
    });
    expect(await ask(port)).toMatchObject({
      status: 302,
      headers: { location: 'https://plain.org/' },
    });
  });

  it('prefers the most specific rule with best-match and runs all with all-match', async () => {
    const prefix = (value: string) => [
      { httpUri: true, path: true, startsWith: true, values: [value] },
    ];
    const rules = [
      {
        conditions: prefix('/a'),
        actions: [{ httpHeader: true, insert: true, tmName: 'X-R', value: 'short' }],
      },
      {
        conditions: prefix('/a/b'),
        actions: [{ httpHeader: true, insert: true, tmName: 'X-R', value: 'long' }],
      },
    ];

    await serve({ policies: [aPolicy(rules, 'best-match')] });
    await ask(port, { path: '/a/b/c' });
    await serve({ policies: [aPolicy(rules, 'all-match')] });
    await ask(port, { path: '/a/b/c' });

    expect(seen.map((request) => request.headers['x-r'])).toEqual(['long', 'short, long']);
  });

  it('rewrites request and response headers, host and path', async () => {
    await serve({
      policies: [
        aPolicy([
          {
            actions: [
              { httpHost: true, replace: true, value: 'inner.org' },
              { httpUri: true, replace: true, path: '/inner' },
              { httpHeader: true, remove: true, tmName: 'X-Gone' },
              { httpHeader: true, remove: true, tmName: 'X-Server', response: true },
            ],
          },
        ]),
      ],
    });

    const answer = await ask(port, { path: '/outer?q=1', headers: { 'X-Gone': '1' } });

    expect(seen[0]?.url).toBe('/inner?q=1');
    expect(seen[0]?.headers).toMatchObject({ host: 'inner.org' });
    expect(seen[0]?.headers).not.toHaveProperty('x-gone');
    expect(answer.headers).not.toHaveProperty('x-server');
  });

  it('applies the http profile', async () => {
    const http = {
      ...HTTP,
      insertXForwardedFor: true,
      headerInsert: 'X-Extra: yes',
      headerErase: 'X-Secret',
    };
    await serve({ http });

    await ask(port, { headers: { 'X-Secret': 'x' }, localAddress: '127.0.0.9' });

    expect(seen[0]?.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.9', 'x-extra': 'yes' });
    expect(seen[0]?.headers).not.toHaveProperty('x-secret');
  });

  const APP_COOKIE = `when HTTP_REQUEST {
  if { [HTTP::cookie "APP"] ne "" } {
    persist uie [string tolower [HTTP::cookie "APP"]] 3600
  }
}
when HTTP_RESPONSE {
  if { [HTTP::cookie "APP"] ne "" } {
    persist add uie [string tolower [HTTP::cookie "APP"]] 3600
  }
}`;

  it('binds a session by the cookie of the application', async () => {
    const second = await httpBackend('second', (_request, response) => {
      response.setHeader('Set-Cookie', 'APP=Session2');
      response.end('second');
    });
    cleanup.add(() => second.stop());
    const rule = { path: '/T/app_cookie', definition: APP_COOKIE };
    await dataPlane.apply({
      virtuals: [
        anHttpVirtual(port, { persistence: { type: 'universal', rule, timeoutSeconds: 180 } }),
      ],
      pools: [aPool([aMember(main), aMember(second)])],
    });

    const first = await ask(port);
    const session = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const later = await Promise.all(
      [1, 2, 3].map(
        async () => (await ask(port, { headers: { Cookie: session.toUpperCase() } })).body,
      ),
    );

    expect(later).toEqual([first.body, first.body, first.body]);
    expect(dataPlane.virtualState('/T/vs')?.rulesNotExecuted).toEqual([]);
  });

  it('runs rules that insert headers, choose a pool or redirect', async () => {
    const definition = `
      # comment
      when HTTP_REQUEST priority 100 {
        HTTP::header insert "X-Forwarded-Port" [TCP::local_port]
        HTTP::header replace X-Forwarded-Proto "http"
        if { ([HTTP::path] starts_with "/img") && !([HTTP::method] equals "POST") } {
          pool other
        } elseif { [HTTP::uri] eq "/go" } {
          HTTP::redirect "https://[getfield [HTTP::host] ":" 1][HTTP::uri]"
        }
      }`;
    await serve({ rules: [{ path: '/T/rule', definition }] });

    expect((await ask(port, { path: '/img/1' })).body).toBe('other');
    expect(await ask(port, { path: '/go', headers: { Host: 'a.org:99' } })).toMatchObject({
      status: 302,
      headers: { location: 'https://a.org/go' },
    });
    expect((await ask(port)).body).toBe('main');
    expect(seen[0]?.headers).toMatchObject({
      'x-forwarded-port': String(port),
      'x-forwarded-proto': 'http',
    });
  });

  it('refuses clients outside a data group', async () => {
    const definition = `when CLIENT_ACCEPTED {
      if { not [class match [IP::client_addr] equals "[virtual name]_allowed_cidrs"] } { reject }
    }`;
    const records = [{ name: '127.0.1.0/24', data: '' }];
    await serve({
      rules: [{ path: '/Common/allowed_cidrs', definition }],
      dataGroups: { '/T/vs_allowed_cidrs': { type: 'ip', records } },
    });

    expect((await ask(port, { localAddress: '127.0.1.5' })).body).toBe('main');
    await expect(ask(port, { localAddress: '127.0.2.5' })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });

  it('sends the PROXY header of a rule first on the server side', async () => {
    const echo = await tcpBackend('echo', (socket) => {
      socket.once('data', (chunk: Buffer) => socket.end(chunk));
    });
    cleanup.add(() => echo.stop());
    const definition = `when CLIENT_ACCEPTED {
        set header "PROXY TCP[IP::version] [IP::remote_addr] [IP::local_addr] [TCP::remote_port] [TCP::local_port]\\r\\n"
      }
      when SERVER_CONNECTED { TCP::respond $header }`;
    await dataPlane.apply({
      virtuals: [aVirtual(port, { rules: [{ path: '/T/proxy', definition }] })],
      pools: [aPool([aMember(echo)])],
    });

    const reply = await rawExchange(port, 'hello');

    expect(reply).toMatch(new RegExp(`^PROXY TCP4 127.0.0.1 127.0.0.1 \\d+ ${port}\\r\\n`));
  });

  it('reports a rule with an unknown command and runs none of it', async () => {
    const definition = `when HTTP_REQUEST { HTTP::header insert X-R 1; table set a b }`;
    await serve({ rules: [{ path: '/T/table', definition }] });

    await ask(port);

    expect(seen[0]?.headers).not.toHaveProperty('x-r');
    expect(dataPlane.virtualState('/T/vs')?.rulesNotExecuted).toEqual(['/T/table']);
  });
});
