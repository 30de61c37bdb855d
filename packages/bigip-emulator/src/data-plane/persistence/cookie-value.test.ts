import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../address.ts';
import { decodeCookie, encodeCookie, persistenceCookieName } from './cookie-value.ts';

const endpoints = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6()).map(canonicalAddress),
  routeDomain: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 65_534 })),
  port: fc.integer({ min: 0, max: 65_535 }),
});

describe('the persistence cookie', () => {
  it('has the values the vendor documents', () => {
    const at = { address: '10.1.1.1', port: 80 };
    expect(encodeCookie({ ...at, routeDomain: 0 })).toBe('16843018.20480.0000');
    expect(encodeCookie({ ...at, routeDomain: 5 })).toBe('rd5o00000000000000000000ffff0a010101o80');
    expect(encodeCookie({ address: '2001:db8::1', port: 8080, routeDomain: 0 })).toBe(
      'vi20010db8000000000000000000000001.36895',
    );
  });

  it('decodes to what was encoded', () => {
    fc.assert(
      fc.property(endpoints, (endpoint) => {
        expect(decodeCookie(encodeCookie(endpoint))).toEqual(endpoint);
      }),
    );
  });

  it('takes any text without failing', () => {
    const bad = ['4294967296.80.0000', '1.65536.0000', '1.2.0001', 'vi00.1', 'rdxo1o1', ''];
    expect(bad.map(decodeCookie)).toEqual(bad.map(() => undefined));
    fc.assert(fc.property(fc.string(), (text) => void decodeCookie(text)));
  });

  it('is named after the pool', () => {
    expect(persistenceCookieName('/Common/web')).toBe('BIGipServerweb');
    expect(persistenceCookieName('/T1/p1')).toBe('BIGipServer~T1~p1');
    expect(persistenceCookieName('/Common/folder/p1')).toBe('BIGipServer~Common~folder~p1');
  });
});
