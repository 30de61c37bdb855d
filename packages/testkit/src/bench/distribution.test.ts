import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributionOf } from './distribution.ts';

describe('distributionOf', () => {
  it('takes the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);

    expect(distributionOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
    expect(distributionOf([7])).toEqual({ count: 1, p50: 7, p99: 7, max: 7 });
    expect(distributionOf([1, 10])).toEqual({ count: 2, p50: 1, p99: 10, max: 10 });
  });

  it('says that nothing was measured', () => {
    expect(distributionOf([])).toEqual({ count: 0, p50: NaN, p99: NaN, max: NaN });
  });

  it('splits any times so that 50 and 99 of 100 are not above, and leaves them as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, noNaN: true }), { minLength: 1 }), (times) => {
        const before = [...times];
        const { p50, p99, max } = distributionOf(times);
        const share = (limit: number): number =>
          times.filter((time) => time <= limit).length / times.length;
        const below = (limit: number): number =>
          times.filter((time) => time < limit).length / times.length;

        expect(times).toEqual(before);
        expect(times).toContain(p50);
        expect(share(p50)).toBeGreaterThanOrEqual(0.5);
        expect(below(p50)).toBeLessThan(0.5);
        expect(share(p99)).toBeGreaterThanOrEqual(0.99);
        expect(below(p99)).toBeLessThan(0.99);
        expect(max).toBe(Math.max(...times));
      }),
    );
  });
});
