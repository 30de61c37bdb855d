// Turns the ever growing counters of the data plane into figures per second: now, on average since the start, at most.
// Sampled when somebody asks, no timer runs.
import type { Clock } from '@f5-lbaas/platform';
import type { TrafficCounters } from '../data-plane/contract.ts';

export interface GlobalTraffic {
  client: TrafficCounters;
  server: TrafficCounters;
}

export interface Reading {
  current: number;
  average: number;
  max: number;
}

/** Everything but `connections` is per second. */
const FIGURES = {
  newClients: ({ client }) => client.totConns,
  newServers: ({ server }) => server.totConns,
  requests: ({ client }) => client.totRequests,
  handshakes: ({ client }) => client.totHandshakes,
  bitsIn: ({ client }) => client.bitsIn,
  bitsOut: ({ client }) => client.bitsOut,
  packetsIn: ({ client }) => client.pktsIn,
  packetsOut: ({ client }) => client.pktsOut,
} satisfies Record<string, (traffic: GlobalTraffic) => number>;

type Figure = keyof typeof FIGURES;
export type Readings = Record<Figure | 'connections', Reading>;

/** Who asks again sooner than this gets the same rates: a shorter time says nothing about a rate. */
const SAMPLE_MS_MIN = 1000;

/** One counter over time. */
class Rate {
  #seen = 0;
  #sum = 0;
  reading: Reading = { current: 0, average: 0, max: 0 };

  /** A total below the last one was reset in between. */
  sample(total: number, seconds: number, secondsSinceStart: number): void {
    const grown = total >= this.#seen ? total - this.#seen : total;
    this.#seen = total;
    this.#sum += grown;
    const current = grown / seconds;
    this.reading = {
      current,
      average: this.#sum / secondsSinceStart,
      max: Math.max(this.reading.max, current),
    };
  }
}

export class TrafficRates {
  readonly startMs: number;
  readonly #clock: Clock;
  readonly #rates = new Map<Figure, Rate>(
    (Object.keys(FIGURES) as Figure[]).map((figure) => [figure, new Rate()]),
  );
  #sampledMs: number;
  #connectionSum = 0;
  #samples = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startMs = this.#sampledMs = clock.nowMs();
  }

  read(traffic: GlobalTraffic): Readings {
    const nowMs = this.#clock.nowMs();
    const seconds = (nowMs - this.#sampledMs) / 1000;
    if (seconds * 1000 >= SAMPLE_MS_MIN) {
      this.#sampledMs = nowMs;
      for (const [figure, rate] of this.#rates)
        rate.sample(FIGURES[figure](traffic), seconds, (nowMs - this.startMs) / 1000);
    }
    const readings = [...this.#rates].map(([figure, { reading }]) => [figure, reading] as const);
    return {
      ...(Object.fromEntries(readings) as Record<Figure, Reading>),
      connections: this.#connections(traffic),
    };
  }

  #connections({ client }: GlobalTraffic): Reading {
    this.#samples += 1;
    this.#connectionSum += client.curConns;
    return {
      current: client.curConns,
      average: this.#connectionSum / this.#samples,
      max: client.maxConns,
    };
  }
}
