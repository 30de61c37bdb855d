import { describe, expect, it } from 'vitest';
import { memberStatus, type StatusInput } from './member-status.ts';

type Status = StatusInput['verdicts'][number]['verdict']['status'];

function status(own: Status[], changes: Partial<StatusInput> = {}, node: Status[] = []): string {
  const verdicts = (list: Status[]) =>
    list.map((each) => ({ path: '/T/m', verdict: { status: each, reason: 'why' } }));
  return memberStatus({
    member: {
      name: '127.0.0.1:80',
      address: '127.0.0.1',
      port: 80,
      ratio: 1,
      priorityGroup: 0,
      connectionLimit: 0,
      nodeRatio: 1,
      nodeConnectionLimit: 0,
      adminState: 'enabled',
      monitors: null,
      minMonitors: 'all',
      nodeMonitors: [],
      minNodeMonitors: 'all',
    },
    verdicts: verdicts(own),
    nodeVerdicts: verdicts(node),
    minMonitors: 'all',
    isLatched: false,
    ...changes,
  }).monitorStatus;
}

describe('memberStatus', () => {
  it('needs every monitor, or as many as asked for', () => {
    expect(status([])).toBe('unchecked');
    expect(status(['up', 'up'])).toBe('up');
    expect(status(['up', 'checking'])).toBe('checking');
    expect(status(['up', 'down'])).toBe('down');
    expect(status(['up', 'down'], { minMonitors: 1 })).toBe('up');
    expect(status(['checking', 'down'], { minMonitors: 1 })).toBe('checking');
    expect(status(['up', 'disabled'])).toBe('disabled-by-recv');
  });

  it('follows its node and the operator', () => {
    expect(status(['up'], {}, ['down'])).toBe('down');
    expect(status([], {}, ['up'])).toBe('up');
    expect(status(['up'], { isLatched: true })).toBe('down');
  });
});
