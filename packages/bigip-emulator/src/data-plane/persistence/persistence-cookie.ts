// The cookie that binds an HTTP client: what to set in a response.
import type { PersistenceConfig } from '../contract.ts';
import type { Headers } from '../http/headers.ts';
import type { Member } from '../pool/member.ts';
import { encodeCookie } from './cookie-value.ts';
import { cookieNameOf } from './persister.ts';

/** Cookie a server prepares for method `rewrite`. */
const REWRITE_COOKIE = 'BIGipCookie';

export interface CookieContext {
  config: Extract<PersistenceConfig, { type: 'cookie' }>;
  member: Member;
  /** The client already sent the cookie that names this member. */
  isKnown: boolean;
  isTls: boolean;
  nowMs: number;
}

/** Changes the response's headers in place. */
export function setPersistenceCookie(headers: Headers, context: CookieContext): void {
  const { config, member } = context;
  if (config.method === 'passive' || config.method === 'hash') return;
  const name = cookieNameOf(config, member.pool);
  const cookie = cookieText(name, context);
  if (config.method === 'insert') {
    if (!context.isKnown) headers.add('Set-Cookie', cookie);
    return;
  }
  const prepared = config.cookieName ?? REWRITE_COOKIE;
  const fields = headers.getAll('set-cookie');
  if (!fields.some((field) => field.startsWith(`${prepared}=`))) return;
  headers.remove('set-cookie');
  for (const field of fields)
    headers.add('Set-Cookie', field.startsWith(`${prepared}=`) ? cookie : field);
}

function cookieText(name: string, { config, member, isTls, nowMs }: CookieContext): string {
  const value = encodeCookie({
    address: member.host,
    routeDomain: member.routeDomain,
    port: member.port,
  });
  const expires =
    config.timeoutSeconds === 0
      ? ''
      : `expires=${new Date(nowMs + config.timeoutSeconds * 1000).toUTCString()}; `;
  return `${name}=${value}; ${expires}path=/; Httponly${isTls ? '; Secure' : ''}`;
}
