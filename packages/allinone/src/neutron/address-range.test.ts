import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, formatAddress, hostRange, parseAddress, parseCidr } from './address-range.ts';

describe('address arithmetic', () => {
  it('reads back every address that it writes', () => {
    const v4 = fc.tuple(fc.constant(4 as const), fc.bigInt(0n, 2n ** 32n - 1n));
    const v6 = fc.tuple(fc.constant(6 as const), fc.bigInt(0n, 2n ** 128n - 1n));
    fc.assert(
      fc.property(fc.oneof(v4, v6), ([version, value]) => {
        expect(parseAddress(formatAddress(version, value))).toEqual({ version, value });
      }),
    );
  });

  it('keeps the host range within the network', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n - 1n), fc.integer({ min: 0, max: 32 }), (value, bits) => {
        const cidr = parseCidr(`${formatAddress(4, value)}/${bits}`)!;
        const { first, last } = hostRange(cidr);

        expect(contains(cidr, { version: 4, value })).toBe(true);
        expect(first >= cidr.first && first <= last && last <= cidr.last).toBe(true);
      }),
    );
  });

  it.each(['10.0.0.0', '10.0.0/24', '10.0.0.0/33', 'fe80::/129', '10.0.0.0/x', ''])(
    'does not take %j for a network',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});
