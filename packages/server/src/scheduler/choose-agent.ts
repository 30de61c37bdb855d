// Which agent a new tenant, or the tenants of a dead agent, go to. Pure.
import type { Random } from '@f5-lbaas/platform';
import type { AgentRow } from '@f5-lbaas/storage';
import { agentFacts, serves, type Liveness } from './agent-facts.ts';

/** From this score on an agent, and with it its group, takes no new tenants. */
const FULL = 1;

export interface Candidates {
  agents: readonly AgentRow[];
  environment: string;
  liveness: Liveness;
  /** Agent id -> tenants bound to it. */
  load: ReadonlyMap<string, number>;
  random: Random;
}

export type Choice = { agent: AgentRow } | { refused: 'none_active' | 'all_full' };

/**
 * The group with the lowest score (a group's is its worst agent's), then the agent with the fewest tenants;
 * ties fall at random. Agents whose devices are all down count only when there is no other.
 */
export function chooseAgent(candidates: Candidates): Choice {
  const active = preferOperational(activeAgents(candidates));
  if (active.length === 0) return { refused: 'none_active' };
  const scores = new Map<number, number>();
  for (const agent of active) {
    const { groupNumber, capacityScore } = agentFacts(agent);
    scores.set(groupNumber, Math.max(scores.get(groupNumber) ?? capacityScore, capacityScore));
  }
  const best = Math.min(...scores.values());
  if (best >= FULL) return { refused: 'all_full' };
  const inBest = active.filter((agent) => scores.get(agentFacts(agent).groupNumber) === best);
  const agent = leastLoaded(inBest, candidates);
  return agent === undefined ? { refused: 'none_active' } : { agent };
}

/**
 * Who takes over from an agent: an active one of the same environment and group, so that the devices stay
 * the same. Capacity does not matter, for the load is on those devices already.
 */
export function chooseSuccessor(current: AgentRow, candidates: Candidates): AgentRow | undefined {
  const { groupNumber } = agentFacts(current);
  const successors = activeAgents(candidates).filter(
    (agent) => agent.id !== current.id && agentFacts(agent).groupNumber === groupNumber,
  );
  return leastLoaded(preferOperational(successors), candidates);
}

function activeAgents({ agents, environment, liveness }: Candidates): AgentRow[] {
  return agents.filter((agent) => serves(agent, environment, liveness));
}

function preferOperational(agents: AgentRow[]): AgentRow[] {
  const operational = agents.filter((agent) => agentFacts(agent).operational);
  return operational.length > 0 ? operational : agents;
}

function leastLoaded(
  agents: readonly AgentRow[],
  { load, random }: Candidates,
): AgentRow | undefined {
  const loadOf = (agent: AgentRow): number => load.get(agent.id) ?? 0;
  const least = Math.min(...agents.map(loadOf));
  const ties = agents.filter((agent) => loadOf(agent) === least);
  return ties[Math.floor(random.next() * ties.length)];
}
