// A load balancer with something of everything below it, all ACTIVE.
import type { Item, StartedApi } from './started-api.ts';

export interface Furnished {
  lb: Item;
  http: Item;
  tcp: Item;
  udp: Item;
  /** Default pool of `http`, with member and monitor. */
  pool: Item;
  /** No listener, no monitor. */
  spare: Item;
  udpPool: Item;
  member: Item;
  monitor: Item;
  policy: Item;
  rule: Item;
}

export async function furnish(api: StartedApi): Promise<Furnished> {
  const make = async (path: string, body: Record<string, object>): Promise<Item> => {
    const reply = await api.post(path, body);
    if (reply.status !== 201) throw new Error(`${path}: ${reply.text}`);
    await api.settled();
    return reply.item;
  };
  const lb = await api.loadBalancer({ name: 'furnished' });
  const listener = (protocol: string, protocol_port: number): Promise<Item> =>
    make('/listeners', { listener: { loadbalancer_id: lb.id, protocol, protocol_port } });
  const pool = (attributes: object): Promise<Item> =>
    make('/pools', { pool: { lb_algorithm: 'ROUND_ROBIN', ...attributes } });

  const http = await listener('HTTP', 80);
  const tcp = await listener('TCP', 25);
  const udp = await listener('UDP', 53);
  const main = await pool({ listener_id: http.id, protocol: 'HTTP' });
  const spare = await pool({ loadbalancer_id: lb.id, protocol: 'HTTP', name: 'spare' });
  const udpPool = await pool({ loadbalancer_id: lb.id, protocol: 'UDP' });
  const member = await make(`/pools/${main.id}/members`, {
    member: { address: '10.9.0.1', protocol_port: 8080 },
  });
  const monitor = await make('/healthmonitors', {
    healthmonitor: { pool_id: main.id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 },
  });
  const policy = await make('/l7policies', {
    l7policy: { listener_id: http.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: spare.id },
  });
  const rule = await make(`/l7policies/${policy.id}/rules`, {
    rule: { type: 'PATH', compare_type: 'STARTS_WITH', value: '/api' },
  });
  return { lb, http, tcp, udp, pool: main, spare, udpPool, member, monitor, policy, rule };
}
