// The side door: request log, faults, wipe.
import { afterEach, describe, expect, it } from 'vitest';
import { useEmulator } from './harness.ts';

const harness = useEmulator();

afterEach(async () => {
  await harness.device.control('DELETE', '/faults');
});

const fault = (body: unknown) => harness.device.control('POST', '/faults', body);

describe('the request log', () => {
  it('counts requests since it was cleared', async () => {
    await harness.device.control('DELETE', '/requests');
    await harness.device.get('ltm/pool');
    await harness.device.get('ltm/pool/none');

    const log = await harness.device.control('GET', '/requests');

    expect(log.body.total).toBe(2);
    expect(log.body.requests).toMatchObject([
      { method: 'GET', path: '/mgmt/tm/ltm/pool', status: 200 },
      { method: 'GET', path: '/mgmt/tm/ltm/pool/none', status: 404 },
    ]);
  });
});

describe('requests by client', () => {
  it('adds up and narrows', async () => {
    await harness.device.control('DELETE', '/requests');
    for (const agent of ['one', 'two', 'one']) {
      await harness.device.call('GET', 'ltm/pool', { headers: { 'user-agent': agent } });
    }
    await harness.device.call('GET', 'ltm/node', { headers: { 'user-agent': 'one' } });

    const log = await harness.device.control('GET', '/requests?agent=one&path=/mgmt/tm/ltm/pool');

    expect(log.body.total).toBe(4);
    expect(log.body.requests).toHaveLength(2);
    expect(log.body['clients']).toMatchObject([
      { client: '127.0.0.1', agent: 'one', requests: 3 },
      { client: '127.0.0.1', agent: 'two', requests: 1 },
    ]);
  });
});

describe('faults', () => {
  it.each([
    [{ kind: 'nonsense' }, 'kind: must be one of'],
    [{ kind: 'latency' }, 'duration_ms: must be set for latency'],
    [{ kind: 'unavailable', count: 0 }, 'count: must be an integer of at least 1'],
    [{ kind: 'unavailable', match: { path: '(' } }, 'match.path: must be a regular expression'],
    [{ kind: 'unavailable', often: true }, 'often: must be left out'],
  ])('refuses %j naming the field', async (body, message) => {
    const reply = await fault(body);

    expect(reply.status).toBe(400);
    expect(reply.body.error).toContain(message);
  });

  it('is busy with and without a page, for the requests it matches, as often as asked', async () => {
    await fault({
      kind: 'unavailable',
      match: { method: 'GET', path: '/ltm/pool' },
      count: 1,
      after: 1,
    });
    await fault({ kind: 'unavailable', match: { path: '/ltm/node' }, with_body: false });

    const first = await harness.device.get('ltm/pool');
    const second = await harness.device.get('ltm/pool');
    const third = await harness.device.get('ltm/pool');
    const bare = await harness.device.get('ltm/node');

    expect([first.status, second.status, third.status]).toEqual([200, 503, 200]);
    expect(second.body).toContain('<html>');
    expect(bare).toMatchObject({ status: 503, body: '' });
  });

  it('resets the connection before or after the operation took effect', async () => {
    await fault({ kind: 'reset-before', match: { method: 'POST' }, count: 1 });
    await expect(harness.device.post('ltm/pool', { name: 'before' })).rejects.toThrow();
    await fault({ kind: 'reset-after', match: { method: 'POST' }, count: 1 });
    await expect(harness.device.post('ltm/pool', { name: 'after' })).rejects.toThrow();

    expect((await harness.device.get('ltm/pool/before')).status).toBe(404);
    expect((await harness.device.get('ltm/pool/after')).status).toBe(200);
  });

  it('refuses the n-th command of a transaction, or the commit', async () => {
    const writes = [
      ['POST', 'ltm/pool', { name: 't1' }],
      ['POST', 'ltm/pool', { name: 't2' }],
    ] as const;
    await fault({
      kind: 'refuse-transaction',
      command: 2,
      count: 1,
      message: '01070734:3: Configuration error: no',
    });

    const refused = await harness.device.transaction(writes);
    const retried = await harness.device.transaction(writes);

    expect(refused.body.message).toBe('transaction failed:01070734:3: Configuration error: no');
    expect(retried.status).toBe(200);
  });

  it('expires every token in the middle of work', async () => {
    const session = await harness.device.call('POST', '/mgmt/shared/authn/login', {
      body: { username: 'admin', password: 'secret', loginProviderName: 'tmos' },
    });
    const headers = { 'X-F5-Auth-Token': session.body.token.token };
    await fault({ kind: 'expire-tokens', count: 1, match: { path: '/ltm/' } });

    expect((await harness.device.call('GET', 'sys/version', { headers })).status).toBe(200);
    expect((await harness.device.call('GET', 'ltm/pool', { headers })).status).toBe(401);
  });

  it('looks as if mcpd restarts, for a while', async () => {
    await harness.device.post('ltm/pool', { name: 'there' });
    await fault({ kind: 'mcpd-restart', count: 2 });

    const object = await harness.device.get('ltm/pool/~Common~there');
    const collection = await harness.device.get('ltm/pool');
    const after = await harness.device.get('ltm/pool/~Common~there');

    expect(object.status).toBe(404);
    expect(collection).toMatchObject({ status: 500, body: { apiError: 32768001 } });
    expect(after.status).toBe(200);
  });

  it('is busy with a task, or not registered yet, in the words of the layer', async () => {
    await fault({ kind: 'active-task', count: 1 });
    const busy = await harness.device.get('ltm/pool');
    await fault({ kind: 'not-registered', count: 1 });
    const starting = await harness.device.get('ltm/pool');

    expect(busy).toMatchObject({
      status: 503,
      body: { apiError: 32964609, message: 'There is an active asynchronous task executing.' },
    });
    expect(starting.status).toBe(404);
    expect(starting.body.message).toContain('not registered');
    expect(starting.body).not.toHaveProperty('apiError');
  });

  it('refuses connections while the device is down', async () => {
    await fault({ kind: 'device-down' });
    await expect(harness.device.get('sys/version')).rejects.toThrow();
    await harness.device.control('DELETE', '/faults');

    expect((await harness.device.get('sys/version')).status).toBe(200);
  });
});

describe('wipe', () => {
  it('leaves a fresh device', async () => {
    await harness.device.post('auth/partition', { name: 'GONE' });
    await harness.device.control('POST', '/wipe');

    expect((await harness.device.get('auth/partition/GONE')).status).toBe(404);
    expect((await harness.device.get('auth/partition/Common')).status).toBe(200);
  });
});
