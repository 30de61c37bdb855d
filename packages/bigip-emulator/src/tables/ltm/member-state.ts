// `session` and `state` of members and nodes as GET shows them (iControl REST 7.4).
import type { Json } from '../../json.ts';
import { nameKey } from '../../schema/schema.ts';
import type { ReadContext } from '../../schema/types.ts';
import type { MemberFacts, MemberState } from '../../data-plane/contract.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { parseMonitorRule } from './monitor-expression.ts';
import { splitPort } from '../../schema/address.ts';

/** Full path of the node that a pool member stands for. */
export function nodePathOf(member: Pick<ConfigRecord, 'fullPath' | 'name'>): string {
  const host = splitPort(member.name)?.host ?? member.name;
  return member.fullPath.slice(0, member.fullPath.length - member.name.length) + host;
}

/** Own monitor expression, or the pool's for `default`. */
export function memberMonitor(member: ConfigRecord, context: ReadContext): string {
  const own = member.fields['monitor'];
  if (typeof own === 'string') return own;
  const pool = context.store.find(nameKey('ltm/pool', member.keys[0] ?? ''));
  const inherited = pool?.fields['monitor'];
  return typeof inherited === 'string' ? inherited : '';
}

function hasMonitor(expression: string): boolean {
  return parseMonitorRule(expression).paths.length > 0;
}

/** Verdict of the monitors; `checking` until there is one. */
export function memberVerdict(member: ConfigRecord, context: ReadContext): MemberFacts {
  const state = context.runtime.memberState(member.keys[0] ?? '', member.name);
  if (state !== undefined) return state;
  const monitored = hasMonitor(memberMonitor(member, context));
  return { monitorStatus: monitored ? 'checking' : 'unchecked', reason: '', isFull: false };
}

function shownState(record: ConfigRecord, verdict: MemberState['monitorStatus']): string {
  if (record.fields['state'] === 'user-down') return 'user-down';
  switch (verdict) {
    case 'up':
    case 'forced-up':
    case 'disabled-by-recv':
      return 'up';
    case 'down':
      return 'down';
    case 'checking':
      return 'checking';
    case 'forced-down':
      return 'user-down';
    case 'unchecked':
      return 'unchecked';
  }
}

function shownSession(record: ConfigRecord, monitored: boolean): string {
  if (record.fields['session'] === 'user-disabled') return 'user-disabled';
  return monitored && record.fields['state'] !== 'user-down' ? 'monitor-enabled' : 'user-enabled';
}

export function memberSession(member: ConfigRecord, context: ReadContext): Json {
  return shownSession(member, memberVerdict(member, context).monitorStatus !== 'unchecked');
}

export function memberState(member: ConfigRecord, context: ReadContext): Json {
  return shownState(member, memberVerdict(member, context).monitorStatus);
}

function isFqdn(node: ConfigRecord): boolean {
  return node.fields['fqdn'] !== undefined;
}

function nodeVerdict(node: ConfigRecord, context: ReadContext): MemberState['monitorStatus'] {
  const monitor = node.fields['monitor'];
  if (typeof monitor !== 'string' || !hasMonitor(monitor)) return 'unchecked';
  return context.runtime.nodeState(node.fullPath)?.monitorStatus ?? 'checking';
}

export function nodeSession(node: ConfigRecord, context: ReadContext): Json {
  return shownSession(node, nodeVerdict(node, context) !== 'unchecked');
}

export function nodeState(node: ConfigRecord, context: ReadContext): Json {
  if (isFqdn(node) && node.fields['state'] !== 'user-down') return 'fqdn-up-no-addr';
  return shownState(node, nodeVerdict(node, context));
}
