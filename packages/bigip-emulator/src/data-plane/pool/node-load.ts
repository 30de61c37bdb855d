// Load per node address, over all pools: the `-node` load balancing modes look at this instead of the member.

export interface NodeLoad {
  /** Connections in use, of all members with this address. */
  activeConns: number;
  /** 0 = unlimited */
  connectionLimit: number;
}

export class NodeLoads {
  readonly #byAddress = new Map<string, NodeLoad>();

  /** @param address as the device names it, with `%rd` where set */
  of(address: string): NodeLoad {
    let load = this.#byAddress.get(address);
    if (load === undefined) {
      load = { activeConns: 0, connectionLimit: 0 };
      this.#byAddress.set(address, load);
    }
    return load;
  }

  /** Forgets addresses no longer configured and without connections. */
  retain(addresses: ReadonlySet<string>): void {
    for (const [address, load] of this.#byAddress)
      if (load.activeConns === 0 && !addresses.has(address)) this.#byAddress.delete(address);
  }
}
