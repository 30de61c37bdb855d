// Reads cookies from requests and responses.
import type { Headers } from './headers.ts';

/** Value of a request cookie, quotes removed. */
export function requestCookie(headers: Headers, name: string): string | undefined {
  for (const field of headers.getAll('cookie'))
    for (const part of field.split(';')) {
      const equals = part.indexOf('=');
      if (equals !== -1 && part.slice(0, equals).trim() === name)
        return unquote(part.slice(equals + 1).trim());
    }
  return undefined;
}

/** Value a response sets for a cookie. */
export function responseCookie(headers: Headers, name: string): string | undefined {
  for (const field of headers.getAll('set-cookie')) {
    const pair = field.split(';', 1)[0] ?? '';
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name)
      return unquote(pair.slice(equals + 1).trim());
  }
  return undefined;
}

function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value;
}
