// What many measured times amount to. Pure.

/** Milliseconds, in the unit of what was measured. Not a number where nothing was measured. */
export interface Distribution {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/**
 * Percentiles by the nearest-rank method: `p99` is the smallest time that at least 99 of 100 did not exceed, so it
 * is always one that was measured.
 */
export function distributionOf(times: readonly number[]): Distribution {
  const sorted = Float64Array.from(times).sort();
  const rank = (percent: number): number =>
    sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? NaN;
  return { count: sorted.length, p50: rank(50), p99: rank(99), max: sorted.at(-1) ?? NaN };
}
