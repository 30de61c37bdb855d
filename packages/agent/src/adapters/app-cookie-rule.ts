// iRule that keeps the clients of an application cookie with their member.
import { tclQuoted, whenEvent } from './tcl.ts';

const TIMEOUT_SECONDS = 3600;

/** Learns the cookie from responses and follows it in requests; compared without regard to case. */
export function appCookieRule(cookieName: string): string {
  const cookie = `[HTTP::cookie ${tclQuoted(cookieName)}]`;
  const follow = (command: string): string[] => [
    `if { ${cookie} ne "" } {`,
    `  ${command} [string tolower ${cookie}] ${TIMEOUT_SECONDS}`,
    '}',
  ];
  return [
    whenEvent('HTTP_REQUEST', follow('persist uie')),
    whenEvent('HTTP_RESPONSE', follow('persist add uie')),
  ].join('\n');
}
