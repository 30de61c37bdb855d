// The demo's load balancer: made step by step, waited for, removed with everything below it.
import { LbaasError } from '@f5-lbaas/model';
import type { Clock } from '@f5-lbaas/platform';
import { isObject, type JsonObject } from '../http/fields.ts';
import type { OpenstackClient } from './openstack-client.ts';

const ROOT = '/v2/lbaas';
const POLL_MS = 200;
const TIMEOUT_MS = 60_000;

export interface LoadBalancerDeps {
  client: OpenstackClient;
  clock: Clock;
  signal: AbortSignal;
}

export interface MemberSpec {
  name: string;
  address: string;
  port: number;
  subnetId: string;
}

function objectIn(body: JsonObject, key: string): JsonObject {
  const value = body[key];
  if (isObject(value)) return value;
  throw new LbaasError('unavailable', 'ERR_ANSWER', `The API's answer has no '${key}'.`);
}

function text(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

async function show(deps: LoadBalancerDeps, id: string): Promise<JsonObject> {
  const body = await deps.client.send('GET', `${ROOT}/loadbalancers/${id}`);
  return objectIn(body, 'loadbalancer');
}

async function poll(
  { clock, signal }: LoadBalancerDeps,
  what: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const deadlineMs = clock.nowMs() + TIMEOUT_MS;
  while (!(await isDone())) {
    if (clock.nowMs() > deadlineMs) {
      throw new LbaasError('unavailable', 'ERR_DEMO', `Waited ${TIMEOUT_MS / 1000} s for ${what}.`);
    }
    await clock.sleep(POLL_MS, signal);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof LbaasError && error.kind === 'not_found';
}

function isBusy(error: unknown): boolean {
  return error instanceof LbaasError && error.kind === 'conflict';
}

/** Deletes the whole tree, as soon as the load balancer takes changes, and waits until it is gone. */
export async function removeLoadBalancer(deps: LoadBalancerDeps, id: string): Promise<void> {
  const path = `${ROOT}/loadbalancers/${id}?cascade=true`;
  await poll(deps, `load balancer '${id}' to take the deletion`, async () => {
    try {
      await deps.client.send('DELETE', path);
      return true;
    } catch (error) {
      if (isGone(error)) return true;
      if (isBusy(error)) return false;
      throw error;
    }
  });
  await poll(deps, `load balancer '${id}' to be deleted`, async () => {
    try {
      return text(await show(deps, id), 'provisioning_status') === 'DELETED';
    } catch (error) {
      if (isGone(error)) return true;
      throw error;
    }
  });
}

export class DemoLoadBalancer {
  readonly #deps: LoadBalancerDeps;
  readonly id: string;
  readonly address: string;

  private constructor(deps: LoadBalancerDeps, body: JsonObject) {
    this.#deps = deps;
    this.id = text(body, 'id');
    this.address = text(body, 'vip_address');
  }

  /** Accepted, not yet ACTIVE. */
  static async create(
    deps: LoadBalancerDeps,
    name: string,
    vipSubnetId: string,
  ): Promise<DemoLoadBalancer> {
    const loadbalancer = { name, vip_subnet_id: vipSubnetId };
    const body = await deps.client.send('POST', `${ROOT}/loadbalancers`, { loadbalancer });
    return new DemoLoadBalancer(deps, objectIn(body, 'loadbalancer'));
  }

  async addListener(port: number): Promise<string> {
    return this.#create('listeners', 'listener', {
      name: 'demo-http',
      loadbalancer_id: this.id,
      protocol: 'HTTP',
      protocol_port: port,
    });
  }

  async addPool(listenerId: string): Promise<string> {
    return this.#create('pools', 'pool', {
      name: 'demo-pool',
      listener_id: listenerId,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
    });
  }

  async addMember(poolId: string, member: MemberSpec): Promise<string> {
    return this.#create(`pools/${poolId}/members`, 'member', {
      name: member.name,
      address: member.address,
      protocol_port: member.port,
      subnet_id: member.subnetId,
    });
  }

  async addMonitor(poolId: string): Promise<string> {
    return this.#create('healthmonitors', 'healthmonitor', {
      name: 'demo-monitor',
      pool_id: poolId,
      type: 'HTTP',
      delay: 1,
      timeout: 1,
      max_retries: 1,
      url_path: '/health',
    });
  }

  /** @throws LbaasError when it ends in ERROR or takes longer than a minute */
  async waitUntilActive(onStatus: (status: string) => void): Promise<void> {
    await poll(this.#deps, `load balancer '${this.id}' to become ACTIVE`, async () => {
      const status = text(await show(this.#deps, this.id), 'provisioning_status');
      onStatus(status);
      if (status === 'ERROR') {
        throw new LbaasError('device', 'ERR_DEMO', `Load balancer '${this.id}' went to ERROR.`);
      }
      return status === 'ACTIVE';
    });
  }

  async waitForMember(
    poolId: string,
    memberId: string,
    wanted: (status: string) => boolean,
    onStatus: (status: string) => void,
  ): Promise<void> {
    await poll(this.#deps, `member '${memberId}' to change`, async () => {
      const path = `${ROOT}/pools/${poolId}/members/${memberId}`;
      const member = objectIn(await this.#deps.client.send('GET', path), 'member');
      const status = text(member, 'operating_status');
      onStatus(status);
      return wanted(status);
    });
  }

  async #create(collection: string, singular: string, attributes: JsonObject): Promise<string> {
    const body = { [singular]: attributes };
    const answer = await this.#deps.client.send('POST', `${ROOT}/${collection}`, body);
    return text(objectIn(answer, singular), 'id');
  }
}
