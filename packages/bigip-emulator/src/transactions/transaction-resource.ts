// /mgmt/tm/transaction: start, queue, inspect, commit (iControl REST 5).
import type { ConfigEngine } from '../engine/config-engine.ts';
import { API_ERROR_SEMANTIC, DeviceError, semanticError, validationError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { jsonBody } from '../rest/body.ts';
import { applyWrite, type ConfigWrite } from '../rest/config-writes.ts';
import { ok, type RestRequest, type RestResponse } from '../rest/request.ts';
import { parseResourcePath } from '../rest/resource-path.ts';
import { decodeSegments } from '../rest/segments.ts';
import type { Transaction, TransactionCommand, Transactions } from './transactions.ts';

/** Lets a fault refuse a commit, or the n-th command of it. */
interface CommitGate {
  /** @throws DeviceError */
  beforeCommand(index: number): void;
}

export interface TransactionDeps {
  transactions: Transactions;
  engine: ConfigEngine;
  gate: CommitGate;
}

const SECONDS_PER_EXECUTION = 300;

function view({ transactions, engine }: TransactionDeps, transaction: Transaction): JsonObject {
  const link = `https://localhost/mgmt/tm/transaction/${transaction.id}?ver=${engine.runtime.version.full}`;
  const short = {
    transId: transaction.id,
    state: transaction.state,
    timeoutSeconds: transactions.timeoutSeconds,
  };
  const end = { kind: 'tm:transactionstate', selfLink: link };
  if (!engine.runtime.version.atLeast('12.0')) return { ...short, ...end };
  return {
    ...short,
    asyncExecution: transaction.asyncExecution,
    validateOnly: transaction.validateOnly,
    executionTimeout: SECONDS_PER_EXECUTION,
    executionTime: 0,
    failureReason: transaction.failureReason,
    ...end,
  };
}

function commandView(
  deps: TransactionDeps,
  transaction: Transaction,
  command: TransactionCommand,
): JsonObject {
  const { commandId, evalOrder, method, uri, body } = command;
  const version = deps.engine.runtime.version.full;
  return {
    method,
    uri: `https://localhost${uri}`,
    ...(Object.keys(body).length === 0 ? {} : { body }),
    evalOrder,
    commandId,
    kind: 'tm:transaction:commandsstate',
    selfLink: `https://localhost/mgmt/tm/transaction/${transaction.id}/commands/${commandId}?ver=${version}`,
  };
}

/** Queues an ordinary write that carries the coordination header; only its syntax is checked. */
export function queueCommand(
  deps: TransactionDeps,
  request: RestRequest,
  transactionId: string,
): RestResponse {
  const transaction = deps.transactions.get(transactionId);
  const method = request.method;
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') {
    throw semanticError(`${method} cannot be part of a transaction`);
  }
  const body = jsonBody(request);
  const target = parseResourcePath(deps.engine.schema, request.segments.slice(1));
  const isCommand = body['command'] !== undefined || body['createDraft'] !== undefined;
  if (request.segments[0] !== 'tm' || target === undefined || isCommand) {
    throw validationError(`${method} ${request.path} may not be part of a transaction`);
  }
  const query = request.query.toString();
  const uri = query === '' ? request.path : `${request.path}?${query}`;
  const command = deps.transactions.add(transaction, { method, uri, body });
  return ok(commandView(deps, transaction, command));
}

/** @param segments after `tm/transaction` */
export function transactionResource(
  deps: TransactionDeps,
  request: RestRequest,
  segments: readonly string[],
): RestResponse {
  const [id, commands, commandId] = segments;
  if (id === undefined) return transactionCollection(deps, request);
  const transaction = deps.transactions.get(id);
  if (commands !== undefined) return commandsResource(deps, request, transaction, commandId);
  if (request.method === 'DELETE') {
    deps.transactions.discard(transaction.id);
    return ok();
  }
  if (request.method === 'PATCH' || request.method === 'PUT')
    return commit(deps, request, transaction);
  return ok(view(deps, transaction));
}

function transactionCollection(deps: TransactionDeps, request: RestRequest): RestResponse {
  if (request.method === 'POST') {
    jsonBody(request);
    return ok(view(deps, deps.transactions.start()));
  }
  const version = deps.engine.runtime.version.full;
  return ok({
    kind: 'tm:transactioncollectionstate',
    selfLink: `https://localhost/mgmt/tm/transaction?ver=${version}`,
    items: deps.transactions.list().map((transaction) => view(deps, transaction)),
  });
}

function commandsResource(
  deps: TransactionDeps,
  request: RestRequest,
  transaction: Transaction,
  commandId: string | undefined,
): RestResponse {
  if (commandId === undefined) {
    const version = deps.engine.runtime.version.full;
    return ok({
      kind: 'tm:transaction:commandscollectionstate',
      selfLink: `https://localhost/mgmt/tm/transaction/${transaction.id}/commands?ver=${version}`,
      items: transaction.commands.map((command) => commandView(deps, transaction, command)),
    });
  }
  const command = transaction.commands.find((known) => String(known.commandId) === commandId);
  if (command === undefined)
    throw new DeviceError(404, `Command ${commandId.slice(0, 20)} not found`);
  if (request.method === 'DELETE') {
    deps.transactions.removeCommand(transaction, command);
    return ok();
  }
  if (request.method === 'PATCH') {
    const order = Number(jsonBody(request)['evalOrder']);
    if (!Number.isInteger(order)) throw semanticError('one or more properties must be specified');
    deps.transactions.reorder(transaction, command, order);
  }
  return ok(commandView(deps, transaction, command));
}

function commit(
  deps: TransactionDeps,
  request: RestRequest,
  transaction: Transaction,
): RestResponse {
  const body = jsonBody(request);
  if (body['state'] !== 'VALIDATING') {
    throw semanticError('the state of a transaction can only be set to VALIDATING');
  }
  if (transaction.commands.length === 0) {
    throw failed(new DeviceError(400, 'there is no command to commit in the transaction'));
  }
  transaction.validateOnly = body['validateOnly'] === true;
  transaction.asyncExecution = body['asyncExecution'] === true;
  try {
    execute(deps, transaction);
    transaction.state = 'COMPLETED';
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    transaction.state = 'FAILED';
    transaction.failureReason = error.message;
    if (!transaction.asyncExecution) {
      deps.transactions.discard(transaction.id);
      throw failed(error);
    }
  }
  const answer = view(deps, transaction);
  if (!transaction.asyncExecution) deps.transactions.discard(transaction.id);
  return ok(answer);
}

function failed(error: DeviceError): DeviceError {
  return new DeviceError(error.status, `transaction failed:${error.message}`, {
    apiError: API_ERROR_SEMANTIC,
  });
}

function execute(deps: TransactionDeps, transaction: Transaction): void {
  const writes = transaction.commands.map((command) => toWrite(deps.engine, command));
  deps.engine.change((editor) => {
    writes.forEach((write, index) => {
      deps.gate.beforeCommand(index + 1);
      applyWrite(editor, write);
    });
  }, transaction.validateOnly);
}

function toWrite(engine: ConfigEngine, { method, uri, body }: TransactionCommand): ConfigWrite {
  const [path = '', query = ''] = uri.split('?');
  const target = parseResourcePath(engine.schema, decodeSegments(path).slice(1));
  if (target === undefined)
    throw validationError(`${method} ${path} may not be part of a transaction`);
  return { method, target, body, query: new URLSearchParams(query) };
}
