// Finds what answers a request: authentication, the framework's own resources, transactions, commands,
// statistics, and the configuration for everything else.
import { login, tokensResource } from '../auth/auth-resource.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { ConfigEngine } from '../engine/config-engine.ts';
import { API_ERROR_PARSE, DeviceError, notRegistered, semanticError } from '../errors.ts';
import type { StatsReader } from '../stats/stats-reader.ts';
import {
  queueCommand,
  transactionResource,
  type TransactionDeps,
} from '../transactions/transaction-resource.ts';
import { jsonBody } from './body.ts';
import type { Commands } from './commands.ts';
import { readOrganizing, readResource } from './config-reads.ts';
import { applyWrite, isWriteMethod } from './config-writes.ts';
import { ok, type RestRequest, type RestResponse } from './request.ts';
import { nameKey } from '../schema/schema.ts';
import { parseResourcePath, type ResourcePath } from './resource-path.ts';
import { decodeSegments } from './segments.ts';
import type { SharedResources } from './shared-resources.ts';
import type { StatusResources } from './status-resources.ts';

export interface DispatcherDeps extends TransactionDeps {
  engine: ConfigEngine;
  auth: Authenticator;
  commands: Commands;
  stats: StatsReader;
  shared: SharedResources;
  status: StatusResources;
}

const COORDINATION = 'x-f5-rest-coordination-id';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export class Dispatcher {
  readonly #deps: DispatcherDeps;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** @throws DeviceError */
  handle(raw: RestRequest): RestResponse {
    const request = { ...raw, segments: decodeSegments(raw.path) };
    if (!METHODS.includes(request.method)) {
      throw new DeviceError(405, `Method ${request.method} not allowed`, { layer: 'restjavad' });
    }
    const [root, second] = request.segments;
    if (root === 'shared') return this.#shared(request, second);
    if (root !== 'tm') throw notRegistered(request.path);
    return this.#tm(request, request.segments.slice(1));
  }

  #shared(request: RestRequest, second: string | undefined): RestResponse {
    const { auth, engine, shared } = this.#deps;
    const path = request.segments.join('/');
    if (path === 'shared/authn/login') return login(request, auth, engine.runtime.version);
    if (second === 'authz' && request.segments[2] === 'tokens')
      return tokensResource(request, auth);
    return shared.handle(request);
  }

  #tm(request: RestRequest, segments: readonly string[]): RestResponse {
    if (segments.at(-1) === 'available') return ok({});
    if (segments[0] === 'transaction') {
      return transactionResource(this.#deps, request, segments.slice(1));
    }
    const transactionId = coordinationId(request);
    if (request.method !== 'GET' && transactionId !== undefined) {
      return queueCommand(this.#deps, request, transactionId);
    }
    checkProvisioned(this.#deps.engine, segments[0] ?? '');
    const special = this.#special(request, segments);
    if (special !== undefined) return special;
    const target = parseResourcePath(this.#deps.engine.schema, segments);
    return target === undefined
      ? this.#organizing(request, segments)
      : this.#configuration(request, target);
  }

  /** Status, commands and other resources that are no objects of the configuration. */
  #special(request: RestRequest, segments: readonly string[]): RestResponse | undefined {
    if (request.method === 'GET') return this.#deps.status.read(segments, request.query);
    if (request.method !== 'POST' && request.method !== 'PATCH') return undefined;
    return this.#deps.commands.run(request, segments, jsonBody(request));
  }

  #organizing(request: RestRequest, segments: readonly string[]): RestResponse {
    const path = segments.join('/');
    const body = readOrganizing(this.#deps.engine, path);
    if (body === undefined || path === '') throw notFoundUri(request.path);
    if (request.method !== 'GET')
      throw semanticError(`${request.method} is not supported on ${path}`);
    return ok(body);
  }

  #configuration(request: RestRequest, target: ResourcePath): RestResponse {
    const { engine, stats } = this.#deps;
    const { method, query } = request;
    if (target.isStats) {
      if (method !== 'GET') throw semanticError('statistics can only be read');
      return ok(stats.read(target, query));
    }
    if (!isWriteMethod(method)) return ok(readResource(engine, target, query));
    const body = method === 'DELETE' ? {} : jsonBody(request);
    const record = engine.change((editor) => applyWrite(editor, { method, target, body, query }));
    return record === undefined ? ok() : ok(engine.reader.item(record));
  }
}

/** Modules whose URIs exist only while they are provisioned (iControl REST 4.3). */
const OPTIONAL_MODULES = ['vcmp'];

function checkProvisioned({ store }: ConfigEngine, module: string): void {
  if (!OPTIONAL_MODULES.includes(module)) return;
  const level = store.find(nameKey('sys/provision', module))?.fields['level'] ?? 'none';
  if (level !== 'none') return;
  throw new DeviceError(
    400,
    `One of the following features must be licensed/provisioned for the URI ${module} : ${module}`,
    { apiError: API_ERROR_PARSE },
  );
}

function coordinationId({ headers }: RestRequest): string | undefined {
  const value = headers[COORDINATION];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function notFoundUri(path: string): DeviceError {
  const uri = path.replace(/^\/mgmt\/tm\//, '');
  return new DeviceError(404, `Public URI path not registered: /tm/${uri.slice(0, 200)}`, {
    layer: 'restjavad',
    apiError: API_ERROR_PARSE,
  });
}
