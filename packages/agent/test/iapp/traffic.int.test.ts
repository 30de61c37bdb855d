// What listeners, pools, members, monitors and persistence do to real traffic as application services.
import type { ServiceListener, ServiceMember, ServicePool } from '@f5-lbaas/model';
import { waitFor } from '@f5-lbaas/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Lab } from '../driver/lab.ts';
import { deleted } from '../driver/scenario.ts';
import { certificateAuthority } from '../lbaas/certificates.ts';
import { applyWhole, persistence, soon } from '../lbaas/services.ts';
import { freePort, get, getOverTls, httpBackend, type Backend } from '../lbaas/traffic.ts';
import { ordinary, POOL, service, signal, startIappLab } from './iapp-lab.ts';

let lab: Lab;
let backends: Backend[];
let port: number;

beforeAll(async () => {
  lab = await startIappLab();
  backends = await Promise.all(['one', 'two'].map((name) => httpBackend(name)));
});
beforeEach(async () => {
  port = await freePort();
});
afterEach(async () => {
  await lab.apply(deleted(ordinary()));
});
afterAll(async () => {
  await lab.stop();
  await Promise.all(backends.map((backend) => backend.close()));
});

interface Parts {
  listener?: Partial<ServiceListener>;
  pool?: Partial<ServicePool>;
  members?: Partial<ServiceMember>[];
  monitored?: boolean;
}

const memberAt = (protocol_port: number, more: Partial<ServiceMember> = {}) => ({
  ...{ address: '127.0.0.1', protocol_port },
  ...more,
});
const both = (): Partial<ServiceMember>[] => backends.map((backend) => memberAt(backend.port));

const aWeb = ({ listener = {}, pool = {}, members = both(), monitored = false }: Parts) =>
  service({
    listeners: [{ protocol_port: port, default_pool_id: POOL, ...listener }],
    pools: [pool],
    members,
    healthmonitors: monitored ? [{ delay: 1, timeout: 1, max_retries_down: 1 }] : [],
  });

const apply = (parts: Parts): Promise<void> => applyWhole(lab, aWeb(parts));

async function bodies(count: number, headers: Record<string, string> = {}): Promise<string[]> {
  const found: string[] = [];
  for (let n = 0; n < count; n += 1) found.push((await get(port, { headers })).body);
  return found;
}

const served = (expected: string[], headers: Record<string, string> = {}): Promise<void> =>
  soon(async () => expect(new Set(await bodies(4, headers))).toEqual(new Set(expected)));

it('flows to all members, and no further once the listener is down', async () => {
  await apply({});
  await served(['one', 'two']);
  expect(backends[0]!.requests.at(-1)).not.toHaveProperty('x-forwarded-for');

  await apply({ listener: { admin_state_up: false } });
  await soon(() => expect(get(port)).rejects.toThrow());
});

it('is shared by weight, spared to backups, and kept from members that are down', async () => {
  const [one, two] = both();
  await apply({
    members: [
      { ...one, weight: 3 },
      { ...two, weight: 1 },
    ],
  });
  await soon(async () => {
    const answers = await bodies(8);
    expect(answers.filter((name) => name === 'one')).toHaveLength(6);
  });

  await apply({ members: [{ ...one, backup: true }, two!] });
  await served(['two']);
  await apply({
    members: [
      { ...one, backup: true },
      { ...two, weight: 0 },
    ],
  });
  await served(['one']);
  await apply({ members: [one!, { ...two, admin_state_up: false }] });
  await served(['one']);
});

it('stays with a member by cookie, application cookie and source address', async () => {
  await apply({ pool: persistence('HTTP_COOKIE') });
  let cookie = '';
  await soon(async () => {
    cookie = (await get(port)).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^BIGipServer/);
  });
  const first = (await get(port, { headers: { cookie } })).body;
  await served([first], { cookie });

  await apply({ pool: persistence('APP_COOKIE', { cookie_name: 'J$ESSION' }) });
  await soon(async () => expect((await get(port)).headers).not.toHaveProperty('set-cookie'));
  await soon(async () => expect(new Set(await bodies(4, { cookie: 'J$ESSION=a' })).size).toBe(1));
  await served(['one', 'two']);

  await apply({ pool: persistence('SOURCE_IP') });
  await soon(async () => expect(new Set(await bodies(4)).size).toBe(1));
  await apply({
    pool: persistence('SOURCE_IP', {
      ...{ persistence_timeout: 60, persistence_granularity: '255.255.255.0' },
    }),
  });
  const from = async (address: string) => (await get(port, { from: address })).body;
  await soon(async () => {
    expect(await from('127.0.3.1')).toBe(await from('127.0.3.2'));
    expect(await from('127.0.4.1')).not.toBe(await from('127.0.3.1'));
  });
});

it('of HTTPS passes through untouched', async () => {
  const authority = certificateAuthority('Test CA');
  const { certPem, keyPem } = authority.issue('a.example');
  const secure = await httpBackend('secure', { cert: certPem, key: keyPem });
  await apply({
    listener: { protocol: 'HTTPS' },
    pool: { protocol: 'HTTPS' },
    members: [memberAt(secure.port)],
  });

  await soon(async () => {
    const answer = await getOverTls(port, { ca: authority.certPem, servername: 'a.example' });
    expect(answer).toContain('secure');
  });
  await secure.close();
});

it('avoids members that do not answer, and the health of all of them is told', async () => {
  const wanted = aWeb({ members: [...both(), memberAt(1)], monitored: true });
  await applyWhole(lab, wanted);

  const health = () => lab.driver.pollHealth([wanted], signal());
  await waitFor(
    async () => Object.values((await health()).members ?? {}).join() === 'ONLINE,ONLINE,ERROR',
    {
      what: 'two members up and one down',
    },
  );
  expect(await health()).toMatchObject({
    loadbalancers: { 'lb-1': 'DEGRADED' },
    listeners: { 'lb-1-listener-1': 'DEGRADED' },
    pools: { [POOL]: 'DEGRADED' },
  });
  await served(['one', 'two']);
});

it('needs all monitors of a pool to succeed', async () => {
  const { healthmonitors, ...rest } = aWeb({ monitored: true });
  const [monitor] = healthmonitors;
  const other = { ...monitor!, id: 'lb-1-monitor-2', expected_codes: '503' };
  const wanted = { ...rest, healthmonitors: [monitor!, other] };
  await applyWhole(lab, wanted);

  await waitFor(
    async () => {
      const { members = {} } = await lab.driver.pollHealth([wanted], signal());
      return Object.values(members).join() === 'ERROR,ERROR';
    },
    { what: 'both members down, as no one answers 200 and 503' },
  );
});

it('is counted for its listener', async () => {
  const wanted = aWeb({});
  await applyWhole(lab, wanted);
  await served(['one', 'two']);

  const counted = await lab.driver.pollStatistics([wanted], signal());
  expect(Object.keys(counted)).toEqual(['lb-1-listener-1']);
  expect(counted['lb-1-listener-1']!.total_connections).toBeGreaterThanOrEqual(4);
  expect(counted['lb-1-listener-1']!.bytes_out).toBeGreaterThan(0);
});
