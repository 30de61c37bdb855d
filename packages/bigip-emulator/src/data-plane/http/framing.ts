// Where the body of an HTTP/1 message ends. Pure. @see RFC 9112 section 6
import type { Headers } from './headers.ts';
import { HttpSyntaxError, type RequestHead, type ResponseHead } from './message-head.ts';

export type BodyFraming =
  | { kind: 'none' }
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  | { kind: 'until-close' };

const NONE: BodyFraming = { kind: 'none' };

/** @throws HttpSyntaxError when the two length headers contradict each other or themselves */
export function requestFraming(head: RequestHead): BodyFraming {
  if (isChunked(head.headers)) {
    if (head.version === '1.0')
      throw new HttpSyntaxError('Transfer-Encoding in an HTTP/1.0 request');
    if (head.headers.has('content-length'))
      throw new HttpSyntaxError('Both Content-Length and Transfer-Encoding');
    return { kind: 'chunked' };
  }
  const length = contentLength(head.headers);
  return length === undefined || length === 0 ? NONE : { kind: 'length', length };
}

/** @throws HttpSyntaxError */
export function responseFraming(head: ResponseHead, requestMethod: string): BodyFraming {
  if (hasNoBody(head.status) || requestMethod === 'HEAD') return NONE;
  if (isChunked(head.headers)) return { kind: 'chunked' };
  const length = contentLength(head.headers);
  if (length === undefined) return { kind: 'until-close' };
  return length === 0 ? NONE : { kind: 'length', length };
}

export function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

function isChunked(headers: Headers): boolean {
  if (!headers.has('transfer-encoding')) return false;
  const codings = headers.getAll('transfer-encoding').join(',').toLowerCase();
  if (!/^(.*,)?\s*chunked\s*$/.test(codings) || /chunked.*chunked/.test(codings))
    throw new HttpSyntaxError('Transfer-Encoding does not end with chunked');
  return true;
}

function contentLength(headers: Headers): number | undefined {
  const values = headers.getAll('content-length');
  const [first] = values;
  if (first === undefined) return undefined;
  const length = Number(first);
  if (
    values.some((value) => value !== first) ||
    !/^\d+$/.test(first) ||
    !Number.isSafeInteger(length)
  )
    throw new HttpSyntaxError('Bad Content-Length');
  return length;
}
