// Header fields that concern one connection only, not the message. @see RFC 9110 section 7.6.1
import type { Headers } from './headers.ts';
import { connectionTokens } from './message-head.ts';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding']);
/** Named in `Connection` but needed by the exchange itself. */
const KEPT_TOKENS = new Set(['te', 'upgrade']);

/**
 * A copy without them; framing and persistence of the next connection are its own business. A length beside
 * `Transfer-Encoding` is a lie for one of two readers and goes too (RFC 9112 6.3).
 */
export function withoutHopByHop(headers: Headers): Headers {
  const isChunked = headers.has('transfer-encoding');
  const tokens = connectionTokens(headers).filter((token) => !KEPT_TOKENS.has(token));
  return headers.filter((name) => {
    const lower = name.toLowerCase();
    if (lower === 'content-length' && isChunked) return false;
    return !HOP_BY_HOP.has(lower) && !tokens.includes(lower);
  });
}

/** The client asks to change the protocol of the connection. */
export function isUpgradeRequest(headers: Headers): boolean {
  return headers.has('upgrade') && connectionTokens(headers).includes('upgrade');
}
