// Agents about themselves: heartbeats, admin state, dead colleagues, and who acts for the device group.
import { isoNow } from '@f5-lbaas/platform';
import { AGENT_TYPE, type RpcEndpoint } from '@f5-lbaas/rpc';
import type { AgentRow, Repositories } from '@f5-lbaas/storage';
import Type from 'typebox';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { environmentsOf } from '../providers/providers.ts';
import { agentFacts, isAlive } from '../scheduler/agent-facts.ts';
import { TenantScheduler } from '../scheduler/tenant-scheduler.ts';
import { booleanArg, optionalNumber, optionalText, shapedArgs, textArg } from './arguments.ts';

const Report = Type.Object({
  agent_state: Type.Object({
    agent_state: Type.Object({
      agent_type: Type.String({ minLength: 1, maxLength: 255 }),
      binary: Type.String({ maxLength: 255 }),
      host: Type.String({ minLength: 1, maxLength: 255 }),
      topic: Type.String({ maxLength: 255 }),
      start_flag: Type.Optional(Type.Boolean()),
      configurations: Type.Record(Type.String(), Type.Unknown()),
    }),
  }),
  time: Type.String(),
});

/** @param topicEnvironment of callers who name none */
export function agentStates(deps: DriverDeps, topicEnvironment: string): RpcEndpoint {
  const scheduler = new TenantScheduler(deps);
  const startedMs = deps.clock.nowMs();
  return {
    /** Answers `new`, `alive` or `revived`, as Neutron does. */
    async report_state(args) {
      const { agent_state, time } = shapedArgs(Report, args);
      // Lay in the queue while no server ran: says nothing about now. Naive UTC, as Neutron's agents send it.
      if (Date.parse(`${time}Z`) < startedMs) return null;
      return deps.storage.transaction((repositories) =>
        recordState(deps, repositories, agent_state.agent_state),
      );
    },

    async set_agent_admin_state(args) {
      const up = booleanArg(args, 'admin_state_up');
      const host = textArg(args, 'host');
      return deps.storage.transaction(({ agents }) => setAdminState(agents, host, up));
    },

    async scrub_dead_agents(args) {
      const environment = optionalText(args, 'env') ?? topicEnvironment;
      if (isForeign(deps, environment)) return false;
      const only = { group: optionalNumber(args, 'group'), environments: [environment] };
      await deps.storage.transaction((r) => scheduler.rebindTenantsOfDeadAgents(r, only));
      return true;
    },

    async get_clusterwide_agent(args) {
      const environment = optionalText(args, 'env') ?? topicEnvironment;
      if (isForeign(deps, environment)) return {};
      const group = optionalNumber(args, 'group');
      const agent = await deps.storage.transaction((r) =>
        electClusterwideAgent(scheduler, r, { environment, group }),
      );
      return agent === undefined ? {} : agentDictionary(agent);
    },
  };
}

/** No provider of this server stands for it. */
function isForeign({ providers }: DriverDeps, environment: string): boolean {
  return !environmentsOf(providers).includes(environment);
}

type ReportedState = {
  agent_type: string;
  binary: string;
  host: string;
  topic: string;
  start_flag?: boolean;
  configurations: Record<string, unknown>;
};

async function recordState(
  deps: DriverDeps,
  { agents }: Repositories,
  state: ReportedState,
): Promise<'new' | 'alive' | 'revived'> {
  const { clock, random, options } = deps;
  const known = await agents.findByHost(state.agent_type, state.host);
  const now = isoNow(clock);
  const { agent_type, binary, host, topic, configurations } = state;
  const row = {
    id: known?.id ?? random.uuid(),
    agent_type,
    binary,
    host,
    topic,
    configurations,
    admin_state_up: true,
    disabled_by_agent: false,
    created_at: now,
    started_at: state.start_flag === true ? now : (known?.started_at ?? now),
    // Our clock, not the sender's: clocks that differ must not make an agent look dead.
    heartbeat_timestamp: now,
  };
  await agents.upsert(row);
  if (known === undefined || state.start_flag === true) warnOfForeign(deps, row);
  if (known === undefined) return 'new';
  const liveness = { nowMs: clock.nowMs(), agentDownTimeMs: options.agentDownTimeMs };
  return isAlive(known, liveness) ? 'alive' : 'revived';
}

/** It is heard, and gets no work: most likely a name is misspelt here or there. */
function warnOfForeign(deps: DriverDeps, agent: AgentRow): void {
  const { environment } = agentFacts(agent);
  if (agent.agent_type !== AGENT_TYPE || !isForeign(deps, environment)) return;
  deps.logger.warn(
    { agent_host: agent.host, environment },
    'agent of an environment that no provider stands for; it gets no load balancers',
  );
}

/** An agent may take itself out and put itself back; what an operator disabled stays disabled. */
async function setAdminState(
  agents: Repositories['agents'],
  host: string,
  up: boolean,
): Promise<boolean> {
  const agent = await agents.findByHost(AGENT_TYPE, host);
  if (agent === undefined) return false;
  if (agent.admin_state_up === up) return true;
  if (up && !agent.disabled_by_agent) return false;
  await agents.update(agent.id, { admin_state_up: up, disabled_by_agent: !up });
  return true;
}

/** Whoever was elected stays while active; in the database, so all servers give the same answer. */
async function electClusterwideAgent(
  scheduler: TenantScheduler,
  repositories: Repositories,
  { environment, group }: { environment: string; group: number | undefined },
): Promise<AgentRow | undefined> {
  const agents = await repositories.agents.list({ agent_type: AGENT_TYPE });
  const eligible = agents.filter((agent) => {
    const inGroup = group === undefined || agentFacts(agent).groupNumber === group;
    return inGroup && scheduler.servesEnvironment(agent, environment);
  });
  const key = { environment, group_number: group ?? 0 };
  const holder = await repositories.clusterwideAgents.find(key.environment, key.group_number);
  const still = eligible.find((agent) => agent.id === holder?.agent_id);
  const [first] = eligible;
  if (still !== undefined || first === undefined) return still;
  const row = { ...key, agent_id: first.id };
  const elected = await repositories.clusterwideAgents.elect(row, holder?.agent_id);
  return eligible.find((agent) => agent.id === elected.agent_id);
}

/** As Neutron shows an agent; `configurations` is text there. */
function agentDictionary(agent: AgentRow): Record<string, unknown> {
  return { ...agent, configurations: JSON.stringify(agent.configurations) };
}
