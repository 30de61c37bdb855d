// Transactions: commands are queued unchecked and take effect together (iControl REST 5).
import type { Clock, Random } from '@f5-lbaas/platform';
import { DeviceError, semanticError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { TmosVersion } from '../schema/tmos-version.ts';

export interface TransactionCommand {
  commandId: number;
  evalOrder: number;
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/mgmt/tm/…` with query, as sent. */
  uri: string;
  body: JsonObject;
}

type TransactionState = 'STARTED' | 'VALIDATING' | 'COMPLETED' | 'FAILED';

export interface Transaction {
  id: number;
  state: TransactionState;
  commands: TransactionCommand[];
  nextCommandId: number;
  failureReason: string;
  asyncExecution: boolean;
  validateOnly: boolean;
  lastCommandMs: number;
}

/** Open transactions at once; older ones give way. Bounds memory. */
const TRANSACTIONS_MAX = 1000;
const TIMEOUT_SECONDS = 120;
const TIMEOUT_SECONDS_OLD = 30;

export interface TransactionsDeps {
  clock: Clock;
  random: Random;
  version: TmosVersion;
}

export class Transactions {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #version: TmosVersion;
  readonly #open = new Map<number, Transaction>();

  constructor({ clock, random, version }: TransactionsDeps) {
    this.#clock = clock;
    this.#random = random;
    this.#version = version;
  }

  start(): Transaction {
    this.#expire();
    const transaction: Transaction = {
      id: this.#newId(),
      state: 'STARTED',
      commands: [],
      nextCommandId: 1,
      failureReason: '',
      asyncExecution: false,
      validateOnly: false,
      lastCommandMs: this.#clock.nowMs(),
    };
    this.#open.set(transaction.id, transaction);
    const oldest = this.#open.keys().next().value;
    if (this.#open.size > TRANSACTIONS_MAX && oldest !== undefined) this.#open.delete(oldest);
    return transaction;
  }

  /** @throws DeviceError 404 for an id that is unknown or expired */
  get(id: string): Transaction {
    this.#expire();
    const transaction = this.#open.get(Number(id));
    if (transaction === undefined) {
      throw new DeviceError(404, `Transaction ${id.slice(0, 40)} not found`, { apiError: 1 });
    }
    return transaction;
  }

  list(): Transaction[] {
    this.#expire();
    return [...this.#open.values()];
  }

  discard(id: number): void {
    this.#open.delete(id);
  }

  clear(): void {
    this.#open.clear();
  }

  add(
    transaction: Transaction,
    command: Omit<TransactionCommand, 'commandId' | 'evalOrder'>,
  ): TransactionCommand {
    if (transaction.state !== 'STARTED') {
      throw semanticError(`transaction ${transaction.id} is not in state STARTED`);
    }
    const commandId = transaction.nextCommandId;
    transaction.nextCommandId += 1;
    const queued = { ...command, commandId, evalOrder: transaction.commands.length + 1 };
    transaction.commands.push(queued);
    transaction.lastCommandMs = this.#clock.nowMs();
    return queued;
  }

  /** Moves a command to another place; the others keep their order. */
  reorder(transaction: Transaction, command: TransactionCommand, evalOrder: number): void {
    const others = transaction.commands.filter((other) => other !== command);
    const at = Math.min(Math.max(evalOrder, 1), others.length + 1) - 1;
    others.splice(at, 0, command);
    others.forEach((other, index) => (other.evalOrder = index + 1));
    transaction.commands = others;
  }

  removeCommand(transaction: Transaction, command: TransactionCommand): void {
    transaction.commands = transaction.commands.filter((other) => other !== command);
    transaction.commands.forEach((other, index) => (other.evalOrder = index + 1));
  }

  get timeoutSeconds(): number {
    return this.#version.atLeast('12.0') ? TIMEOUT_SECONDS : TIMEOUT_SECONDS_OLD;
  }

  #expire(): void {
    const deadline = this.#clock.nowMs() - this.timeoutSeconds * 1000;
    for (const [id, transaction] of this.#open) {
      if (transaction.lastCommandMs < deadline) this.#open.delete(id);
    }
  }

  /** Microseconds since the epoch from 12.0 on, ten digits before. */
  #newId(): number {
    const nowMs = this.#clock.nowMs();
    const base = this.#version.atLeast('12.0') ? nowMs * 1000 : Math.floor(nowMs / 1000);
    let id = base + Math.floor(this.#random.next() * 1000);
    while (this.#open.has(id)) id += 1;
    return id;
  }
}
