import { describe, expect, it } from 'vitest';
import { createManualClock } from '@f5-lbaas/testkit';
import { NO_TRAFFIC } from './counters.ts';
import { TrafficRates, type GlobalTraffic } from './traffic-rates.ts';

const traffic = (bitsIn: number, curConns = 0): GlobalTraffic => ({
  client: { ...NO_TRAFFIC, bitsIn, curConns, maxConns: 9 },
  server: NO_TRAFFIC,
});

describe('TrafficRates', () => {
  it('says what passed per second since the last reading, on average, and at most', async () => {
    const clock = createManualClock();
    const rates = new TrafficRates(clock);

    await clock.advance(10_000);
    const first = rates.read(traffic(1000)).bitsIn;
    await clock.advance(10_000);
    const second = rates.read(traffic(1200)).bitsIn;

    expect(first).toEqual({ current: 100, average: 100, max: 100 });
    expect(second).toEqual({ current: 20, average: 60, max: 100 });
  });

  it('gives the same rates to who asks again at once, and counts on after a reset of the counters', async () => {
    const clock = createManualClock();
    const rates = new TrafficRates(clock);
    await clock.advance(2000);
    rates.read(traffic(4000));

    expect(rates.read(traffic(9000, 3))).toMatchObject({
      bitsIn: { current: 2000 },
      connections: { current: 3, max: 9 },
    });
    await clock.advance(2000);
    expect(rates.read(traffic(500)).bitsIn).toEqual({ current: 250, average: 1125, max: 2000 });
  });
});
