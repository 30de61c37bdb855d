// Start line and header block of HTTP/1 messages: parse, check, serialise. Pure.
// Strict where leniency would let two parties disagree on where a message ends (request smuggling).
import { Headers } from './headers.ts';

export type HttpVersion = '1.0' | '1.1';

export interface RequestHead {
  method: string;
  /** Request target as sent: `/path?query`, `http://host/path`, `*`. */
  target: string;
  version: HttpVersion;
  headers: Headers;
}

export interface ResponseHead {
  version: HttpVersion;
  status: number;
  reason: string;
  headers: Headers;
}

/** The peer sent something that is not HTTP/1. */
export class HttpSyntaxError extends Error {
  override name = 'HttpSyntaxError';
}

/** Device default `maxHeaderCount`. */
const HEADER_COUNT_MAX = 64;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

/** @throws HttpSyntaxError */
export function parseRequestHead(text: string): RequestHead {
  const { startLine, headers } = parseBlock(text);
  const match = REQUEST_LINE.exec(startLine);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new HttpSyntaxError('Malformed request line');
  return { method: match[1], target: match[2], version: match[3] === '0' ? '1.0' : '1.1', headers };
}

/** Whether the two can stand in an HTTP/1 request line. */
export function isRequestLine(method: string, target: string): boolean {
  return REQUEST_LINE.test(`${method} ${target} HTTP/1.1`);
}

/** @throws HttpSyntaxError */
export function parseResponseHead(text: string): ResponseHead {
  const { startLine, headers } = parseBlock(text);
  const match = STATUS_LINE.exec(startLine);
  if (match === null) throw new HttpSyntaxError('Malformed status line');
  return {
    version: match[1] === '0' ? '1.0' : '1.1',
    status: Number(match[2]),
    reason: match[3] ?? '',
    headers,
  };
}

function parseBlock(text: string): { startLine: string; headers: Headers } {
  const lines = text.split('\r\n');
  if (lines.length - 1 > HEADER_COUNT_MAX) throw new HttpSyntaxError('Too many header fields');
  const fields: string[] = [];
  for (let i = 1; i < lines.length; i += 1) pushField(fields, lines[i] ?? '');
  return { startLine: lines[0] ?? '', headers: new Headers(fields) };
}

/** Parses `Name: value` lines, as in a trailer section. @throws HttpSyntaxError */
export function parseFields(lines: readonly string[]): Headers {
  const fields: string[] = [];
  for (const line of lines) pushField(fields, line);
  return new Headers(fields);
}

// Bare line ends and NUL are the classic ways to hide a header from one of two parsers.
const FORBIDDEN_IN_VALUE = /[\0\r\n]/;

function pushField(fields: string[], line: string): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  if (colon < 1 || !TOKEN.test(name) || FORBIDDEN_IN_VALUE.test(line))
    throw new HttpSyntaxError('Malformed header field');
  fields.push(name, line.slice(colon + 1).trim());
}

export function serialiseRequest(head: RequestHead): string {
  return `${head.method} ${head.target} HTTP/${head.version}\r\n${head.headers.serialise()}\r\n`;
}

export function serialiseResponse(head: ResponseHead): string {
  return `HTTP/${head.version} ${head.status} ${head.reason}\r\n${head.headers.serialise()}\r\n`;
}

/** Tokens of the `Connection` header, lower case. */
export function connectionTokens(headers: Headers): string[] {
  if (!headers.has('connection')) return [];
  return headers
    .getAll('connection')
    .flatMap((value) => value.split(','))
    .map((token) => token.trim().toLowerCase());
}

/** Whether the sender keeps the connection open after this message. */
export function isKeepAlive(head: { version: HttpVersion; headers: Headers }): boolean {
  const tokens = connectionTokens(head.headers);
  if (tokens.includes('close')) return false;
  return head.version === '1.1' || tokens.includes('keep-alive');
}
