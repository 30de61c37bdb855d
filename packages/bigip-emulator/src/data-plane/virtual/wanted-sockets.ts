// Which sockets the virtual servers need. Pure.
import { formatEndpoint, plainAddress } from '../address.ts';
import type { VirtualServer } from '../contract.ts';
import type { Endpoint } from './listener.ts';

export interface WantedSocket<V> {
  protocol: 'tcp' | 'udp';
  endpoint: Endpoint;
  routeDomain: number;
  virtuals: V[];
}

export interface SocketPlan<V> {
  sockets: Map<string, WantedSocket<V>>;
  /** Virtual servers that get no socket, and why. Those that are disabled or live elsewhere want none. */
  refused: Map<V, string>;
}

/**
 * EMULATOR: sockets of a program know no route domains, so an address and port serve one domain only: the one that
 * has it already, else the one of the first virtual server.
 * @param held route domain by key of the sockets that are open
 */
export function planSockets<V extends { config: VirtualServer }>(
  virtuals: Iterable<V>,
  held: ReadonlyMap<string, number>,
): SocketPlan<V> {
  const plan: SocketPlan<V> = { sockets: new Map(), refused: new Map() };
  const latecomers: V[] = [];
  for (const virtual of virtuals) {
    const { config } = virtual;
    if (!config.enabled || !config.isServed) continue;
    const reason = unbindable(config);
    if (reason !== null) plan.refused.set(virtual, reason);
    else if (
      keysOf(config).some((key) => (held.get(key) ?? config.routeDomain) !== config.routeDomain)
    )
      latecomers.push(virtual);
    else place(virtual, plan);
  }
  for (const virtual of latecomers) place(virtual, plan);
  return plan;
}

function place<V extends { config: VirtualServer }>(virtual: V, plan: SocketPlan<V>): void {
  const { address, port, routeDomain } = virtual.config;
  const endpoint = { address: plainAddress(address), port };
  for (const protocol of protocolsOf(virtual.config)) {
    const key = keyOf(protocol, endpoint);
    const socket = plan.sockets.get(key);
    if (socket === undefined)
      plan.sockets.set(key, { protocol, endpoint, routeDomain, virtuals: [virtual] });
    else if (socket.routeDomain === routeDomain) socket.virtuals.push(virtual);
    else
      plan.refused.set(
        virtual,
        `${formatEndpoint(endpoint.address, port)} serves route domain ${socket.routeDomain}, ` +
          `the emulator cannot listen there for route domain ${routeDomain} too`,
      );
  }
}

function keysOf(config: VirtualServer): string[] {
  const endpoint = { address: plainAddress(config.address), port: config.port };
  return protocolsOf(config).map((protocol) => keyOf(protocol, endpoint));
}

function keyOf(protocol: string, { address, port }: Endpoint): string {
  return `${protocol} ${address} ${port}`;
}

function protocolsOf({ ipProtocol }: VirtualServer): ('tcp' | 'udp')[] {
  switch (ipProtocol) {
    case 'tcp':
    case 'udp':
      return [ipProtocol];
    case 'any':
      return ['tcp', 'udp'];
    case 'sctp':
      return [];
  }
}

/** What this emulator can never listen on. */
function unbindable(config: VirtualServer): string | null {
  if (config.port === 0) return 'The emulator cannot listen on port 0 (any)';
  if (config.ipProtocol === 'sctp') return 'The emulator does not forward SCTP';
  if (config.type === 'forwarding') return 'The emulator does not forward IP packets';
  return null;
}
