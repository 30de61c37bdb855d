// Redirects of members that know nothing of the TLS in front of them, turned to https (redirectRewrite of the http
// profile). Pure.
import type { HttpProfile } from '../contract.ts';
import type { RequestHead, ResponseHead } from './message-head.ts';
import { requestUri } from './request-uri.ts';

const REDIRECTS = new Set([301, 302, 303, 305, 307, 308]);

export interface RedirectContext {
  mode: HttpProfile['redirectRewrite'];
  request: RequestHead;
  /** Addresses of the pool's members: what `nodes` looks for. */
  memberAddresses: ReadonlySet<string>;
}

/** Changes the `Location` of a redirect in place. */
export function rewriteRedirect(response: ResponseHead, context: RedirectContext): void {
  if (context.mode === 'none' || !REDIRECTS.has(response.status)) return;
  const location = response.headers.get('location');
  const target = location === undefined ? null : /^http:\/\/([^/?#]*)([^]*)$/i.exec(location);
  if (target === null) return;
  const [, authority = '', rest = ''] = target;
  const host = rewrittenHost(authority, rest, context);
  if (host !== null) response.headers.set('Location', `https://${host}${rest}`);
}

/** Null when the redirect stays as it is. */
function rewrittenHost(authority: string, rest: string, context: RedirectContext): string | null {
  const host = authority.replace(/:\d*$/, '');
  const asked = requestUri(context.request);
  switch (context.mode) {
    case 'none':
      return null;
    case 'all':
      return host;
    case 'matching': {
      const isSamePage = withoutSlash(rest) === withoutSlash(fullPath(asked));
      return isSamePage && host.toLowerCase() === asked.host.toLowerCase() ? host : null;
    }
    case 'nodes':
      return context.memberAddresses.has(host) ? asked.host : null;
  }
}

function fullPath({ path, query }: { path: string; query: string }): string {
  return query === '' ? path : `${path}?${query}`;
}

/** A redirect that only adds the slash at the end counts as the same page. */
function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}
