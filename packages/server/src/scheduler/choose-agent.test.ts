import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENT_TYPE } from '@f5-lbaas/rpc';
import type { AgentRow } from '@f5-lbaas/storage';
import { createSeededRandom } from '@f5-lbaas/testkit';
import { chooseAgent, chooseSuccessor, type Candidates } from './choose-agent.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const DOWN_MS = 75_000;

interface Given {
  environment: string;
  group: number;
  score: number;
  misspelt: boolean;
  silentMs: number;
  up: boolean;
  operational: boolean;
}

function agent(given: Given, index: number): AgentRow {
  const key = given.misspelt ? 'environment_capaciy_score' : 'environment_capacity_score';
  return {
    id: `agent-${index}`,
    agent_type: AGENT_TYPE,
    binary: 'b',
    host: `host-${index}`,
    topic: 't',
    admin_state_up: given.up,
    disabled_by_agent: false,
    configurations: {
      environment_prefix: given.environment,
      environment_group_number: given.group,
      operational: given.operational,
      [key]: given.score,
    },
    created_at: '',
    started_at: '',
    heartbeat_timestamp: new Date(NOW_MS - given.silentMs).toISOString(),
  };
}

const givens = fc.array(
  fc.record<Given>({
    environment: fc.constantFrom('Project', 'Test'),
    group: fc.integer({ min: 1, max: 3 }),
    score: fc.constantFrom(0, 0.3, 0.9, 1, 1.5),
    misspelt: fc.boolean(),
    silentMs: fc.constantFrom(0, DOWN_MS, DOWN_MS + 1, 10 * DOWN_MS),
    up: fc.boolean(),
    operational: fc.boolean(),
  }),
  { maxLength: 8 },
);

function candidates(given: readonly Given[], seed: number): Candidates {
  return {
    agents: given.map(agent),
    environment: 'Project',
    liveness: { nowMs: NOW_MS, agentDownTimeMs: DOWN_MS },
    load: new Map([['agent-0', 3]]),
    random: createSeededRandom(seed),
  };
}

const isUsable = (given: Given) =>
  given.up && given.silentMs <= DOWN_MS && given.environment === 'Project';

describe('chooseAgent', () => {
  it('never picks a dead, disabled or foreign agent, nor one of a full group', () => {
    fc.assert(
      fc.property(givens, fc.nat(), (given, seed) => {
        const choice = chooseAgent(candidates(given, seed));
        const usable = given.filter(isUsable);

        if (!('agent' in choice)) {
          expect(choice.refused === 'none_active').toBe(usable.length === 0);
          return;
        }
        const chosen = given[Number(choice.agent.id.slice('agent-'.length))]!;
        expect(isUsable(chosen)).toBe(true);
        expect(chosen.score).toBeLessThan(1);
      }),
    );
  });

  it('prefers the group with most room, then the agent with fewest tenants', () => {
    const base = { environment: 'Project', misspelt: false, silentMs: 0, up: true };
    const choice = chooseAgent(
      candidates(
        [
          { ...base, group: 1, score: 0.2, operational: true },
          { ...base, group: 1, score: 0.2, operational: true },
          { ...base, group: 2, score: 0.5, operational: true },
        ],
        1,
      ),
    );

    expect(choice).toMatchObject({ agent: { id: 'agent-1' } });
  });
});

describe('chooseSuccessor', () => {
  it('stays within environment and group, so that the devices stay the same', () => {
    fc.assert(
      fc.property(givens, fc.nat(), (given, seed) => {
        const [first] = given;
        fc.pre(first !== undefined);
        const successor = chooseSuccessor(agent(first, 0), candidates(given, seed));
        const possible = given.filter(
          (other, index) => index > 0 && isUsable(other) && other.group === first.group,
        );

        expect(successor === undefined).toBe(possible.length === 0);
        if (successor === undefined) return;
        const chosen = given[Number(successor.id.slice('agent-'.length))]!;
        expect(possible).toContain(chosen);
      }),
    );
  });
});
