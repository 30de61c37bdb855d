// Parts of a request's host and target. Pure.
import type { RequestHead } from './message-head.ts';

export interface RequestUri {
  /** Without port, as in the Host header or an absolute target. */
  host: string;
  port: number | null;
  path: string;
  /** Without `?`; empty when there is none. */
  query: string;
}

export function requestUri(request: RequestHead): RequestUri {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^]*)$/i.exec(request.target);
  const authority = absolute?.[1] ?? request.headers.get('host') ?? '';
  const target = absolute === null ? request.target : absolute[2] || '/';
  const question = target.indexOf('?');
  return {
    ...splitAuthority(authority),
    path: question === -1 ? target : target.slice(0, question),
    query: question === -1 ? '' : target.slice(question + 1),
  };
}

function splitAuthority(authority: string): { host: string; port: number | null } {
  const match = /^(.*?)(?::(\d+))?$/.exec(authority);
  return {
    host: match?.[1] ?? authority,
    port: match?.[2] === undefined ? null : Number(match[2]),
  };
}

/** `html` of `/a/b.html`; empty when the last segment has none. */
export function pathExtension(path: string): string {
  return /\.([^./]*)$/.exec(path)?.[1] ?? '';
}

/** Decoded where it decodes; undefined when the query has no such parameter. */
export function queryParameter(query: string, name: string): string | undefined {
  return new URLSearchParams(query).get(name) ?? undefined;
}
