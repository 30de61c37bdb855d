// One emulated BIG-IP: its configuration, its control plane on HTTPS, its data plane, its side door.
import type { IncomingMessage } from 'node:http';
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import { Accounts } from '../auth/accounts.ts';
import { Authenticator } from '../auth/authenticator.ts';
import { Tokens } from '../auth/tokens.ts';
import { ControlServer } from '../control-door/control-server.ts';
import { RequestLog } from '../control-door/request-log.ts';
import type { DataPlane } from '../data-plane/contract.ts';
import { createDataPlane } from '../data-plane/index.ts';
import { ConfigEngine } from '../engine/config-engine.ts';
import type { ConfigEditor } from '../engine/config-editor.ts';
import { FaultInjector } from '../faults/fault-injector.ts';
import type { TlsIdentity } from '../http/certificate-authority.ts';
import { RestServer } from '../http/rest-server.ts';
import { resolveDataPlane } from '../resolver/data-plane-config.ts';
import { withinReach, type Reach } from '../resolver/reach.ts';
import { Commands, type CommandHandler } from '../rest/commands.ts';
import { cryptoObjects } from '../rest/crypto-objects.ts';
import { Dispatcher } from '../rest/dispatcher.ts';
import { SharedResources } from '../rest/shared-resources.ts';
import { StatusResources, type StatusDeps } from '../rest/status-resources.ts';
import type { DeviceRuntime } from '../schema/runtime.ts';
import { nameKey, type Schema } from '../schema/schema.ts';
import type { TmosVersion } from '../schema/tmos-version.ts';
import type { ShellDeps } from '../shell/bash.ts';
import { NO_TRAFFIC, sum } from '../stats/counters.ts';
import type { GlobalTraffic } from '../stats/traffic-rates.ts';
import { StatsReader } from '../stats/stats-reader.ts';
import { asString } from '../json.ts';
import { Journal } from '../store/journal.ts';
import { LOCAL_TRAFFIC_GROUP } from '../tables/sys/folder.ts';
import { Transactions } from '../transactions/transactions.ts';
import { platformOf, type DeviceOptions } from '../options.ts';
import { DataPlaneFeed } from './data-plane-feed.ts';
import { Uploads } from './uploads.ts';

const CONTROL_HOST = '127.0.0.1';

/** What a device asks of the group it is in; a device alone answers for itself. */
export interface GroupView {
  failoverStateOf(device: string): ReturnType<DeviceRuntime['failoverState']>;
  isActive(device: string, trafficGroup: string): boolean;
  statusOf(
    device: string,
  ): Pick<StatusDeps, 'syncStatus' | 'activeTrafficGroups' | 'trafficGroupStates' | 'stateSinceMs'>;
  setUp(device: string, isUp: boolean): void;
  /** A cut config-sync channel works again. */
  reconnect(): void;
  commandsFor(device: EmulatedDevice): readonly CommandHandler[];
}

export interface DeviceDeps {
  options: DeviceOptions;
  schema: Schema;
  version: TmosVersion;
  identity: TlsIdentity;
  group: GroupView;
  /** Objects beside the factory configuration: devices, device group. */
  seedDevice: (editor: ConfigEditor) => void;
  reach: Reach;
  /** Undefined = memory only. */
  stateDirectory?: string;
  clock: Clock;
  random: Random;
  logger: Logger;
}

export class EmulatedDevice {
  readonly name: string;
  readonly engine: ConfigEngine;
  readonly feed: DataPlaneFeed;
  readonly faults: FaultInjector;
  readonly uploads = new Uploads();
  readonly stats: StatsReader;
  readonly #deps: DeviceDeps;
  readonly #dataPlane: DataPlane;
  readonly #tokens: Tokens;
  readonly #transactions: Transactions;
  readonly #auth: Authenticator;
  readonly #log = new RequestLog();
  readonly #rest: RestServer;
  readonly #control: ControlServer;

  constructor(deps: DeviceDeps) {
    const { options, clock, random, version } = deps;
    this.#deps = deps;
    this.name = options.name;
    this.#dataPlane = createDataPlane({
      clock,
      random,
      logger: deps.logger.child({ device: this.name }),
    });
    this.engine = this.#createEngine();
    const username = options.username ?? 'admin';
    const accounts = new Accounts({ username, password: options.password ?? 'admin' }, (name) =>
      this.#passwordOf(name),
    );
    this.#tokens = new Tokens({ clock, random, administrator: username });
    this.#transactions = new Transactions({ clock, random, version });
    this.#auth = new Authenticator({ accounts, tokens: this.#tokens, version });
    this.faults = this.#createFaults();
    this.stats = new StatsReader(this.engine, this.#dataPlane);
    this.feed = this.#createFeed();
    this.#rest = this.#createRest();
    this.#control = this.#createControl();
    this.engine.onCommit(() => this.feed.schedule());
  }

  /** @returns the ports of the control plane and of the side door @throws Error of a socket */
  async start(): Promise<{ port: number; controlPort: number }> {
    const { listen, controlPort = 0 } = this.#deps.options;
    const port = await this.#rest.listen(listen);
    const control = await this.#control.listen(CONTROL_HOST, controlPort);
    await this.feed.flush();
    return { port, controlPort: control };
  }

  /** Safe to repeat. */
  async stop(): Promise<void> {
    await Promise.all([this.#rest.close(), this.#control.close(), this.feed.stop()]);
    this.engine.close();
  }

  /** What util/bash and tmsh work on. */
  get shell(): ShellDeps {
    return {
      engine: this.engine,
      uploads: this.uploads,
      readFile: (path) => this.uploads.read(path)?.toString('utf8'),
      resetConfiguration: () => this.resetConfiguration(),
    };
  }

  /** Back to the factory configuration; uploads and transactions stay. */
  resetConfiguration(): void {
    this.engine.wipe();
  }

  #createEngine(): ConfigEngine {
    const { stateDirectory, schema, seedDevice } = this.#deps;
    const journal = stateDirectory === undefined ? undefined : new Journal(stateDirectory);
    const runtime = this.#createRuntime();
    return new ConfigEngine({ schema, runtime, seedDevice, ...(journal && { journal }) });
  }

  #createRuntime(): DeviceRuntime {
    const { clock, random, version, options, group } = this.#deps;
    return {
      clock,
      random,
      version,
      hostname: options.name,
      managementAddress: options.listen.host,
      platform: platformOf(options),
      memberState: (pool, member) => this.#dataPlane.memberState(pool, member),
      nodeState: (node) => this.#dataPlane.nodeState(node),
      uploadedFile: (path) => this.uploads.read(path)?.toString('utf8'),
      failoverState: () => group.failoverStateOf(options.name),
      failoverStateOf: (device) => group.failoverStateOf(device),
    };
  }

  #passwordOf(username: string): string | undefined {
    const user = this.engine.store.find(nameKey('auth/user', username));
    return asString(user?.fields['password']);
  }

  #createFaults(): FaultInjector {
    return new FaultInjector(this.#deps.clock, {
      expireTokens: () => this.#tokens.clear(),
      setDown: (isDown) => {
        this.#rest.setDown(isDown);
        this.#deps.group.setUp(this.name, !isDown);
      },
      reconnect: () => this.#deps.group.reconnect(),
    });
  }

  #createFeed(): DataPlaneFeed {
    const { clock, logger, group, reach } = this.#deps;
    const isActive = (trafficGroup: string): boolean =>
      trafficGroup === LOCAL_TRAFFIC_GROUP
        ? !this.faults.has('device-down')
        : group.isActive(this.name, trafficGroup);
    return new DataPlaneFeed({
      dataPlane: this.#dataPlane,
      resolve: () => withinReach(resolveDataPlane(this.engine.reader, isActive), reach),
      clock,
      logger: logger.child({ device: this.name }),
    });
  }

  #createRest(): RestServer {
    const { identity, clock, logger } = this.#deps;
    const dispatcher = this.#createDispatcher();
    return new RestServer({
      identity,
      clock,
      logger: logger.child({ device: this.name }),
      log: this.#log,
      faults: this.faults,
      handle: (request) => dispatcher.handle(request),
      authenticate: (message, address) => this.#authenticate(message, address),
    });
  }

  #createDispatcher(): Dispatcher {
    const { runtime } = this.engine;
    const { group } = this.#deps;
    return new Dispatcher({
      engine: this.engine,
      auth: this.#auth,
      transactions: this.#transactions,
      gate: this.faults,
      stats: this.stats,
      commands: new Commands(group.commandsFor(this)),
      shared: new SharedResources({ runtime, uploads: this.uploads }),
      status: new StatusResources({
        ...group.statusOf(this.name),
        runtime,
        traffic: () => this.#traffic(),
        cryptoObjects: (kind) => cryptoObjects(this.engine, kind),
      }),
    });
  }

  #authenticate(message: IncomingMessage, clientAddress: string): string {
    const path = (message.url ?? '').split('?')[0] ?? '';
    if (path.replace(/\/$/, '') === '/mgmt/shared/authn/login') return '';
    const token = message.headers['x-f5-auth-token'];
    return this.#auth.authenticate({
      path,
      clientAddress,
      authorization: message.headers.authorization,
      token: typeof token === 'string' ? token : undefined,
    });
  }

  #traffic(): GlobalTraffic {
    const { store } = this.engine;
    const client = store
      .list('ltm/virtual')
      .map(({ fullPath }) => this.#dataPlane.virtualState(fullPath)?.counters ?? NO_TRAFFIC);
    const server = store
      .list('ltm/pool')
      .flatMap(({ fullPath, keys }) =>
        store
          .list('ltm/pool/members', keys)
          .map(({ name }) => this.#dataPlane.memberCounters(fullPath, name) ?? NO_TRAFFIC),
      );
    return { client: sum(client), server: sum(server) };
  }

  #createControl(): ControlServer {
    return new ControlServer({
      log: this.#log,
      faults: this.faults,
      wipe: () => this.#wipe(),
      status: () => ({
        device: this.name,
        version: this.#deps.version.full,
        failover_state: this.#deps.group.failoverStateOf(this.name),
        sync_status: this.#deps.group.statusOf(this.name).syncStatus().status,
        objects: this.engine.store.size,
        rules_not_executed: this.#rulesNotExecuted(),
      }),
    });
  }

  #rulesNotExecuted(): string[] {
    const paths = this.engine.store
      .list('ltm/virtual')
      .flatMap(({ fullPath }) => this.#dataPlane.virtualState(fullPath)?.rulesNotExecuted ?? []);
    return [...new Set(paths)].sort();
  }

  #wipe(): void {
    this.#transactions.clear();
    this.uploads.clear();
    this.engine.wipe();
  }
}
