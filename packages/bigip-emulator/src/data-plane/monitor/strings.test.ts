import { describe, expect, it } from 'vitest';
import { expandEscapes, httpProbeText, receiveMatcher } from './strings.ts';

describe('monitor strings', () => {
  it('expand the documented escape sequences', () => {
    expect(expandEscapes('GET /\\r\\n\\t\\x22\\042\\\\\\q')).toBe('GET /\r\n\t""\\q');
  });

  it('an HTTP probe ends its head, whatever the user left out', () => {
    const table = [
      'GET /\\r\\n',
      'GET / HTTP/1.0\\r\\n\\r\\n',
      'GET /',
      'POST / HTTP/1.0\\r\\n\\r\\nbody',
    ];
    expect(table.map((send) => httpProbeText(send, null, null))).toEqual([
      'GET /\r\n\r\n',
      'GET / HTTP/1.0\r\n\r\n',
      'GET /\r\n\r\n',
      'POST / HTTP/1.0\r\n\r\nbody',
    ]);
  });

  it('an HTTP probe logs in', () => {
    expect(httpProbeText('GET / HTTP/1.1\\r\\nHost: h\\r\\n', 'u', 'p')).toBe(
      'GET / HTTP/1.1\r\nAuthorization: Basic dTpw\r\nHost: h\r\n\r\n',
    );
  });

  it('receive strings are POSIX expressions; what does not compile is plain text', () => {
    expect(receiveMatcher('HTTP/1.(0|1) (200|202)')('HTTP/1.1 202 Accepted')).toBe(true);
    expect(receiveMatcher('[[:digit:]]{3}')('status 404')).toBe(true);
    expect(receiveMatcher('^Server: x')('HTTP/1.1 200 OK\r\nServer: x')).toBe(true);
    expect(receiveMatcher('(unbalanced')('text (unbalanced text')).toBe(true);
  });
});
