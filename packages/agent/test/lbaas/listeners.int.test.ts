// What listeners, pools, members and persistence do to real traffic.
import type { ServiceListener, ServiceMember, ServicePool } from '@f5-lbaas/model';
import { aService, waitFor } from '@f5-lbaas/testkit';
import { createSocket } from 'node:dgram';
import { connect, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleted } from '../driver/scenario.ts';
import { startLab, type Lab } from '../driver/lab.ts';
import { applyWhole, persistence, soon, TENANT } from './services.ts';
import { freePort, get, httpBackend, tcpBackend, VIP, type Backend } from './traffic.ts';

let lab: Lab;
let backends: Backend[];
let port: number;

beforeAll(async () => {
  lab = await startLab();
  backends = await Promise.all(['one', 'two'].map((name) => httpBackend(name)));
});
beforeEach(async () => {
  port = await freePort();
});
afterEach(async () => {
  await lab.apply(deleted(aService({ tenantId: TENANT, listeners: [{}], pools: [{}] })));
});
afterAll(async () => {
  await lab.stop();
  await Promise.all(backends.map((backend) => backend.close()));
});

interface Parts {
  listener?: Partial<ServiceListener>;
  pool?: Partial<ServicePool>;
  members?: Partial<ServiceMember>[];
}

const both = (): Partial<ServiceMember>[] => backends.map((backend) => memberAt(backend.port));
const memberAt = (protocol_port: number, more: Partial<ServiceMember> = {}) => ({
  ...{ address: '127.0.0.1', protocol_port },
  ...more,
});

async function apply({ listener = {}, pool = {}, members = both() }: Parts): Promise<void> {
  await applyWhole(
    lab,
    aService({
      tenantId: TENANT,
      listeners: [{ protocol_port: port, default_pool_id: 'lb-1-pool-1', ...listener }],
      pools: [pool],
      members,
    }),
  );
}

/** A connection that stays open once the device has passed it on. */
async function held(): Promise<Socket> {
  let socket = new Socket();
  await soon(
    () =>
      new Promise((resolve, reject) => {
        socket = connect({ host: VIP, port });
        socket.once('error', reject);
        socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        socket.once('data', () => resolve());
        socket.once('close', () => reject(new Error('closed')));
      }),
  );
  return socket;
}

/** Something is listening: the device got to it. */
function open(): Promise<void> {
  return soon(
    () =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: VIP, port });
        socket.once('error', reject);
        socket.once('connect', () => socket.destroy());
        socket.once('close', () => resolve());
      }),
  );
}

async function bodies(count: number, headers: Record<string, string> = {}): Promise<string[]> {
  const found: string[] = [];
  for (let n = 0; n < count; n += 1) found.push((await get(port, { headers })).body);
  return found;
}

const countOf = (list: readonly string[], wanted: string): number =>
  list.filter((one) => one === wanted).length;

describe('algorithms and members', () => {
  it('weigh members', async () => {
    const [one, two] = both();
    await apply({
      members: [
        { ...one, weight: 3 },
        { ...two, weight: 1 },
      ],
    });

    await open();
    const answers = await bodies(8);
    expect([countOf(answers, 'one'), countOf(answers, 'two')]).toEqual([6, 2]);
  });

  it('send to a member of weight 0, or one that is down, only what is bound to it', async () => {
    const [one, two] = both();
    await apply({ members: [{ ...one, weight: 0 }, two!] });
    await soon(async () => expect(new Set(await bodies(4))).toEqual(new Set(['two'])));

    await apply({ members: [one!, { ...two, admin_state_up: false }] });
    await soon(async () => expect(new Set(await bodies(4))).toEqual(new Set(['one'])));
  });

  it('use backups when nothing else is left', async () => {
    const [one, two] = both();
    await apply({ members: [{ ...one, backup: true }, two!] });
    await soon(async () => expect(new Set(await bodies(4))).toEqual(new Set(['two'])));

    await apply({
      members: [
        { ...one, backup: true },
        { ...two, weight: 0 },
      ],
    });
    await soon(async () => expect(new Set(await bodies(4))).toEqual(new Set(['one'])));
  });

  it('are probed where their monitor address and port say', async () => {
    const service = aService({
      tenantId: TENANT,
      listeners: [{ protocol_port: port, default_pool_id: 'lb-1-pool-1' }],
      pools: [{}],
      members: [memberAt(1, { monitor_port: backends[0]!.port }), memberAt(backends[1]!.port)],
      healthmonitors: [{ delay: 1, timeout: 1, max_retries_down: 1, expected_codes: '200-204' }],
    });
    await applyWhole(lab, service);

    const poll = async () =>
      (await lab.driver.pollHealth([service], AbortSignal.timeout(5000))).members ?? {};
    await waitFor(async () => Object.values(await poll()).join() === 'ONLINE,ONLINE', {
      what: 'both members to be up, one of which serves nothing at its own port',
    });
  });
});

describe('persistence', () => {
  it('by the device’s own cookie', async () => {
    await apply({ pool: persistence('HTTP_COOKIE') });
    await open();
    const first = await get(port);
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';

    expect(cookie).toMatch(/^BIGipServer/);
    await soon(async () =>
      expect(new Set(await bodies(4, { cookie }))).toEqual(new Set([first.body])),
    );
  });

  it('by an application’s cookie', async () => {
    await apply({ pool: persistence('APP_COOKIE', { cookie_name: 'JSESSIONID' }) });
    await open();
    const headers = { cookie: 'JSESSIONID=abc' };
    const [first = ''] = await bodies(1, headers);

    await soon(async () => expect(new Set(await bodies(4, headers))).toEqual(new Set([first])));
    await soon(async () => expect(new Set(await bodies(4))).toEqual(new Set(['one', 'two'])));
  });

  it('by source address, whole or in part', async () => {
    await apply({ pool: persistence('SOURCE_IP') });
    await soon(async () => expect(new Set(await bodies(4)).size).toBe(1));

    await apply({
      pool: persistence('SOURCE_IP', {
        ...{ persistence_timeout: 60, persistence_granularity: '255.255.255.0' },
      }),
    });
    const from = async (address: string) => (await get(port, { from: address })).body;
    await soon(async () => {
      const [near, nearer] = [await from('127.0.3.1'), await from('127.0.3.2')];
      expect(near).toBe(nearer);
      expect(await from('127.0.4.1')).not.toBe(near);
    });
  });
});

describe('listeners', () => {
  it('serve only the client networks that they allow', async () => {
    await apply({ listener: { allowed_cidrs: ['127.0.9.0/24'] } });

    await soon(() => expect(get(port)).rejects.toThrow());
    await soon(async () => expect((await get(port, { from: '127.0.9.4' })).status).toBe(200));
  });

  it('tell members who the client was', async () => {
    await apply({
      listener: {
        insert_headers: {
          ...{ 'X-Forwarded-For': 'true', 'X-Forwarded-Port': 'true', 'X-Forwarded-Proto': 'true' },
        },
      },
      members: [memberAt(backends[0]!.port)],
    });
    await open();
    await get(port, { from: '127.0.9.4', headers: { 'X-Forwarded-For': 'a lie' } });

    expect(backends[0]!.requests.at(-1)).toMatchObject({
      ...{ 'x-forwarded-for': '127.0.9.4', 'x-forwarded-port': String(port) },
      'x-forwarded-proto': 'http',
    });
  });

  it('do not answer when they are down', async () => {
    await apply({ listener: { admin_state_up: false } });

    await soon(() => expect(get(port)).rejects.toThrow());
  });

  it('take no more connections than their limit', async () => {
    await apply({ listener: { protocol: 'TCP', connection_limit: 1 }, pool: { protocol: 'TCP' } });
    await soon(async () => expect((await get(port)).status).toBe(200));
    const first = await held();

    await soon(() => expect(get(port)).rejects.toThrow());
    first.destroy();
  });

  it('end connections that idle for longer than they allow', async () => {
    await apply({
      listener: { protocol: 'TCP', timeout_client_data: 1000 },
      pool: { protocol: 'TCP' },
    });
    await open();
    const socket = connect({ host: VIP, port });
    const startedMs = Date.now();
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));

    expect(Date.now() - startedMs).toBeGreaterThan(900);
  });

  it('pass datagrams on', async () => {
    const member = createSocket('udp4', (message, from) => {
      member.send(`echo ${message.toString()}`, from.port, from.address);
    });
    await new Promise<void>((resolve) => member.bind(0, '127.0.0.1', resolve));
    await apply({
      listener: { protocol: 'UDP' },
      pool: { protocol: 'UDP' },
      members: [memberAt(member.address().port)],
    });
    const client = createSocket('udp4');
    const answer = new Promise<string>((resolve) =>
      client.once('message', (text) => resolve(text.toString())),
    );
    const again = setInterval(() => client.send('hi', port, VIP), 50);

    expect(await answer).toBe('echo hi');
    clearInterval(again);
    client.close();
    member.close();
  });
});

describe('pools of protocol PROXY', () => {
  it.each([
    ['PROXY', /^PROXY TCP4 127\.0\.9\.4 127\.10\.0\.10 \d+ (\d+)\r\nGET/],

    ['PROXYV2', /^\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c\x7f\0\x09\x04\x7f\x0a\0\x0a[^]{4}GET/],
  ] as const)('%s: say who the client is before anything else', async (protocol, greeting) => {
    const member = await tcpBackend('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await apply({ pool: { protocol }, members: [memberAt(member.port)] });

    await soon(async () => expect((await get(port, { from: '127.0.9.4' })).body).toBe('ok'));
    expect(member.first[0]?.toString('latin1')).toMatch(greeting);
    await member.close();
  });
});
