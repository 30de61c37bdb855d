import { describe, expect, it } from 'vitest';
import { Headers } from './headers.ts';
import { rewriteRedirect, type RedirectContext } from './redirect-rewrite.ts';

function rewritten(location: string, mode: RedirectContext['mode'], status = 302): string {
  const headers = new Headers(['Location', location]);
  rewriteRedirect(
    { version: '1.1', status, reason: 'Found', headers },
    {
      mode,
      request: {
        method: 'GET',
        target: '/shop?a=1',
        version: '1.1',
        headers: new Headers(['Host', 'www.example.com']),
      },
      memberAddresses: new Set(['10.0.0.7']),
    },
  );
  return headers.get('location') ?? '';
}

describe('rewriteRedirect', () => {
  it.each([
    ['all', 'http://a.org:8080/x', 'https://a.org/x'],
    ['all', 'https://a.org/x', 'https://a.org/x'],
    ['all', '/x', '/x'],
    ['matching', 'http://www.example.com/shop?a=1', 'https://www.example.com/shop?a=1'],
    ['matching', 'http://www.example.com/shop?a=1/', 'https://www.example.com/shop?a=1/'],
    ['matching', 'http://www.example.com/other', 'http://www.example.com/other'],
    ['matching', 'http://a.org/shop?a=1', 'http://a.org/shop?a=1'],
    ['nodes', 'http://10.0.0.7:8080/x', 'https://www.example.com/x'],
    ['nodes', 'http://10.0.0.8/x', 'http://10.0.0.8/x'],
    ['none', 'http://a.org/', 'http://a.org/'],
  ] as const)('%s: %s -> %s', (mode, location, result) => {
    expect(rewritten(location, mode)).toBe(result);
  });

  it('leaves answers alone that are no redirects', () => {
    expect(rewritten('http://a.org/', 'all', 201)).toBe('http://a.org/');
  });
});
