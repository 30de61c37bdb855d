// The device's own words for wildcards.
import { describe, expect, it } from 'vitest';
import { normalise } from '../normalise/normalise.ts';

const PLACE = { partition: 'P', fullPath: '/P/gw-1' };

describe('wildcards of a gateway', () => {
  it.each([
    ['/P/0.0.0.0%1:0', '/P/0.0.0.0%1:0'],
    ['/P/any%1:any', '/P/0.0.0.0%1:0'],
    ['/P/0.0.0.0:0', '/P/0.0.0.0:0'],
    ['/P/any:0', '/P/0.0.0.0:0'],
    ['/P/::%1.0', '/P/::%1.0'],
    ['/P/any6%1.0', '/P/::%1.0'],
    ['/P/any6.any', '/P/::.0'],
  ])('destination %s is %s', (destination, expected) => {
    const [object] = normalise('forwarding-virtual', { ...PLACE, destination });

    expect(object?.properties).toMatchObject({ destination: expected });
  });

  it.each([
    ['any%1', '0.0.0.0%1'],
    ['any', '0.0.0.0'],
    ['any%0', '0.0.0.0'],
    ['any6%1', '::%1'],
    ['any6', '::'],
    ['::%1', '::%1'],
  ])('address %s is %s', (address, expected) => {
    const [object] = normalise('forwarding-address', { ...PLACE, address });

    expect(object?.properties).toMatchObject({ address: expected });
  });
});
