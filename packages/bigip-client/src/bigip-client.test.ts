import { createManualClock, createSeededRandom } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import {
  login,
  scriptedDevice,
  TOKEN_TIMEOUT_SECONDS,
  type Reply,
  type ScriptedDevice,
} from '../test/scripted-device.ts';
import { BigIpClient } from './bigip-client.ts';

const BUSY: Reply = [
  503,
  { code: 503, message: 'There is an active asynchronous task executing.', apiError: 32964609 },
];
const EXPIRED: Reply = [401, { code: 401, message: 'X-F5-Auth-Token does not exist.' }];
const POOL = { name: 'p', partition: 'T' };
const STARTED: Reply = [200, { transId: 17, state: 'STARTED' }];
const QUEUED: Reply = [200, { commandId: 1 }];
const COMPLETED: Reply = [200, { transId: 17, state: 'COMPLETED' }];
const GONE: Reply = [404, { code: 404, message: 'Transaction 17 not found', apiError: 1 }];

function connect(replies: readonly Reply[], logins?: readonly Reply[]) {
  const clock = createManualClock();
  const device: ScriptedDevice = scriptedDevice(replies, logins);
  const client = new BigIpClient({
    host: 'bigip.test',
    username: 'admin',
    password: 'secret-password',
    tls: {},
    clock,
    random: createSeededRandom(1),
    http: device.http,
    retry: { attempts: 3, backoff: { initialMs: 100, maxMs: 1000 } },
  });
  /** Lets simulated time pass until the work is settled. */
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const watched = work.finally(() => (done = true));
    watched.catch(() => undefined);
    await clock.advanceUntil(() => done);
    return watched;
  };
  return { clock, device, client, settle };
}

describe('session', () => {
  it('logs in once and uses the token', async () => {
    const { device, client } = connect([
      [200, { items: [] }],
      [200, {}],
    ]);

    await Promise.all([client.list('/ltm/pool'), client.get('/sys/version')]);

    expect(
      device.asked.map(({ path }) => path).filter((path) => path.includes('login')),
    ).toHaveLength(1);
    expect(device.asked[1]?.headers['x-f5-auth-token']).toBe('T1');
    expect(device.asked[0]?.body).toMatchObject({ loginProviderName: 'tmos' });
  });

  it('logs in again before the token expires', async () => {
    const { device, client, clock } = connect([
      [200, {}],
      [200, {}],
    ]);

    await client.get('/a');
    await clock.advance(TOKEN_TIMEOUT_SECONDS * 1000 * 0.95);
    await client.get('/b');

    expect(device.asked.at(-1)?.headers['x-f5-auth-token']).toBe('T2');
  });

  it('logs in again once when the token is refused, and repeats the request', async () => {
    const { device, client } = connect([EXPIRED, [200, POOL]]);

    await client.create('/ltm/pool', POOL);

    expect(device.calls()).toEqual(['POST /ltm/pool', 'POST /ltm/pool']);
    expect(device.asked.at(-1)?.headers['x-f5-auth-token']).toBe('T2');
  });

  it('gives up when the new token is refused as well', async () => {
    const { client } = connect([EXPIRED, EXPIRED]);

    await expect(client.get('/a')).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('falls back to Basic authentication where tokens are unknown', async () => {
    const invalid: Reply = [400, { code: 400, message: 'loginProviderName is invalid.' }];
    const { device, client } = connect([[200, {}]], [invalid]);

    await client.get('/a');

    expect(device.asked.at(-1)?.headers['authorization']).toMatch(/^Basic /);
  });

  it('clears its old tokens when the account has too many', async () => {
    const full: Reply = [400, { message: 'user ops has reached maximum active login tokens' }];
    const { device, client } = connect([[200], [200, {}]], [full, login('T9')]);

    await client.get('/a');

    expect(device.calls()[0]).toBe('DELETE /mgmt/shared/authz/tokens');
    expect(device.asked.at(-1)?.headers['x-f5-auth-token']).toBe('T9');
  });

  it('names neither password nor token in an error', async () => {
    const wrong: Reply = [401, { code: 401, message: 'Authentication failed.' }];
    const { client } = connect([], [wrong]);

    const error: unknown = await client.get('/a').catch((reason: unknown) => reason);

    expect(error).toMatchObject({ kind: 'unauthenticated' });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret-password');
  });

  it('gives the token back when it closes', async () => {
    const { device, client } = connect([[200, {}], [200]]);

    await client.get('/a');
    await client.close();

    expect(device.calls().at(-1)).toBe('DELETE /mgmt/shared/authz/tokens/T1');
  });
});

describe('requests', () => {
  it('wait and repeat while the device is busy', async () => {
    const { device, client, settle } = connect([BUSY, BUSY, [200, POOL]]);

    await settle(client.create('/ltm/pool', POOL));

    expect(device.calls()).toHaveLength(3);
  });

  it('stop repeating after the agreed number of tries', async () => {
    const { device, client, settle } = connect([BUSY, BUSY, BUSY, BUSY]);

    await expect(settle(client.create('/ltm/pool', POOL))).rejects.toMatchObject({
      kind: 'not_ready',
    });
    expect(device.calls()).toHaveLength(3);
  });

  it('repeat what never left', async () => {
    const { client, settle } = connect(['refused', [200, POOL]]);

    await expect(settle(client.create('/ltm/pool', POOL))).resolves.toEqual(POOL);
  });

  it('repeat a read whose answer was lost', async () => {
    const { client, settle } = connect(['reset', [200, POOL]]);

    await expect(settle(client.get('/ltm/pool/~T~p'))).resolves.toEqual(POOL);
  });

  it.each(['reset', 'silence'] as const)('never repeat a write after %s', async (what) => {
    const { device, client, settle } = connect([what, [200, POOL]]);

    await expect(settle(client.create('/ltm/pool', POOL))).rejects.toMatchObject({
      kind: 'unknown_outcome',
    });
    expect(device.calls()).toHaveLength(1);
  });

  it('tell the device’s own words', async () => {
    const message = '01070333:3: Virtual Server /T/a illegally shares destination address';
    const { client } = connect([[400, { code: 400, message, apiError: 3 }]]);

    await expect(client.create('/ltm/virtual', {})).rejects.toMatchObject({
      kind: 'refused',
      deviceMessage: message,
      mcpCode: '01070333',
      request: 'POST /mgmt/tm/ltm/virtual',
    });
  });

  it('end with the caller’s reason', async () => {
    const { client } = connect([BUSY, BUSY]);
    const controller = new AbortController();
    const pending = client.get('/a', controller.signal);
    pending.catch(() => undefined);

    controller.abort(new Error('enough'));

    await expect(pending).rejects.toThrow('enough');
  });

  it('read collections by partition, expanded', async () => {
    const { device, client } = connect([
      [200, { items: [POOL] }],
      [200, {}],
    ]);

    expect(await client.list('/ltm/pool', { partition: 'T', expand: true })).toEqual([POOL]);
    expect(await client.list('/ltm/pool')).toEqual([]);
    expect(device.calls()[0]).toBe(
      'GET /ltm/pool?$filter=partition%20eq%20T&expandSubcollections=true',
    );
  });
});

describe('transactions', () => {
  const commands = [
    { method: 'POST', path: '/ltm/pool', body: POOL },
    { method: 'DELETE', path: '/ltm/pool/~T~old' },
  ] as const;

  it('queue commands under the transaction and commit once, outside of it', async () => {
    const { device, client } = connect([STARTED, QUEUED, QUEUED, COMPLETED]);

    await client.transaction(commands);

    const ids = device.asked.slice(1).map(({ headers }) => headers['x-f5-rest-coordination-id']);
    expect(ids).toEqual([undefined, '17', '17', undefined]);
    expect(device.asked.at(-1)).toMatchObject({ method: 'PATCH', body: { state: 'VALIDATING' } });
  });

  it('survive a token that expires in the middle', async () => {
    const { device, client } = connect([STARTED, QUEUED, EXPIRED, QUEUED, EXPIRED, COMPLETED]);

    await client.transaction(commands);

    expect(device.calls().filter((call) => call === 'POST /transaction')).toHaveLength(1);
  });

  it('start anew when it is unsure whether a command was queued', async () => {
    const { device, client, settle } = connect([
      STARTED,
      'reset',
      [200],
      STARTED,
      QUEUED,
      QUEUED,
      COMPLETED,
    ]);

    await settle(client.transaction(commands));

    expect(device.calls().slice(2, 4)).toEqual(['DELETE /transaction/17', 'POST /transaction']);
  });

  it('start anew when the device has forgotten it before the commit', async () => {
    const { device, client } = connect([
      STARTED,
      QUEUED,
      QUEUED,
      GONE,
      STARTED,
      QUEUED,
      QUEUED,
      COMPLETED,
    ]);

    await client.transaction(commands);

    expect(device.calls().filter((call) => call === 'PATCH /transaction/17')).toHaveLength(2);
  });

  it('ask what became of a commit whose answer was lost, and do not repeat one that landed', async () => {
    const { device, client, settle } = connect([STARTED, QUEUED, QUEUED, 'reset', COMPLETED]);

    await settle(client.transaction(commands));

    expect(device.calls().at(-1)).toBe('GET /transaction/17');
  });

  it('repeat a commit that never arrived', async () => {
    const { device, client, settle } = connect([
      STARTED,
      QUEUED,
      QUEUED,
      'silence',
      STARTED,
      COMPLETED,
    ]);

    await settle(client.transaction(commands));

    expect(device.calls().slice(-3)).toEqual([
      'PATCH /transaction/17',
      'GET /transaction/17',
      'PATCH /transaction/17',
    ]);
  });

  it('say so when nobody can tell what became of the commit', async () => {
    const { client, settle } = connect([STARTED, QUEUED, QUEUED, 'reset', GONE]);

    await expect(settle(client.transaction(commands))).rejects.toMatchObject({
      kind: 'unknown_outcome',
    });
  });

  it('report a commit that failed behind a lost answer', async () => {
    const failed: Reply = [200, { state: 'FAILED', failureReason: '01070333:3: shares' }];
    const { client, settle } = connect([STARTED, QUEUED, QUEUED, 'reset', failed]);

    await expect(settle(client.transaction(commands))).rejects.toMatchObject({
      kind: 'refused',
      deviceMessage: '01070333:3: shares',
    });
  });

  it('report the refusal of any of their commands', async () => {
    const message = 'transaction failed:01020036:3: The requested Pool (/T/old) was not found.';
    const { client } = connect([
      STARTED,
      QUEUED,
      QUEUED,
      [404, { code: 404, message, apiError: 2 }],
    ]);

    await expect(client.transaction(commands)).rejects.toMatchObject({ kind: 'absent' });
  });
});
