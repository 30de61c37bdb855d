// The load balancer that most tests build: HTTP listener, pool, members, monitor, one request each.
import type { LabApi } from './lab-api.ts';

export interface Scenario {
  loadBalancerId: string;
  listenerId: string;
  poolId: string;
  memberIds: string[];
  monitorId: string;
  /** Of the VIP. */
  url: string;
}

export const SCENARIO_PORT = 8080;

export async function buildScenario(
  api: LabApi,
  name: string,
  memberPorts: readonly number[],
): Promise<Scenario> {
  const loadBalancerId = await api.createLoadBalancer(name);
  await api.active(loadBalancerId);
  const step = async (collection: string, singular: string, attributes: unknown) => {
    const id = await api.create(collection, singular, attributes);
    await api.active(loadBalancerId);
    return id;
  };
  const listenerId = await step('listeners', 'listener', {
    loadbalancer_id: loadBalancerId,
    protocol: 'HTTP',
    protocol_port: SCENARIO_PORT,
  });
  const poolId = await step('pools', 'pool', {
    listener_id: listenerId,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
  });
  const memberIds: string[] = [];
  for (const protocol_port of memberPorts) {
    memberIds.push(
      await step(`pools/${poolId}/members`, 'member', {
        address: '127.0.0.1',
        protocol_port,
        subnet_id: api.lab.subnets.members,
      }),
    );
  }
  const monitorId = await step('healthmonitors', 'healthmonitor', {
    pool_id: poolId,
    type: 'HTTP',
    delay: 1,
    timeout: 1,
    max_retries: 1,
    url_path: '/',
  });
  const body = await api.show('loadbalancers', loadBalancerId);
  const address = String((body as Record<string, unknown>)['vip_address']);
  const url = `http://${address}:${SCENARIO_PORT}/`;
  return { loadBalancerId, listenerId, poolId, memberIds, monitorId, url };
}

/** One request with everything in it. @returns the id; accepted, not yet ACTIVE */
export async function createFullyPopulated(
  api: LabApi,
  name: string,
  given: { address?: string; ports?: readonly number[]; provider?: string } = {},
): Promise<string> {
  const { address = '127.0.0.2', ports = [9001, 9002], provider } = given;
  return api.create('loadbalancers', 'loadbalancer', {
    name,
    vip_subnet_id: api.lab.subnets.vip,
    ...(provider === undefined ? {} : { provider }),
    listeners: [
      {
        name: `${name}-listener`,
        protocol: 'HTTP',
        protocol_port: SCENARIO_PORT,
        default_pool: {
          name: `${name}-pool`,
          protocol: 'HTTP',
          lb_algorithm: 'ROUND_ROBIN',
          members: ports.map((protocol_port) => ({
            address,
            protocol_port,
            subnet_id: api.lab.subnets.members,
          })),
          healthmonitor: { name: `${name}-hm`, type: 'HTTP', delay: 1, timeout: 1, max_retries: 1 },
        },
      },
    ],
  });
}
