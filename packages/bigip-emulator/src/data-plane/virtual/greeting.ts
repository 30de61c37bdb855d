// First bytes of a server connection, as iRules ask for them (PROXY protocol).
import type { RuleSession } from '../irule/rule-context.ts';
import type { VirtualRuntime } from './virtual-runtime.ts';

/** What SERVER_CONNECTED sends first on a new server connection. */
export function greeting(virtual: VirtualRuntime, session: RuleSession): string {
  session.greeting = '';
  virtual.program.run('SERVER_CONNECTED', session, null);
  return session.greeting;
}
