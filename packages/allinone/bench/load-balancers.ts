// Making many load balancers through the API, and waiting until all of them are ACTIVE.
import { measureLoad } from '@f5-lbaas/testkit';
import { listAt } from '../test/support/json.ts';
import type { LabApi } from '../test/support/lab-api.ts';
import { waitUntil } from '../test/support/wait-until.ts';

const POLL_MS = 100;
const SETTLE_MS = 600_000;

/** One request: HTTP listener, pool, members on different ports, monitor. @returns the id */
export function createWebService(api: LabApi, name: string, members: number): Promise<string> {
  const subnet_id = api.lab.subnets.members;
  const default_pool = {
    name: `${name}-pool`,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    members: Array.from({ length: members }, (_, n) => ({
      ...{ address: '127.0.0.2', protocol_port: 9001 + n, subnet_id },
    })),
    healthmonitor: { name: `${name}-hm`, type: 'HTTP', delay: 30, timeout: 10, max_retries: 2 },
  };
  return api.create('loadbalancers', 'loadbalancer', {
    name,
    vip_subnet_id: api.lab.subnets.vip,
    listeners: [{ name: `${name}-listener`, protocol: 'HTTP', protocol_port: 8080, default_pool }],
  });
}

/** @returns the ids, in the order of the answers */
export async function createMany(
  count: number,
  users: number,
  create: (n: number) => Promise<string>,
): Promise<string[]> {
  const ids: string[] = [];
  await measureLoad({ users, until: { requests: count } }, async (n) => ids.push(await create(n)));
  return ids;
}

/** Waits until nothing is pending. @throws Error when a load balancer is in ERROR */
export async function settled(
  api: LabApi,
  onWaiting: (pending: number) => void = () => undefined,
): Promise<void> {
  const countIn = async (status: string): Promise<number> => {
    const query = `loadbalancers?fields=id&provisioning_status=${status}`;
    return listAt((await api.send('GET', query)).body, 'loadbalancers').length;
  };
  const isDone = async (): Promise<boolean> => {
    const pending = await countIn('PENDING_CREATE');
    if (pending > 0) onWaiting(pending);
    return pending === 0;
  };
  await waitUntil('nothing is pending', isDone, { timeoutMs: SETTLE_MS, pollMs: POLL_MS });
  const failed = await countIn('ERROR');
  if (failed > 0) throw new Error(`${failed} load balancers are in ERROR.`);
}
