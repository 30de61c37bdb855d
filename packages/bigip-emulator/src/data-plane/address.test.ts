import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  formatEndpoint,
  maskAddress,
  parsePrefix,
  plainAddress,
  routeDomainOf,
} from './address.ts';

describe('addresses', () => {
  it('lose their route domain and IPv4 mapping', () => {
    expect(plainAddress('10.0.0.1%5')).toBe('10.0.0.1');
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(canonicalAddress('2001:DB8:0::1%3')).toBe('2001:db8::1');
    expect([routeDomainOf('10.0.0.1%5:80'), routeDomainOf('10.0.0.1:80')]).toEqual([5, 0]);
    expect([formatEndpoint('10.0.0.1', 80), formatEndpoint('::1', 80)]).toEqual([
      '10.0.0.1:80',
      '[::1]:80',
    ]);
  });

  it('a prefix matches its own network and family only', () => {
    const table: [string, string, boolean][] = [
      ['0.0.0.0/0', '10.0.0.1', true],
      ['0.0.0.0/0', '::1', false],
      ['0.0.0.0%5/0', '10.0.0.1', true],
      ['::/0', '::1', true],
      ['10.0.0.0/8', '10.255.0.1', true],
      ['10.0.0.0/255.255.0.0', '10.0.9.1', true],
      ['10.0.0.0/255.255.0.0', '10.1.0.1', false],
      ['10.0.0.1', '10.0.0.1', true],
      ['2001:db8::/32', '2001:db8:1::1', true],
      ['nonsense', '10.0.0.1', false],
      ['10.0.0.0/33', '10.0.0.1', false],
    ];
    expect(table.map(([prefix, address]) => parsePrefix(prefix).matches(address))).toEqual(
      table.map(([, , expected]) => expected),
    );
  });

  it('masking is idempotent and keeps the network', () => {
    const mask = fc.integer({ min: 1, max: 32 }).map((bits) => ({
      bits,
      mask: [0, 1, 2, 3]
        .map((i) => (0xff00 >> Math.min(Math.max(bits - i * 8, 0), 8)) & 0xff)
        .join('.'),
    }));
    fc.assert(
      fc.property(fc.ipV4(), mask, (address, { bits, mask: text }) => {
        const masked = maskAddress(address, text);
        expect(maskAddress(masked, text)).toBe(masked);
        expect(parsePrefix(`${masked}/${bits}`).matches(address)).toBe(true);
      }),
    );
  });

  it('no mask keeps the address, any mask joins all', () => {
    expect(
      [null, 'none', 'any', '0.0.0.0', 'ffff::'].map((mask) => maskAddress('10.1.2.3', mask)),
    ).toEqual(['10.1.2.3', '10.1.2.3', '*', '*', '10.1.2.3']);
  });
});
