// Transactions: all or nothing, in order, with references inside.
import { describe, expect, it } from 'vitest';
import { useEmulator } from './harness.ts';

const harness = useEmulator();

describe('transactions', () => {
  it('queues without checking and applies everything at the commit', async () => {
    const done = await harness.device.transaction([
      [
        'POST',
        'ltm/virtual',
        { name: 'v', destination: '10.1.0.1:80', pool: '/Common/p', profiles: ['/Common/tcp'] },
      ],
      ['POST', 'ltm/pool', { name: 'p', monitor: '/Common/m', members: ['10.1.0.2:80'] }],
      ['POST', 'ltm/monitor/http', { name: 'm' }],
      ['PATCH', 'ltm/pool/~Common~p', { description: 'made here' }],
    ]);

    // The pool's monitor resolves by full path, so forward references hold; the virtual comes first.
    expect(done).toMatchObject({ status: 200, body: { state: 'COMPLETED' } });
    expect((await harness.device.get('ltm/pool/p')).body).toMatchObject({
      description: 'made here',
    });
  });

  it('applies nothing when one command fails', async () => {
    const failed = await harness.device.transaction([
      ['POST', 'ltm/pool', { name: 'new' }],
      ['POST', 'ltm/pool', { name: 'p' }],
    ]);

    expect(failed).toMatchObject({
      status: 409,
      body: {
        message:
          'transaction failed:01020066:3: The requested Pool (/Common/p) already exists in partition Common.',
        apiError: 2,
      },
    });
    expect((await harness.device.get('ltm/pool/new')).status).toBe(404);
  });

  it('lets temporary conflicts pass that are gone at the end', async () => {
    const swapped = await harness.device.transaction([
      [
        'POST',
        'ltm/virtual',
        { name: 'v2', destination: '10.1.0.1:80', profiles: ['/Common/tcp'] },
      ],
      ['DELETE', 'ltm/virtual/v'],
    ]);

    expect(swapped.status).toBe(200);
    expect((await harness.device.get('ltm/virtual-address/10.1.0.1')).status).toBe(200);
  });

  it('still counts a monitor as used that the same transaction takes off its pool', async () => {
    const both = [
      ['PATCH', 'ltm/pool/p', { monitor: 'none' }],
      ['DELETE', 'ltm/monitor/http/m'],
    ] as const;

    const together = await harness.device.transaction(both);
    await harness.device.patch('ltm/pool/p', { monitor: 'none' });
    const alone = await harness.device.delete('ltm/monitor/http/m');

    expect(together.body.message).toBe(
      'transaction failed:01070083:3: Monitor /Common/m is in use.',
    );
    expect(alone.status).toBe(200);
  });

  it('removes a pool together with the monitor it uses', async () => {
    await harness.device.post('ltm/monitor/tcp', { name: 'm2' });
    await harness.device.post('ltm/pool', { name: 'p2', monitor: '/Common/m2' });

    const removed = await harness.device.transaction([
      ['DELETE', 'ltm/pool/p2'],
      ['DELETE', 'ltm/monitor/tcp/m2'],
    ]);

    expect(removed.status).toBe(200);
  });

  it('validates without applying', async () => {
    const checked = await harness.device.transaction([['POST', 'ltm/pool', { name: 'dry' }]], {
      validateOnly: true,
    });

    expect(checked.body).toMatchObject({ state: 'COMPLETED', validateOnly: true });
    expect((await harness.device.get('ltm/pool/dry')).status).toBe(404);
  });

  it('refuses an empty commit, unknown ids and commands', async () => {
    const empty = await harness.device.transaction([]);
    const unknown = await harness.device.patch('transaction/12345', { state: 'VALIDATING' });
    const started = await harness.device.post('transaction', {});
    const saved = await harness.device.call('POST', 'sys/config', {
      body: { command: 'save' },
      headers: { 'X-F5-REST-Coordination-Id': String(started.body.transId) },
    });

    expect(empty.body.message).toContain('there is no command to commit in the transaction');
    expect(unknown.status).toBe(404);
    expect(saved.status).toBe(400);
  });

  it('shows, reorders and removes queued commands; reads run at once', async () => {
    const started = await harness.device.post('transaction', {});
    const id = String(started.body.transId);
    const headers = { 'X-F5-REST-Coordination-Id': id };
    await harness.device.call('PATCH', 'ltm/pool/ordered', { headers, body: { description: 'x' } });
    await harness.device.call('POST', 'ltm/pool', { headers, body: { name: 'ordered' } });
    const read = await harness.device.call('GET', 'ltm/pool/ordered', { headers });
    await harness.device.patch(`transaction/${id}/commands/2`, { evalOrder: 1 });
    const commands = await harness.device.get(`transaction/${id}/commands`);
    const done = await harness.device.patch(`transaction/${id}`, { state: 'VALIDATING' });

    expect(read.status).toBe(404);
    expect(commands.body.items.map(({ commandId }) => commandId)).toEqual([2, 1]);
    expect(done.status).toBe(200);
  });
});
