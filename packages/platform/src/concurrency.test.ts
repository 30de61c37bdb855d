// Retry, locks, limits and deadlines: what everything else builds its promises on.
import { createManualClock, createSeededRandom } from '@f5-lbaas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { createLimiter } from './limiter.ts';
import { mapLimit } from './map-limit.ts';
import { backoffDelayMs, retry } from './retry.ts';

const random = createSeededRandom(3);

describe('retry', () => {
  const backoff = { initialMs: 100, maxMs: 1_000 };

  it('repeats until it works, with growing pauses', async () => {
    const clock = createManualClock(0);
    const startedMs: number[] = [];
    const work = retry(
      (attempt) => {
        startedMs.push(clock.nowMs());
        return attempt < 4 ? Promise.reject(new Error('not yet')) : Promise.resolve(attempt);
      },
      { clock, random, backoff },
    );

    await clock.advance(5_000);

    await expect(work).resolves.toBe(4);
    const pauses = startedMs.slice(1).map((ms, n) => ms - (startedMs[n] ?? 0));
    expect(pauses[0]).toBeLessThanOrEqual(100);
    expect(pauses[2]).toBeGreaterThanOrEqual(200);
  });

  it('gives up what may not be repeated, and after the last attempt', async () => {
    const clock = createManualClock();
    const failing = (options: { maxAttempts?: number; shouldRetry?: () => boolean }) => {
      let attempts = 0;
      const work = retry(
        () => {
          attempts += 1;
          return Promise.reject(new Error(`attempt ${attempts}`));
        },
        { clock, random, backoff, ...options },
      );
      return work.catch((error: unknown) => String(error));
    };
    const never = failing({ shouldRetry: () => false });
    const thrice = failing({ maxAttempts: 3 });

    await clock.advance(10_000);

    await expect(never).resolves.toBe('Error: attempt 1');
    await expect(thrice).resolves.toBe('Error: attempt 3');
  });

  it('stops waiting when its signal fires', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const work = retry(() => Promise.reject(new Error('no')), {
      clock,
      random,
      backoff,
      signal: controller.signal,
    });
    const failed = expect(work).rejects.toThrow('stop');

    await clock.advance(10);
    controller.abort(new Error('stop'));

    await failed;
  });

  it('never pauses longer than the limit, nor less than half the nominal time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (n) => {
        const delayMs = backoffDelayMs({ initialMs: 50, maxMs: 2_000 }, n, random);
        expect(delayMs).toBeLessThanOrEqual(2_000);
        expect(delayMs).toBeGreaterThanOrEqual(25);
      }),
    );
  });
});

describe('keyed lock', () => {
  it('keeps the order of one key and lets other keys pass', async () => {
    const clock = createManualClock();
    const lock = createKeyedLock();
    const log: string[] = [];
    const work = (key: string, name: string, ms: number) =>
      lock.run(key, async () => {
        log.push(`${name} in`);
        await clock.sleep(ms);
        log.push(`${name} out`);
      });

    const all = Promise.all([work('a', 'a1', 100), work('a', 'a2', 10), work('b', 'b1', 50)]);
    await clock.advance(500);
    await all;

    expect(log).toEqual(['a1 in', 'b1 in', 'b1 out', 'a1 out', 'a2 in', 'a2 out']);
    expect(lock.size).toBe(0);
  });

  it('lets a waiter leave without disturbing who waits behind it', async () => {
    const clock = createManualClock();
    const lock = createKeyedLock();
    const controller = new AbortController();
    const ran: string[] = [];
    const first = lock.run('k', () => clock.sleep(100));
    const second = lock.run('k', () => Promise.resolve(ran.push('second')), controller.signal);
    const third = lock.run('k', () => Promise.resolve(ran.push('third')));
    const left = expect(second).rejects.toThrow('left');

    controller.abort(new Error('left'));
    await left;
    await clock.advance(100);
    await Promise.all([first, third]);

    expect(ran).toEqual(['third']);
    expect(lock.size).toBe(0);
  });

  it('is free again after a failure', async () => {
    const lock = createKeyedLock();

    await expect(lock.run('k', () => Promise.reject(new Error('x')))).rejects.toThrow('x');

    await expect(lock.run('k', () => Promise.resolve(1))).resolves.toBe(1);
  });
});

describe('bounded parallelism', () => {
  it('keeps the order of results and never runs more than the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 })),
        fc.integer({ min: 1, max: 4 }),
        async (items, limit) => {
          let running = 0;
          let most = 0;
          const results = await mapLimit(items, limit, async (item, index) => {
            running += 1;
            most = Math.max(most, running);
            for (let tick = 0; tick < item; tick += 1) await Promise.resolve();
            running -= 1;
            return index * 10 + item;
          });
          expect(results).toEqual(items.map((item, index) => index * 10 + item));
          expect(most).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('starts nothing after a failure and reports the first one', async () => {
    const started: number[] = [];

    const work = mapLimit([1, 2, 3, 4], 2, async (item) => {
      started.push(item);
      await Promise.resolve();
      if (item < 3) throw new Error(`item ${item}`);
    });

    await expect(work).rejects.toThrow('item 1');
    expect(started).toEqual([1, 2]);
  });

  it('serves a limiter first come, first served', async () => {
    const limiter = createLimiter(1);
    const order: number[] = [];

    await Promise.all([1, 2, 3].map((n) => limiter.run(() => Promise.resolve(order.push(n)))));

    expect(order).toEqual([1, 2, 3]);
  });
});

describe('deadline', () => {
  const hang = () => new Promise<never>(() => undefined);

  it('answers at the deadline even when the work ignores its signal', async () => {
    const clock = createManualClock();
    const work = withDeadline({ clock, timeoutMs: 500, what: 'Reading' }, hang);
    const failed = expect(work).rejects.toThrow('Reading took longer than 500 ms.');

    await clock.advance(500);

    await failed;
  });

  it('passes the outer signal on, with its reason', async () => {
    const controller = new AbortController();
    const options = { clock: systemClock, timeoutMs: 60_000, what: 'x', signal: controller.signal };
    let inner: AbortSignal | undefined;
    const work = withDeadline(options, (signal) => {
      inner = signal;
      return hang();
    });

    controller.abort(new Error('enough'));

    await expect(work).rejects.toThrow('enough');
    expect(inner?.aborted).toBe(true);
    await expect(withDeadline(options, hang)).rejects.toThrow('enough');
  });

  it('leaves no timer behind when the work is done', async () => {
    const clock = createManualClock();

    await withDeadline({ clock, timeoutMs: 500, what: 'x' }, () => Promise.resolve(1));

    expect(clock.pending).toBe(0);
  });
});
