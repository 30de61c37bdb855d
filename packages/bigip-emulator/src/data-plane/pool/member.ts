// One pool member at run time: its state, its load, the flows that go through it.
import { canonicalAddress, routeDomainOf } from '../address.ts';
import type { FullPath, MemberConfig, MemberState } from '../contract.ts';
import { TrafficMeter } from '../traffic-meter.ts';
import type { NodeLoad } from './node-load.ts';

/** Something with a connection to the member that can be ended from outside. */
export interface Flow {
  /** Ends the flow at once, with a reset towards the client. */
  abort(): void;
}

const UNCHECKED: MemberState = {
  monitorStatus: 'unchecked',
  reason: 'Pool member does not have service checking enabled',
};

export class Member {
  readonly pool: FullPath;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly routeDomain: number;
  readonly meter = new TrafficMeter();
  readonly node: NodeLoad;
  readonly flows = new Set<Flow>();
  /** Open connections that wait for a next request (one-connect): no load, and free to be used. */
  #idleConns = 0;
  config: MemberConfig;
  state: MemberState = UNCHECKED;
  /** Was served before its monitors began: it stays in use until their first verdict. */
  servedBefore = false;
  /** When the member last came back from down or disabled; null = since the start. */
  rampingSinceMs: number | null = null;

  constructor(pool: FullPath, config: MemberConfig, node: NodeLoad) {
    this.pool = pool;
    this.name = config.name;
    this.host = canonicalAddress(config.address);
    this.port = config.port;
    this.routeDomain = routeDomainOf(config.address);
    this.config = config;
    this.node = node;
  }

  get isHealthy(): boolean {
    const status = this.state.monitorStatus;
    return (
      status === 'up' ||
      status === 'unchecked' ||
      status === 'forced-up' ||
      status === 'disabled-by-recv' ||
      (status === 'checking' && this.servedBefore)
    );
  }

  /** Connections in use. */
  get activeConns(): number {
    return this.meter.curConns - this.#idleConns;
  }

  /** The limits of member and node leave room for another connection. */
  get hasRoom(): boolean {
    const { connectionLimit } = this.config;
    if (connectionLimit !== 0 && this.activeConns >= connectionLimit) return false;
    return this.node.connectionLimit === 0 || this.node.activeConns < this.node.connectionLimit;
  }

  /** May be chosen by load balancing. */
  get isEligible(): boolean {
    return (
      this.config.adminState === 'enabled' &&
      this.state.monitorStatus !== 'disabled-by-recv' &&
      this.isHealthy &&
      this.hasRoom
    );
  }

  /** May be chosen for a client that is bound to it: disabled members still get persistent connections. */
  get isEligibleForPersistence(): boolean {
    return this.config.adminState !== 'forced-offline' && this.isHealthy && this.hasRoom;
  }

  opened(flow: Flow): void {
    this.meter.opened();
    this.node.activeConns += 1;
    this.flows.add(flow);
  }

  /** The same connection under another owner. */
  handOver(from: Flow, to: Flow): void {
    if (this.flows.delete(from)) this.flows.add(to);
  }

  /** A connection of the member became idle, or is used or closed again. */
  countIdle(change: 1 | -1): void {
    this.#idleConns += change;
    this.node.activeConns -= change;
  }

  closed(flow: Flow): void {
    if (!this.flows.delete(flow)) return;
    this.meter.closed();
    this.node.activeConns -= 1;
  }
}
