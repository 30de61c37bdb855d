// From the verdicts of a member's monitors to the member's own status: quorum, node monitors, manual resume. Pure.
import type { MemberConfig, MemberState, PoolConfig } from '../contract.ts';
import type { MonitorVerdict } from './monitor-instance.ts';

export interface StatusInput {
  member: MemberConfig;
  /** Verdicts of the pool's or the member's own monitors with the monitor's path. */
  verdicts: { path: string; verdict: MonitorVerdict }[];
  nodeVerdicts: { path: string; verdict: MonitorVerdict }[];
  /** How many of `verdicts` must be up. */
  minMonitors: PoolConfig['minMonitors'];
  /** A manual-resume monitor took the member down and nobody has resumed it. */
  isLatched: boolean;
}

type Verdicts = StatusInput['verdicts'];

export function memberStatus(input: StatusInput): MemberState {
  if (input.member.adminState === 'forced-offline')
    return { monitorStatus: 'forced-down', reason: 'Forced down' };
  const own = quorum(input.verdicts, input.minMonitors);
  const node = quorum(input.nodeVerdicts, input.member.minNodeMonitors);
  if (node?.status === 'down')
    return { monitorStatus: 'down', reason: `${node.reason} parent down` };
  if (own?.status === 'down') return { monitorStatus: 'down', reason: own.reason };
  if (input.isLatched)
    return { monitorStatus: 'down', reason: 'Pool member waits for a manual resume' };
  return stateOfAnswers([own, node].flatMap((verdict) => verdict?.status ?? []));
}

/** Of the monitors of a node. */
export function nodeStatus(verdicts: Verdicts, min: PoolConfig['minMonitors']): MemberState {
  const verdict = quorum(verdicts, min);
  return verdict?.status === 'down'
    ? { monitorStatus: 'down', reason: verdict.reason }
    : stateOfAnswers(verdict === null ? [] : [verdict.status]);
}

/** None of them is down. */
function stateOfAnswers(statuses: readonly MonitorVerdict['status'][]): MemberState {
  if (statuses.length === 0)
    return {
      monitorStatus: 'unchecked',
      reason: 'Pool member does not have service checking enabled',
    };
  if (statuses.includes('checking'))
    return { monitorStatus: 'checking', reason: 'Service check results are not available yet' };
  if (statuses.includes('disabled'))
    return {
      monitorStatus: 'disabled-by-recv',
      reason: 'Pool member is available, monitor disabled',
    };
  return { monitorStatus: 'up', reason: 'Pool member is available' };
}

/** Null when nothing monitors. */
function quorum(verdicts: Verdicts, min: PoolConfig['minMonitors']): MonitorVerdict | null {
  if (verdicts.length === 0) return null;
  const needed = min === 'all' ? verdicts.length : Math.min(Math.max(min, 1), verdicts.length);
  const up = verdicts.filter(({ verdict }) => verdict.status === 'up').length;
  const usable = up + verdicts.filter(({ verdict }) => verdict.status === 'disabled').length;
  const down = verdicts.filter(({ verdict }) => verdict.status === 'down');
  if (up >= needed) return { status: 'up', reason: '' };
  if (usable >= needed) return { status: 'disabled', reason: '' };
  if (verdicts.length - down.length < needed) return { status: 'down', reason: downReason(down) };
  return { status: 'checking', reason: '' };
}

function downReason(down: Verdicts): string {
  return down.map(({ path, verdict }) => `${path}: ${verdict.reason}`).join('; ');
}
