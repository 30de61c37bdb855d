// What each status of a device group brings the push to do. The statuses are those of devices; emulated ones do not
// show all of them.
import { BigIpClient } from '@f5-lbaas/bigip-client';
import { systemRandom, type HttpRequest } from '@f5-lbaas/platform';
import { createManualClock } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import { ConfigSync } from './config-sync.ts';

const HOUR_MS = 3_600_000;
const LOGGED_IN = JSON.stringify({ token: { token: 'T1', timeout: 1_200 } });

function statusBody(status: string): string {
  const entry = { status: { description: status }, summary: { description: 'why' } };
  const url = 'https://localhost/mgmt/tm/cm/sync-status/0';
  return JSON.stringify({ entries: { [url]: { nestedStats: { entries: entry } } } });
}

/** Pushes, with a device that shows these statuses one after the other, the last for ever. */
async function pushWith(
  statuses: readonly string[],
  { isWhole = true, timeoutMs = 60_000 } = {},
): Promise<{ problem: string | undefined; pushes: string[]; looks: number }> {
  const clock = createManualClock();
  const pushes: string[] = [];
  let looks = 0;
  const http = {
    request: ({ url, body = '' }: HttpRequest) => {
      const { pathname } = new URL(url);
      if (pathname === '/mgmt/tm/cm') {
        pushes.push((JSON.parse(String(body)) as { utilCmdArgs: string }).utilCmdArgs);
      }
      let answer = LOGGED_IN;
      if (pathname.endsWith('/sync-status')) {
        answer = statusBody(statuses[looks] ?? statuses.at(-1) ?? '');
        looks += 1;
      }
      return Promise.resolve({ status: 200, headers: {}, body: answer });
    },
    close: () => Promise.resolve(),
  };
  const client = new BigIpClient({
    ...{ host: 'bigip', username: 'admin', password: 'secret', tls: {} },
    ...{ clock, random: systemRandom, http },
  });
  const sync = new ConfigSync({ clock, timeoutMs, signal: AbortSignal.timeout(10_000) });
  let done: { problem: string | undefined } | undefined;
  const work = sync.push({ client, deviceGroup: 'dsg', isWhole }).then((problem) => {
    done = { problem };
  });
  await clock.advanceUntil(() => done !== undefined, HOUR_MS);
  await work;
  return { problem: done?.problem, pushes, looks };
}

const PUSH = 'config-sync to-group dsg';
const FORCED = 'config-sync force-full-load-push to-group dsg';

describe('a push', () => {
  it.each([
    ['is done when the group has it', ['Syncing', 'Not All Devices Synced', 'In Sync'], [PUSH]],
    ['counts for a device without peers', ['Standalone'], [PUSH]],
    ['is left alone by one look at what was before', ['Changes Pending', 'In Sync'], [PUSH]],
    [
      'is repeated when somebody wrote meanwhile',
      ['Changes Pending', 'Changes Pending', 'In Sync'],
      [PUSH, PUSH],
    ],
    [
      'is repeated for a group that was never in sync',
      ['Awaiting Initial Sync', 'Awaiting Initial Sync', 'In Sync'],
      [PUSH, PUSH],
    ],
    ['of everything follows on a load that failed', ['Sync Failure', 'In Sync'], [PUSH, FORCED]],
    ['waits for a device that is out of reach for a moment', ['Disconnected', 'In Sync'], [PUSH]],
  ])('%s', async (_, statuses, expected) => {
    const { problem, pushes } = await pushWith(statuses);

    expect(problem).toBeUndefined();
    expect(pushes).toEqual(expected);
  });

  it.each([
    ['a load that fails again', 'Sync Failure', true, [PUSH, FORCED], 3],
    ['a device that stays out of reach', 'Disconnected', true, [PUSH], 3],
    ['a device that is known to be out of reach, at once', 'Disconnected', false, [PUSH], 1],
  ] as const)('gives up on %s', async (...row) => {
    const [, status, isWhole, expectedPushes, expectedLooks] = row;

    const { problem, pushes, looks } = await pushWith([status], { isWhole });

    expect(problem).toBe(`${status}: why`);
    expect(pushes).toEqual(expectedPushes);
    expect(looks).toBe(expectedLooks);
  });

  it('does not take longer than it may', async () => {
    const { problem, looks } = await pushWith(['Not All Devices Synced'], { timeoutMs: 10_000 });

    expect(problem).toBe('Not All Devices Synced after 10000 ms: why');
    expect(looks).toBeLessThan(10);
  });
});
