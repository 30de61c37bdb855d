import { describe, expect, it } from 'vitest';
import { requestCookie, responseCookie } from './cookies.ts';
import { Headers } from './headers.ts';
import { isUpgradeRequest, withoutHopByHop } from './hop-by-hop.ts';
import { requestUri } from './request-uri.ts';

describe('Headers', () => {
  const headers = () => new Headers(['Host', 'h', 'X-A', '1', 'x-a', '2']);

  it('finds names whatever their case and keeps how they were written', () => {
    expect(headers().get('x-A')).toBe('1');
    expect(headers().getAll('X-A')).toEqual(['1', '2']);
    expect(headers().serialise()).toBe('Host: h\r\nX-A: 1\r\nx-a: 2\r\n');
  });

  it('replaces all fields of a name by one, in the place of the first', () => {
    const changed = headers();
    changed.set('X-a', '3');
    changed.set('New', '4');
    changed.remove('host');
    expect([...changed]).toEqual([
      ['X-A', '3'],
      ['New', '4'],
    ]);
  });

  it('drops what concerns one connection only, and what Connection names', () => {
    const given = new Headers([
      'Connection',
      'keep-alive, X-Hop',
      'X-Hop',
      '1',
      'Keep-Alive',
      '5',
      'TE',
      'trailers',
      'A',
      'b',
    ]);
    expect([...withoutHopByHop(given)]).toEqual([
      ['TE', 'trailers'],
      ['A', 'b'],
    ]);
    expect(isUpgradeRequest(given)).toBe(false);
  });
});

describe('cookies', () => {
  it('are found among others, in several fields, with quotes', () => {
    const headers = new Headers(['Cookie', 'a=1; b="two"', 'Cookie', 'c=x=y']);
    expect(['a', 'b', 'c', 'd'].map((name) => requestCookie(headers, name))).toEqual([
      '1',
      'two',
      'x=y',
      undefined,
    ]);
  });

  it('are read from what a response sets', () => {
    const headers = new Headers(['Set-Cookie', 'a=1; Path=/', 'Set-Cookie', 'b=2']);
    expect([responseCookie(headers, 'a'), responseCookie(headers, 'b')]).toEqual(['1', '2']);
    expect(responseCookie(headers, 'Path')).toBeUndefined();
  });
});

describe('requestUri', () => {
  const parse = (target: string, host = 'a.org:81') =>
    requestUri({ method: 'GET', target, version: '1.1', headers: new Headers(['Host', host]) });

  it('takes host and port from the Host header, or from an absolute target', () => {
    expect(parse('/p?q=1')).toEqual({ host: 'a.org', port: 81, path: '/p', query: 'q=1' });
    expect(parse('http://b.org/p')).toMatchObject({ host: 'b.org', port: null, path: '/p' });
    expect(parse('/', '[2001:db8::1]:80')).toMatchObject({ host: '[2001:db8::1]', port: 80 });
  });
});
