import { describe, expect, it } from 'vitest';
import { errorLines, isSettled, loadBalancerLines } from './lines.ts';
import type { LoadBalancerState } from './operator-client.ts';

const STATE: LoadBalancerState = {
  ...{ id: 'lb1', name: 'web', project_id: 'p1' },
  ...{ provisioning_status: 'ACTIVE', operating_status: 'ONLINE', reason: null },
  ...{ revision: 4, applied_revision: 4, pending_since: null },
  agent: { host: 'net-1', alive: true, admin_state_up: true },
  objects: [],
};

describe('a load balancer in words', () => {
  it('is short when all is well', () => {
    expect(loadBalancerLines(STATE)).toEqual([
      "load balancer lb1 'web': ACTIVE, ONLINE",
      '  project p1',
      '  revision 4',
      '  agent net-1',
    ]);
    expect(isSettled(STATE)).toBe(true);
  });

  it('says what waits for whom, and what failed why', () => {
    const state: LoadBalancerState = {
      ...STATE,
      ...{ provisioning_status: 'PENDING_UPDATE', applied_revision: 3 },
      pending_since: '2026-01-01T00:00:00.000Z',
      agent: { host: 'net-1', alive: false, admin_state_up: false },
      objects: [
        { kind: 'pools', id: 'x', name: '', provisioning_status: 'ERROR', reason: '0107: no' },
      ],
    };

    expect(loadBalancerLines(state)).toEqual([
      "load balancer lb1 'web': PENDING_UPDATE, ONLINE",
      '  project p1',
      '  revision 4, an agent has reported on 3',
      '  pending since 2026-01-01T00:00:00.000Z',
      '  agent net-1, not alive, disabled',
      '  pool x: ERROR',
      '    0107: no',
    ]);
    expect(isSettled(state)).toBe(false);
    expect(loadBalancerLines({ ...STATE, agent: null })).toContain('  no agent has it');
  });
});

describe('errors in words', () => {
  it('name the object, whose it is and the reason', () => {
    const error = {
      ...{ kind: 'members', id: 'm', name: 'a', loadbalancer_id: 'lb1', project_id: 'p1' },
      ...{ reason: null, updated_at: '2026-01-01T00:00:00.000Z' },
    };

    expect(errorLines({ errors: [error], is_truncated: true })).toEqual([
      "member m 'a'",
      '  of load balancer lb1',
      '  in project p1, 2026-01-01T00:00:00.000Z',
      '  No reason was given.',
      'There are more: raise --limit.',
    ]);
    expect(errorLines({ errors: [], is_truncated: false })).toEqual(['Nothing is in ERROR.']);
  });
});
