import { createManualClock } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import type { MonitorConfig } from '../contract.ts';
import { MonitorInstance } from './monitor-instance.ts';
import { failure, SUCCESS, type ProbeResult } from './probe.ts';

const MONITOR: MonitorConfig = {
  path: '/T/m',
  type: 'tcp',
  intervalSeconds: 5,
  timeoutSeconds: 16,
  upIntervalSeconds: 0,
  timeUntilUpSeconds: 0,
  send: '',
  recv: '',
  recvDisable: '',
  reverse: false,
  destination: { address: '*', port: '*' },
  manualResume: false,
  username: null,
  password: null,
};
const SECOND = 1000;

function started(changes: Partial<MonitorConfig> = {}) {
  const clock = createManualClock();
  const probe: { answer: ProbeResult; count: number } = { answer: SUCCESS, count: 0 };
  const instance = new MonitorInstance({
    monitor: { ...MONITOR, ...changes },
    target: { host: '127.0.0.1', port: 1 },
    probe: () => {
      probe.count += 1;
      return Promise.resolve(probe.answer);
    },
    clock,
    onChange: () => undefined,
  });
  instance.start();
  return { clock, probe, instance, status: () => instance.verdict.status };
}

describe('MonitorInstance', () => {
  it('is up at the first good answer', async () => {
    const { clock, status } = started();
    expect(status()).toBe('checking');
    await clock.advance(0);
    expect(status()).toBe('up');
  });

  it('is down once the timeout passed without a good answer, not before', async () => {
    const { clock, probe, status, instance } = started();
    await clock.advance(0);
    probe.answer = failure('refused');

    await clock.advance(15.9 * SECOND);
    expect(status()).toBe('up');
    await clock.advance(0.2 * SECOND);

    expect(instance.verdict).toEqual({ status: 'down', reason: 'refused' });
  });

  it('comes up again at the next good answer', async () => {
    const { clock, probe, status } = started();
    probe.answer = failure('refused');
    await clock.advance(17 * SECOND);
    expect(status()).toBe('down');

    probe.answer = SUCCESS;
    await clock.advance(5 * SECOND);

    expect(status()).toBe('up');
  });

  it('does not flap when the timeout is shorter than the interval', async () => {
    const { clock, probe, status } = started({ intervalSeconds: 10, timeoutSeconds: 5 });
    for (let i = 0; i < 30; i += 1) {
      await clock.advance(1 * SECOND);
      expect(status()).toBe('up');
    }

    probe.answer = failure('refused');
    await clock.advance(16 * SECOND);

    expect(status()).toBe('down');
  });

  it('waits for a time of good answers before it is up', async () => {
    const { clock, status } = started({ timeUntilUpSeconds: 12 });
    await clock.advance(11 * SECOND);
    expect(status()).toBe('checking');
    await clock.advance(5 * SECOND);
    expect(status()).toBe('up');
  });

  it('probes a target that is up at its own pace', async () => {
    const { clock, probe } = started({ upIntervalSeconds: 60, timeoutSeconds: 181 });
    await clock.advance(5 * SECOND);
    const before = probe.count;
    await clock.advance(120 * SECOND);
    expect(probe.count - before).toBe(2);
  });

  it('a reverse match is down at once', async () => {
    const { clock, probe, status } = started();
    await clock.advance(0);
    probe.answer = { verdict: 'down', reason: 'seen' };
    await clock.advance(5 * SECOND);
    expect(status()).toBe('down');
  });

  it('leaves no timer behind when stopped', async () => {
    const { clock, instance } = started();
    await clock.advance(7 * SECOND);
    instance.stop();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });
});
