import { describe, expect, it } from 'vitest';
import { aVirtual } from '../../../test/data-plane/fixtures.ts';
import type { VirtualServer } from '../contract.ts';
import { planSockets } from './wanted-sockets.ts';

type Named = { config: VirtualServer };

const on = (routeDomain: number, changes: Partial<VirtualServer> = {}): Named => ({
  config: aVirtual(80, { routeDomain, ...changes }),
});

describe('planSockets', () => {
  it('opens one socket per address, port and protocol', () => {
    const any = on(0, { ipProtocol: 'any' });
    const tcp = on(0, { source: '10.0.0.0/8' });
    const { sockets } = planSockets([any, tcp], new Map());

    expect([...sockets.keys()]).toEqual(['tcp 127.0.0.1 80', 'udp 127.0.0.1 80']);
    expect(sockets.get('tcp 127.0.0.1 80')?.virtuals).toEqual([any, tcp]);
  });

  it('leaves an address with the route domain that has it', () => {
    const [first, second] = [on(1), on(2)];

    expect([...planSockets([first, second], new Map()).refused.keys()]).toEqual([second]);
    const held = new Map([['tcp 127.0.0.1 80', 2]]);
    const later = planSockets([first, second], held);
    expect(later.refused.get(first)).toContain('serves route domain 2');
    expect(later.sockets.get('tcp 127.0.0.1 80')?.virtuals).toEqual([second]);
  });

  it('wants nothing for what is disabled or served elsewhere, and says what it can never open', () => {
    const off = on(0, { enabled: false });
    const elsewhere = on(0, { isServed: false });
    const wildcard = on(0, { port: 0 });
    const { sockets, refused } = planSockets([off, elsewhere, wildcard], new Map());

    expect(sockets.size).toBe(0);
    expect([...refused.keys()]).toEqual([wildcard]);
  });
});
