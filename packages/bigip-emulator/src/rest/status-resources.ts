// Read-only resources below /mgmt/tm that are no objects: version, hardware, failover, sync, performance
// (iControl REST 6.22, 7.5, 8.1).
import type { JsonObject } from '../json.ts';
import type { DeviceRuntime } from '../schema/runtime.ts';
import { leaves, statusBody } from '../stats/stats-form.ts';
import { performanceText } from '../stats/performance.ts';
import { TrafficRates, type GlobalTraffic } from '../stats/traffic-rates.ts';
import { ok, type RestResponse } from './request.ts';
import { failoverView } from './shared-resources.ts';
import { selection, selectProperties } from './query.ts';

export interface SyncStatus {
  status: string;
  color: string;
  mode: string;
  summary: string;
  details: readonly string[];
}

export interface StatusDeps {
  runtime: DeviceRuntime;
  syncStatus(): SyncStatus;
  /** Floating traffic groups that are active here, full paths. */
  activeTrafficGroups(): readonly string[];
  trafficGroupStates(): {
    trafficGroup: string;
    deviceName: string;
    failoverState: string;
    nextActive: boolean;
  }[];
  traffic(): GlobalTraffic;
  /** `sys/crypto/{cert,key}`: another view of the file objects. */
  cryptoObjects(kind: 'cert' | 'key'): JsonObject;
  /** Start of the device's current failover state. */
  stateSinceMs(): number;
}

type Reader = (query: URLSearchParams) => JsonObject;

const FAILOVER_STATUS: Record<string, { status: string; color: string }> = {
  active: { status: 'ACTIVE', color: 'green' },
  standby: { status: 'STANDBY', color: 'gray' },
  offline: { status: 'OFFLINE', color: 'red' },
  'forced-offline': { status: 'FORCED OFFLINE', color: 'red' },
};

export class StatusResources {
  readonly #deps: StatusDeps;
  readonly #readers: ReadonlyMap<string, Reader>;
  readonly #rates: TrafficRates;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
    this.#rates = new TrafficRates(deps.runtime.clock);
    this.#readers = new Map<string, Reader>([
      ['sys/version', () => this.#version()],
      ['sys/hardware', () => this.#hardware()],
      [
        'sys/host-info',
        () =>
          this.#simple('sys/host-info', {
            hostId: '0',
            memoryTotal: 8_375_943_168,
            memoryUsed: 2_100_000_000,
          }),
      ],
      [
        'sys/memory',
        () => this.#simple('sys/memory', { memoryTotal: 8_375_943_168, memoryUsed: 2_100_000_000 }),
      ],
      ['sys/cpu', () => this.#simple('sys/cpu', { fiveMinAvgIdle: 95, oneMinAvgIdle: 95 })],
      [
        'sys/clock',
        () =>
          this.#simple('sys/clock', {
            fullDate: `${new Date(deps.runtime.clock.nowMs()).toISOString().slice(0, 19)}Z`,
          }),
      ],
      [
        'sys/mcp-state',
        () =>
          this.#simple('sys/mcp-state', {
            lastLoad: 'full-config-load-succeeded',
            phase: 'running',
          }),
      ],
      ['sys/ha-status', () => this.#simple('sys/ha-status', { failures: 'none' })],
      ['sys/failover', () => this.#failover()],
      ['sys/license', () => this.#license()],
      ['sys/performance/all-stats', () => this.#performance()],
      ['cm/failover-status', () => this.#failoverStatus()],
      ['cm/sync-status', (query) => this.#syncStatus(query)],
      ['cm/traffic-group/stats', () => this.#trafficGroups()],
      ['sys/crypto/cert', () => deps.cryptoObjects('cert')],
      ['sys/crypto/key', () => deps.cryptoObjects('key')],
      ['shared/bigip-failover-state', () => failoverView(deps.runtime)],
    ]);
  }

  /** @param segments after /mgmt/tm; undefined when this is none of them */
  read(segments: readonly string[], query: URLSearchParams): RestResponse | undefined {
    const reader = this.#readers.get(segments.join('/'));
    return reader === undefined ? undefined : ok(reader(query));
  }

  get #ver(): string {
    return this.#deps.runtime.version.full;
  }

  #simple(path: string, values: Record<string, string | number>): JsonObject {
    return statusBody(path, this.#ver, leaves(values));
  }

  #version(): JsonObject {
    const { full, build, date } = this.#deps.runtime.version;
    return this.#simple('sys/version', {
      Build: build,
      Date: date,
      Edition: 'Final',
      Product: 'BIG-IP',
      Title: 'Main Package',
      Version: full,
    });
  }

  #hardware(): JsonObject {
    const base = 'https://localhost/mgmt/tm/sys/hardware';
    const part = (name: string, values: Record<string, string>): JsonObject => ({
      nestedStats: {
        entries: { [`${base}/${name}/0`]: { nestedStats: { entries: leaves(values) } } },
      },
    });
    return {
      kind: 'tm:sys:hardware:hardwarestats',
      selfLink: `${base}?ver=${this.#ver}`,
      entries: {
        [`${base}/platform`]: part('platform', {
          baseMac: '00:94:a1:00:00:00',
          biosRev: '',
          marketingName: 'BIG-IP Virtual Edition',
        }),
        [`${base}/system-info`]: part('system-info', {
          bigipChassisSerialNum: '',
          platform: this.#deps.runtime.platform,
        }),
      },
    };
  }

  #license(): JsonObject {
    return this.#simple('sys/license', {
      licensedOnDate: '2025/01/01',
      licensedVersion: this.#ver,
      platformId: this.#deps.runtime.platform,
      registrationKey: 'EMULA-TORXX-XXXXX-XXXXX-XXXXXXX',
      serviceCheckDate: '2025/01/01',
    });
  }

  #failover(): JsonObject {
    const { runtime } = this.#deps;
    const seconds = Math.floor((runtime.clock.nowMs() - this.#deps.stateSinceMs()) / 1000);
    const pad = (value: number): string => String(value).padStart(2, '0');
    const time = `${pad(Math.floor(seconds / 3600) % 24)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
    const state = runtime.failoverState().replace('-', '_');
    return {
      kind: 'tm:sys:failover:failoverstats',
      selfLink: `https://localhost/mgmt/tm/sys/failover?ver=${this.#ver}`,
      apiRawValues: {
        apiAnonymous: `Failover ${state} for ${Math.floor(seconds / 86_400)}d ${time}\n`,
      },
    };
  }

  #performance(): JsonObject {
    const readings = this.#rates.read(this.#deps.traffic());
    return {
      kind: 'tm:sys:performance:all-stats:all-statsstats',
      selfLink: `https://localhost/mgmt/tm/sys/performance/all-stats?ver=${this.#ver}`,
      apiRawValues: { apiAnonymous: performanceText(readings, this.#rates.startMs) },
    };
  }

  #failoverStatus(): JsonObject {
    const state = FAILOVER_STATUS[this.#deps.runtime.failoverState()] ?? {
      status: 'UNKNOWN',
      color: 'black',
    };
    const groups = this.#deps.activeTrafficGroups();
    const isActive = state.status === 'ACTIVE';
    const details = isActive ? groups.map((path) => `active for ${path}`) : [];
    return statusBody('cm/failover-status', this.#ver, {
      color: { description: state.color },
      ...this.#details('failoverStatus', details),
      status: { description: state.status },
      summary: { description: isActive ? `${groups.length}/${this.#groupCount()} active` : ' ' },
    });
  }

  #groupCount(): number {
    return new Set(this.#deps.trafficGroupStates().map(({ trafficGroup }) => trafficGroup)).size;
  }

  #syncStatus(query: URLSearchParams): JsonObject {
    const { color, mode, status, summary, details } = this.#deps.syncStatus();
    const entries = {
      color: { description: color },
      ...this.#details('syncStatus', details),
      mode: { description: mode },
      status: { description: status },
      summary: { description: summary },
    };
    return statusBody('cm/sync-status', this.#ver, selectProperties(entries, selection(query)));
  }

  /** `cm/syncStatus/0/details/N`, as devices spell it (iControl REST 8.1). */
  #details(name: string, details: readonly string[]): JsonObject {
    if (details.length === 0) return {};
    const base = `https://localhost/mgmt/tm/cm/${name}/0/details`;
    const entries = details.map((text, index): [string, JsonObject] => [
      `${base}/${index}`,
      { nestedStats: { entries: { details: { description: text } } } },
    ]);
    return { [base]: { nestedStats: { entries: Object.fromEntries(entries) } } };
  }

  #trafficGroups(): JsonObject {
    const base = 'https://localhost/mgmt/tm/cm/traffic-group';
    const entries = this.#deps
      .trafficGroupStates()
      .map(({ nextActive, ...state }): [string, JsonObject] => [
        `${base}/${state.trafficGroup.replaceAll('/', '~')}:${state.deviceName.replaceAll('/', '~')}/stats`,
        { nestedStats: { entries: leaves({ ...state, nextActive: String(nextActive) }) } },
      ]);
    return {
      kind: 'tm:cm:traffic-group:traffic-groupcollectionstats',
      selfLink: `${base}/stats?ver=${this.#ver}`,
      entries: Object.fromEntries(entries),
    };
  }
}
