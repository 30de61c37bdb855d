// What a running iRule sees and changes, and how compiled pieces of it look.
import type { ClientFacts } from '../client/client-connection.ts';
import type { DataGroup, FullPath } from '../contract.ts';
import type { Transaction } from '../http/transaction.ts';
import { lookUp } from './look-up.ts';

/** Facts of the virtual server the rule is attached to. */
export interface RuleHost {
  virtualPath: FullPath;
  dataGroups: Readonly<Record<FullPath, DataGroup>>;
  /** Available members of a pool, by full path. */
  activeMembers(pool: FullPath): number;
}

/** Lives as long as the client connection. */
export interface RuleSession {
  readonly host: RuleHost;
  readonly client: ClientFacts;
  readonly variables: Map<string, string>;
  /** `pool` outside HTTP. */
  pool: FullPath | null;
  isRejected: boolean;
  /** What SERVER_CONNECTED sends first on the server side. */
  greeting: string;
  /** Of the client connection, as an iRule set it; null: the profile's. */
  idleTimeoutMs: number | null;
}

export interface RuleContext {
  readonly session: RuleSession;
  readonly event: string;
  /** Null in connection events. */
  readonly transaction: Transaction | null;
}

/** A compiled word, expression or command. */
export type Evaluate = (context: RuleContext) => string;

/** Thrown by `return`. */
export class ReturnSignal extends Error {
  override name = 'ReturnSignal';
}

/** The rule uses something the emulator does not execute; the whole rule is then reported and not run. */
export class UnsupportedRuleError extends Error {
  override name = 'UnsupportedRuleError';
}

/** The rule failed while it ran, as Tcl would: the device resets the connection. */
export class RuleRuntimeError extends Error {
  override name = 'RuleRuntimeError';
}

/** A name as written in a rule: absolute, in the folder of the virtual server, or in /Common. */
export function resolveName<T>(
  host: RuleHost,
  name: string,
  table: Readonly<Record<string, T>>,
): T | undefined {
  if (name.startsWith('/')) return lookUp(table, name);
  const folder = host.virtualPath.slice(0, host.virtualPath.lastIndexOf('/'));
  return lookUp(table, `${folder}/${name}`) ?? lookUp(table, `/Common/${name}`);
}

/** Full path of a pool named in a rule. */
export function poolPath(host: RuleHost, name: string): FullPath {
  if (name.startsWith('/')) return name;
  return `${host.virtualPath.slice(0, host.virtualPath.lastIndexOf('/'))}/${name}`;
}

export function isTrue(value: string): boolean {
  return value !== '' && value !== '0' && value.toLowerCase() !== 'false' && value !== 'no';
}
