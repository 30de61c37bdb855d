// Reads the health of what is on the devices and tells the server what changed; everything now and then, in
// case a message got lost.
import {
  RESOURCE_KINDS,
  type OperatingStatus,
  type ResourceKind,
  type ServiceDefinition,
} from '@f5-lbaas/model';
import { withDeadline, type Clock } from '@f5-lbaas/platform';
import type { AgentDriver } from '../driver/agent-driver.ts';
import { objectsOf } from './outcomes.ts';
import type { PluginApi } from './plugin-api.ts';
import type { ServiceLedger } from './service-ledger.ts';

type Statuses = Partial<Record<ResourceKind, Record<string, OperatingStatus>>>;

export interface HealthPollerDeps {
  driver: Pick<AgentDriver, 'operational' | 'pollHealth'>;
  plugin: Pick<PluginApi, 'updateOperatingStatus' | 'send'>;
  ledger: Pick<ServiceLedger, 'services'>;
  clock: Clock;
  agentHost: string;
  /** Every how many polls everything is told, changed or not. */
  fullEvery: number;
  timeoutMs: number;
  signal: AbortSignal;
}

export class HealthPoller {
  readonly #deps: HealthPollerDeps;
  #told = new Map<string, OperatingStatus>();
  /** Load balancers of which nothing counts as told. */
  readonly #untold = new Set<string>();
  #polls = 0;

  constructor(deps: HealthPollerDeps) {
    this.#deps = deps;
  }

  /** The server took an outcome of this load balancer, which may have overwritten what it was told. */
  tellAgain(loadbalancerId: string): void {
    this.#untold.add(loadbalancerId);
  }

  /** @throws when the devices could not be asked or the server not be told; nothing counts as told then */
  async poll(): Promise<void> {
    const { driver, ledger } = this.#deps;
    const services = ledger.services();
    if (!driver.operational || services.length === 0) return;
    if (this.#polls % this.#deps.fullEvery === 0) this.#told.clear();
    this.#polls += 1;
    this.#forgetUntold(services);
    const current = flatten(await this.#read(services));
    const changed = new Map([...current].filter(([key, status]) => this.#told.get(key) !== status));
    if (changed.size > 0) await this.#tell(changed, services);
    this.#told = current;
  }

  #forgetUntold(services: readonly ServiceDefinition[]): void {
    for (const service of services) {
      if (!this.#untold.has(service.loadbalancer.id)) continue;
      const objects = objectsOf(service);
      for (const kind of RESOURCE_KINDS) {
        for (const { id } of objects[kind]) this.#told.delete(`${kind}/${id}`);
      }
    }
    this.#untold.clear();
  }

  #read(services: readonly ServiceDefinition[]): Promise<Statuses> {
    const { driver, clock, timeoutMs, signal } = this.#deps;
    return withDeadline({ clock, timeoutMs, what: 'Health poll', signal }, (s) =>
      driver.pollHealth(services, s),
    );
  }

  async #tell(
    changed: ReadonlyMap<string, OperatingStatus>,
    services: readonly ServiceDefinition[],
  ): Promise<void> {
    const { plugin, agentHost, signal } = this.#deps;
    const pythonMembers = membersOfPythonServers(services);
    const own = [...changed].filter(([key]) => !pythonMembers.has(key));
    if (own.length > 0) {
      await plugin.updateOperatingStatus({ host: agentHost, objects: unflatten(own) }, signal);
    }
    for (const [key, status] of changed) {
      const memberId = pythonMembers.get(key);
      if (memberId === undefined) continue;
      // F5's driver takes the health of members only; null leaves the other status alone.
      const args = { member_id: memberId, provisioning_status: null, operating_status: status };
      await plugin.send({ kind: 'cast', method: 'update_member_status', args }, signal);
    }
  }
}

/** `<kind>/<id>` -> member id. */
function membersOfPythonServers(services: readonly ServiceDefinition[]): Map<string, string> {
  const members = services
    .filter((service) => service.revision === undefined)
    .flatMap((service) => service.members);
  return new Map(members.map((member) => [`members/${member.id}`, member.id]));
}

function flatten(statuses: Statuses): Map<string, OperatingStatus> {
  return new Map(
    RESOURCE_KINDS.flatMap((kind) =>
      Object.entries(statuses[kind] ?? {}).map(
        ([id, status]) => [`${kind}/${id}`, status] as const,
      ),
    ),
  );
}

function unflatten(entries: readonly (readonly [string, OperatingStatus])[]): Statuses {
  const statuses: Statuses = {};
  for (const kind of RESOURCE_KINDS) {
    const prefix = `${kind}/`;
    const own = entries.filter(([key]) => key.startsWith(prefix));
    if (own.length === 0) continue;
    statuses[kind] = Object.fromEntries(
      own.map(([key, status]) => [key.slice(prefix.length), status]),
    );
  }
  return statuses;
}
