// One-connect: idle server-side connections of a virtual server, kept for the next request of any fitting client.
import { maskAddress } from '../address.ts';
import type { Member } from '../pool/member.ts';
import type { ServerConnection } from './server-connection.ts';

/** Idle connections kept per member and client group; more are closed. */
const IDLE_MAX = 256;

export interface ReuseSettings {
  sourceMask: string;
  /** Requests per server connection; 0 = unlimited. */
  maxReuse: number;
}

export class ConnectionReuse {
  /** Member -> masked client -> idle connections, the most recently used last. */
  readonly #idle = new Map<Member, Map<string, ServerConnection[]>>();

  take(
    settings: ReuseSettings,
    member: Member,
    clientAddress: string,
  ): ServerConnection | undefined {
    const stack = this.#idle.get(member)?.get(groupOf(settings, clientAddress));
    while (stack !== undefined) {
      const connection = stack.pop();
      if (connection === undefined) return undefined;
      member.countIdle(-1);
      if (connection.isReusable) return connection;
      connection.destroy();
    }
    return undefined;
  }

  /** @returns false when the connection is not kept; the caller closes it */
  put(settings: ReuseSettings, connection: ServerConnection, clientAddress: string): boolean {
    const isWornOut = settings.maxReuse > 0 && connection.uses >= settings.maxReuse;
    const { member } = connection;
    if (isWornOut || !connection.isReusable || !member.isEligibleForPersistence) return false;
    let groups = this.#idle.get(member);
    if (groups === undefined) {
      groups = new Map<string, ServerConnection[]>();
      this.#idle.set(member, groups);
    }
    const group = groupOf(settings, clientAddress);
    let stack = groups.get(group);
    if (stack === undefined) groups.set(group, (stack = []));
    if (stack.length >= IDLE_MAX) return false;
    stack.push(connection);
    member.countIdle(1);
    return true;
  }

  /** A connection is gone. */
  remove(connection: ServerConnection): void {
    const groups = this.#idle.get(connection.member);
    if (groups === undefined) return;
    for (const [group, stack] of groups) {
      const at = stack.indexOf(connection);
      if (at === -1) continue;
      stack.splice(at, 1);
      connection.member.countIdle(-1);
      if (stack.length === 0) groups.delete(group);
    }
    if (groups.size === 0) this.#idle.delete(connection.member);
  }

  /** Closes the idle connections of one member, or of all. */
  drop(member?: Member): void {
    const members = member === undefined ? [...this.#idle.keys()] : [member];
    for (const each of members) {
      const groups = this.#idle.get(each);
      this.#idle.delete(each);
      for (const stack of groups?.values() ?? [])
        for (const connection of stack) {
          each.countIdle(-1);
          connection.destroy();
        }
    }
  }
}

function groupOf(settings: ReuseSettings, clientAddress: string): string {
  return maskAddress(clientAddress, settings.sourceMask);
}
