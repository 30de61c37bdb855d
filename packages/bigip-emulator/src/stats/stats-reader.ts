// `…/stats` of virtual servers, addresses, pools, members, nodes, iRules: real counts from the data plane
// (iControl REST 7.1, 7.2).
import { listSorted, type ConfigEngine } from '../engine/config-engine.ts';
import { layoutOf } from '../engine/layout.ts';
import { segmentOf } from '../engine/identity.ts';
import { asString, type JsonObject, scalarText } from '../json.ts';
import { showAddress, splitPort } from '../schema/address.ts';
import { nameKey } from '../schema/schema.ts';
import type { ConfigRecord } from '../store/record.ts';
import type { DataPlane } from '../data-plane/contract.ts';
import { checkParents, collectionPath, findRecord } from '../rest/config-reads.ts';
import { filteredPartition, inPartition, selection, selectProperties } from '../rest/query.ts';
import type { ResourcePath } from '../rest/resource-path.ts';
import { memberMonitor, memberVerdict, nodePathOf, nodeState } from '../tables/ltm/member-state.ts';
import {
  addressAvailability,
  memberAvailability,
  nodeAvailability,
  poolAvailability,
  virtualAvailability,
  type Availability,
} from './availability.ts';
import { NO_TRAFFIC, queue, side, sum } from './counters.ts';
import { ruleParts, virtualsWith } from './rule-stats.ts';
import { linkStats } from './link-stats.ts';
import { leaves, nestedStats } from './stats-form.ts';
import type { TrafficCounters } from '../data-plane/contract.ts';

type Values = Record<string, number | string>;

function status({ availabilityState, enabledState, statusReason }: Availability): Values {
  return {
    'status.availabilityState': availabilityState,
    'status.enabledState': enabledState,
    'status.statusReason': statusReason,
  };
}

export class StatsReader {
  readonly #engine: ConfigEngine;
  readonly #dataPlane: DataPlane;

  constructor(engine: ConfigEngine, dataPlane: DataPlane) {
    this.#engine = engine;
    this.#dataPlane = dataPlane;
  }

  read(target: ResourcePath, query: URLSearchParams): JsonObject {
    return target.isCollection ? this.#collection(target, query) : this.#item(target, query);
  }

  reset(record: ConfigRecord | undefined): void {
    this.#dataPlane.resetCounters(record?.fullPath);
  }

  #collection(target: ResourcePath, query: URLSearchParams): JsonObject {
    checkParents(this.#engine, target);
    const { type, keys } = target;
    const partition = filteredPartition(query, this.#engine.store);
    const records = inPartition(listSorted(this.#engine, type.path, keys), partition);
    const entries: JsonObject = {};
    for (const record of records) {
      Object.assign(entries, this.#entries(record, this.#engine.reader.pathOf(record), query));
    }
    const selfLink = this.#link(`${collectionPath(target)}/stats`);
    const body: JsonObject = { kind: layoutOf(type).collectionStatsKind, selfLink };
    if (records.length > 0) body['entries'] = entries;
    return body;
  }

  #item(target: ResourcePath, query: URLSearchParams): JsonObject {
    const record = findRecord(this.#engine, target);
    const path = this.#engine.reader.pathOf(record);
    const entryPath = this.#hasDoubledId() ? `${path}/${segmentOf(record.fullPath)}` : path;
    return {
      kind: layoutOf(target.type).statsKind,
      ...(this.#engine.runtime.version.atLeast('12.0') ? { generation: record.generation } : {}),
      selfLink: this.#link(`${path}/stats`),
      entries: this.#entries(record, entryPath, query),
    };
  }

  /** 12.1 to 13.1 repeat the id in the entry key of a single item (iControl REST 7.1, 11). */
  #hasDoubledId(): boolean {
    const { version } = this.#engine.runtime;
    return version.atLeast('12.1') && !version.atLeast('14.0');
  }

  #link(path: string): string {
    return this.#engine.reader.link(path);
  }

  /** One entry per object; iRules have one per event. */
  #entries(record: ConfigRecord, path: string, query: URLSearchParams): JsonObject {
    const kind = layoutOf(this.#engine.schema.type(record.type)).statsKind;
    const entries: JsonObject = {};
    for (const { suffix, values } of this.#parts(record)) {
      const link = `${path}${suffix}/stats`;
      const shown = selectProperties(leaves(values), selection(query));
      entries[`https://localhost/mgmt/tm/${link}`] = nestedStats(kind, this.#link(link), shown);
    }
    return entries;
  }

  #parts(record: ConfigRecord): { suffix: string; values: Values }[] {
    if (record.type !== 'ltm/rule') return [{ suffix: '', values: this.#values(record) }];
    const counters = virtualsWith(record, this.#engine.store).flatMap(
      ({ fullPath }) => this.#dataPlane.virtualState(fullPath)?.rules ?? [],
    );
    return ruleParts(record, counters);
  }

  #values(record: ConfigRecord): Values {
    switch (record.type) {
      case 'ltm/virtual':
        return this.#virtual(record);
      case 'ltm/virtual-address':
        return this.#virtualAddress(record);
      case 'ltm/pool':
        return this.#pool(record);
      case 'ltm/pool/members':
        return this.#member(record);
      case 'ltm/node':
        return this.#node(record);
      case 'net/interface':
      case 'net/trunk':
      case 'net/vlan':
        return linkStats(record, this.#engine.reader);
      default:
        return { tmName: record.fullPath };
    }
  }

  #virtual(record: ConfigRecord): Values {
    const { reader } = this.#engine;
    const state = this.#dataPlane.virtualState(record.fullPath);
    const counters = state?.counters ?? NO_TRAFFIC;
    const destination = asString(record.fields['destination']) ?? '';
    return {
      actualPvaAccel: 'none',
      ...side('clientside', counters),
      'clientside.evictedConns': 0,
      'clientside.slowKilled': counters.slowKilled,
      cmpEnableMode: 'all-cpus',
      cmpEnabled: 'enabled',
      csMaxConnDur: 0,
      csMeanConnDur: 0,
      csMinConnDur: 0,
      destination: destination.slice(destination.lastIndexOf('/') + 1),
      ...side('ephemeral', NO_TRAFFIC),
      'ephemeral.evictedConns': 0,
      'ephemeral.slowKilled': 0,
      fiveMinAvgUsageRatio: 0,
      fiveSecAvgUsageRatio: 0,
      tmName: record.fullPath,
      oneMinAvgUsageRatio: 0,
      ...status(virtualAvailability(record, reader, state)),
      syncookieStatus: 'not-activated',
      ...NO_SYN_COOKIES,
      totRequests: counters.totRequests,
    };
  }

  #virtualAddress(record: ConfigRecord): Values {
    const { reader, store } = this.#engine;
    const virtuals = store
      .referrers(nameKey('ltm/virtual-address', record.fullPath))
      .filter(({ type }) => type === 'ltm/virtual');
    const states = virtuals.map(({ fullPath }) => this.#dataPlane.virtualState(fullPath));
    const availabilities = virtuals.map((virtual, i) =>
      virtualAvailability(virtual, reader, states[i]),
    );
    const counters = states.map((state) => state?.counters ?? NO_TRAFFIC);
    const address = asString(record.fields['address']) ?? 'any6';
    return {
      addr: showAddress(address, reader.defaultRouteDomain(record)),
      ...side('clientside', sum(counters)),
      ...status(addressAvailability(record, availabilities)),
      tmName: record.fullPath,
    };
  }

  #memberCounters(member: ConfigRecord): TrafficCounters {
    return this.#dataPlane.memberCounters(member.keys[0] ?? '', member.name) ?? NO_TRAFFIC;
  }

  #pool(record: ConfigRecord): Values {
    const { reader, store } = this.#engine;
    const members = store.list('ltm/pool/members', record.keys);
    const states = members.map((member) => memberAvailability(member, reader));
    const usable = states.filter(
      (state) => state.availabilityState !== 'offline' && state.enabledState === 'enabled',
    );
    const counters = sum(members.map((member) => this.#memberCounters(member)));
    return {
      activeMemberCnt: usable.length,
      availableMemberCnt: usable.length,
      ...queue('connqAll'),
      ...queue('connq'),
      curSessions: counters.curConns,
      memberCnt: members.length,
      minActiveMembers: Number(record.fields['minActiveMembers'] ?? 0),
      monitorRule: asString(record.fields['monitor']) ?? 'none',
      tmName: record.fullPath,
      ...side('serverside', counters),
      ...status(poolAvailability(record, reader)),
      totRequests: counters.totRequests,
    };
  }

  #member(record: ConfigRecord): Values {
    const { reader, store } = this.#engine;
    const counters = this.#memberCounters(record);
    const node = store.find(nameKey('ltm/node', nodePathOf(record)));
    const monitor = memberMonitor(record, reader);
    return {
      addr: showAddress(
        asString(node?.fields['address']) ?? 'any6',
        reader.defaultRouteDomain(record),
      ),
      ...queue('connq'),
      curSessions: counters.curConns,
      monitorRule: monitor === '' ? 'none' : monitor,
      monitorStatus: monitorStatus(record, node, memberVerdict(record, reader).monitorStatus),
      nodeName: nodePathOf(record),
      poolName: record.keys[0] ?? '',
      port: splitPort(record.name)?.port ?? 0,
      ...side('serverside', counters),
      sessionStatus: sessionStatus(record, node),
      ...status(memberAvailability(record, reader)),
      totRequests: counters.totRequests,
    };
  }

  #node(record: ConfigRecord): Values {
    const { reader, store } = this.#engine;
    const members = store
      .referrers(nameKey('ltm/node', record.fullPath))
      .filter(({ type }) => type === 'ltm/pool/members');
    const counters = sum(members.map((member) => this.#memberCounters(member)));
    return {
      addr: showAddress(
        asString(record.fields['address']) ?? 'any6',
        reader.defaultRouteDomain(record),
      ),
      curSessions: counters.curConns,
      monitorRule: asString(record.fields['monitor']) ?? 'none',
      monitorStatus: scalarText(nodeState(record, reader)).replace('user-down', 'forced-down'),
      tmName: record.fullPath,
      ...side('serverside', counters),
      sessionStatus: record.fields['session'] === 'user-disabled' ? 'user-disabled' : 'enabled',
      ...status(nodeAvailability(record, reader)),
      totRequests: counters.totRequests,
    };
  }
}

/** No SYN cookies are sent here. */
const NO_SYN_COOKIES = {
  'syncookie.accepts': 0,
  'syncookie.hwAccepts': 0,
  'syncookie.hwSyncookies': 0,
  'syncookie.hwsyncookieInstance': 0,
  'syncookie.rejects': 0,
  'syncookie.swsyncookieInstance': 0,
  'syncookie.syncacheCurr': 0,
  'syncookie.syncacheOver': 0,
  'syncookie.syncookies': 0,
};

function sessionStatus(member: ConfigRecord, node: ConfigRecord | undefined): string {
  if (member.fields['session'] === 'user-disabled') return 'user-disabled';
  return node?.fields['session'] === 'user-disabled' ? 'addr-disabled' : 'enabled';
}

function monitorStatus(
  member: ConfigRecord,
  node: ConfigRecord | undefined,
  verdict: string,
): string {
  if (member.fields['state'] === 'user-down') return 'forced-down';
  if (node?.fields['state'] === 'user-down') return 'node-down';
  return verdict === 'disabled-by-recv' ? 'up' : verdict;
}
