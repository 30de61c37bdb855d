// The request as the pool member gets it: connection headers renewed, the http profile applied. Pure.
import type { HttpProfile } from '../contract.ts';
import type { BodyFraming } from './framing.ts';
import { isUpgradeRequest, withoutHopByHop } from './hop-by-hop.ts';
import { isKeepAlive, type RequestHead } from './message-head.ts';

export interface ForwardOptions {
  framing: BodyFraming;
  profile: HttpProfile | null;
  clientAddress: string;
}

export function forwardedRequest(request: RequestHead, options: ForwardOptions): RequestHead {
  const { framing, profile } = options;
  const headers = withoutHopByHop(request.headers);
  if (framing.kind === 'chunked') headers.add('Transfer-Encoding', 'chunked');
  if (isUpgradeRequest(request.headers)) headers.add('Connection', 'Upgrade');
  else if (request.version === '1.0' && isKeepAlive(request))
    headers.add('Connection', 'keep-alive');
  if (profile?.headerErase) headers.remove(profile.headerErase.replace(/:.*$/, '').trim());
  if (profile?.headerInsert) addLines(headers, profile.headerInsert);
  if (profile?.insertXForwardedFor === true) headers.add('X-Forwarded-For', options.clientAddress);
  return { ...request, headers };
}

function addLines(headers: RequestHead['headers'], lines: string): void {
  for (const line of lines.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.add(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
}
