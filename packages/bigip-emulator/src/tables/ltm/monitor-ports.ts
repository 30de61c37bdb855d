// Monitors that probe a port, on members that have none (iControl REST 4.3, 6.12).
import { mcpError } from '../../errors.ts';
import { scalarText } from '../../json.ts';
import { splitPort } from '../../schema/address.ts';
import { nameKey } from '../../schema/schema.ts';
import type { RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { memberMonitor } from './member-state.ts';
import { parseMonitorRule } from './monitor-expression.ts';

/** Monitors that need no port of their target. */
const WITHOUT_PORT = new Set([
  'ltm/monitor/gateway-icmp',
  'ltm/monitor/inband',
  'ltm/monitor/none',
]);

function wildcardService(path: string): Error {
  return mcpError(
    '01070622:3',
    `The monitor ${path} has a wildcard destination service and cannot be associated ` +
      'with a node that has a zero service.',
  );
}

function monitorOf(path: string, { store }: RuleContext): ConfigRecord | undefined {
  return store.find(nameKey('monitor', path));
}

/** @throws DeviceError for a monitor without a port of its own on a member with port 0 */
export function checkMemberPort(member: ConfigRecord, context: RuleContext): void {
  if (splitPort(member.name)?.port !== 0) return;
  for (const path of parseMonitorRule(memberMonitor(member, context.read)).paths) {
    const monitor = monitorOf(path, context);
    if (monitor === undefined || WITHOUT_PORT.has(monitor.type)) continue;
    const destination = scalarText(context.read.values(monitor)['destination']);
    if (/(^|[:.])\*$/.test(destination)) throw wildcardService(path);
  }
}

/** `icmp` is for nodes only; other monitors must suit every member. @throws DeviceError */
export function checkPoolMonitor(pool: ConfigRecord, context: RuleContext): void {
  const expression = pool.fields['monitor'];
  if (typeof expression !== 'string') return;
  for (const path of parseMonitorRule(expression).paths) {
    if (monitorOf(path, context)?.type === 'ltm/monitor/icmp') throw wildcardService(path);
  }
  for (const member of context.store.list('ltm/pool/members', pool.keys)) {
    checkMemberPort(member, context);
  }
}
