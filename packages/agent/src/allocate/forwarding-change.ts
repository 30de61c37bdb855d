// What Neutron tells of the ports of a tunnelled network, as plain data.
import type { TunnelType } from '../config/network-settings.ts';

/** Somebody in a tunnelled network. */
export interface Peer {
  /** Canonical; empty when it is not known. */
  address: string;
  /** Lower case. */
  mac: string;
}

/** Somebody, and the end point of the tunnel behind which it is; canonical. */
export interface ReachedPeer extends Peer {
  vtep: string;
}

export interface ForwardingChange {
  /** give-up: ports stay where they are and have these addresses no more. */
  action: 'add' | 'remove' | 'give-up';
  networkId: string;
  /** Undefined: Neutron has named the network only. */
  segment: { type: TunnelType; key: number } | undefined;
  peers: readonly ReachedPeer[];
}
