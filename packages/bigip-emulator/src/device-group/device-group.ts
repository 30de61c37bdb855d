// Config sync between the devices of one sync-failover group: what is pending where, pushes and pulls, the
// status that each device shows (iControl REST 8.1, 8.2).
// Invariant: objects pending on a device stay pending until every reachable peer has taken them.
import type { Clock, Logger, Timer } from '@f5-lbaas/platform';
import type { Commit, ConfigEngine } from '../engine/config-engine.ts';
import { configurationError, DeviceError } from '../errors.ts';
import { jsonEqual } from '../json.ts';
import { recordUid, type ConfigRecord } from '../store/record.ts';
import type { Change } from '../store/unit-of-work.ts';
import type { SyncStatus } from '../rest/status-resources.ts';
import { isSynced } from './synced-objects.ts';

export interface GroupMember {
  name: string;
  engine: ConfigEngine;
  /** False while the device is down or its config-sync channel is cut. */
  isConnected(): boolean;
}

export interface DeviceGroupOptions {
  /** Name in /Common. */
  name: string;
  /** @default 200 */
  autoSyncDelayMs?: number;
  /** Between the command to push and its effect. @default 50 */
  pushDelayMs?: number;
}

interface MemberState extends GroupMember {
  /** Objects changed here since the last sync; `all` after losing count. */
  pending: Set<string> | 'all' | null;
  /** Missed a sync and needs everything. */
  isBehind: boolean;
  /** Order of the last change made here; of two devices with changes, the later is right. */
  lastChange: number;
  failure: string | null;
}

const AUTO_SYNC_DELAY_MS = 200;
const PUSH_DELAY_MS = 50;
/** More pending objects than this are not listed one by one. */
const PENDING_MAX = 10_000;
const PENDING_FACT = 'sync_pending';
/** From 12.0 on nothing can be pulled before something was pushed. */
const PUSHED_FACT = 'sync_pushed';

export class DeviceGroup {
  readonly path: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #autoSyncDelayMs: number;
  readonly #pushDelayMs: number;
  readonly #members: MemberState[];
  #timer: Timer | undefined;
  readonly #pushes = new Set<Timer>();
  #changes = 0;

  constructor(
    options: DeviceGroupOptions,
    members: readonly GroupMember[],
    deps: { clock: Clock; logger: Logger },
  ) {
    this.path = `/Common/${options.name}`;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#autoSyncDelayMs = options.autoSyncDelayMs ?? AUTO_SYNC_DELAY_MS;
    this.#pushDelayMs = options.pushDelayMs ?? PUSH_DELAY_MS;
    this.#members = members.map((member) => ({
      ...member,
      pending: member.engine.fact(PENDING_FACT) === true ? 'all' : null,
      isBehind: false,
      lastChange: 0,
      failure: null,
    }));
    for (const member of this.#members) {
      member.engine.onCommit((commit) => this.#committed(member, commit));
    }
    this.#scheduleAutoSync();
  }

  /** Copies a device's objects to the others, a moment later: the command is answered before (iControl REST 6.21). */
  pushFrom(device: string): void {
    const source = this.#member(device);
    const timer = this.#clock.after(this.#pushDelayMs, () => {
      this.#pushes.delete(timer);
      this.#copyFrom(source);
    });
    this.#pushes.add(timer);
  }

  #copyFrom(source: MemberState): void {
    for (const target of this.#members) {
      if (target !== source) this.#load(source, target);
    }
    if (source.engine.fact(PUSHED_FACT) !== true) source.engine.saveFact(PUSHED_FACT, true);
    const everyone = this.#members.every((member) => member === source || !member.isBehind);
    if (everyone) this.#setPending(source, null);
  }

  /** Copies the objects of the peer that changed last to this device. */
  pullTo(device: string): void {
    const hasPushed = this.#members.some(({ engine }) => engine.fact(PUSHED_FACT) === true);
    if (!hasPushed && this.#member(device).engine.runtime.version.atLeast('12.0')) {
      throw configurationError(
        `config-sync from-group ${this.path} is not allowed until a push has been done first.`,
      );
    }
    const target = this.#member(device);
    const source =
      this.#members.find((member) => member !== target && member.pending !== null) ??
      this.#members.find((member) => member !== target);
    if (source !== undefined) this.pushFrom(source.name);
  }

  /** A device or channel came back: whoever is behind catches up when the group syncs by itself. */
  reconnect(): void {
    this.#scheduleAutoSync();
  }

  status(device: string): SyncStatus {
    const self = this.#member(device);
    const peers = this.#members.filter((member) => member !== self);
    if (peers.length === 0) return STANDALONE;
    const links = peers.map(
      (peer) => `${peer.name}: ${this.#isLinked(self, peer) ? 'connected' : 'disconnected'}`,
    );
    return this.#groupStatus(
      peers.every((peer) => this.#isLinked(self, peer)),
      links,
    );
  }

  #groupStatus(areConnected: boolean, details: string[]): SyncStatus {
    const name = this.path.slice('/Common/'.length);
    const failure = this.#members.find((member) => member.failure !== null)?.failure ?? null;
    if (areConnected && this.#pushes.size > 0) {
      return highAvailability('Syncing', 'blue', `${name}: Syncing`, details);
    }
    if (failure !== null) {
      return highAvailability(
        'Sync Failure',
        'red',
        `${name} (Sync Failure): A validation error occurred while syncing to a remote device`,
        [...details, failure],
      );
    }
    if (!areConnected) {
      return highAvailability(
        'Disconnected',
        'red',
        `${name}: Not connected to all devices`,
        details,
      );
    }
    const pending = this.#pendingStatus(name, details);
    if (pending !== undefined) return pending;
    if (this.#members.some((member) => member.isBehind)) {
      return highAvailability(
        'Not All Devices Synced',
        'yellow',
        `${name}: Not all devices synced`,
        details,
      );
    }
    const inSync = `${name} (In Sync): All devices in the device group are in sync`;
    return highAvailability('In Sync', 'green', 'All devices in the device group are in sync', [
      ...details,
      inSync,
    ]);
  }

  #pendingStatus(name: string, details: string[]): SyncStatus | undefined {
    const changed = this.#members.filter((member) => member.pending !== null);
    if (changed.length === 0) return undefined;
    const all = this.#members.map((member) => member.name).join(', ');
    const isConflict = changed.length > 1;
    const detail = isConflict
      ? `${name} (Changes Pending): There is a possible change conflict between ${all}`
      : `${name} (Changes Pending): Changes made on ${changed[0]?.name ?? ''}`;
    const color = isConflict ? 'red' : 'yellow';
    const summary = 'There are changes pending';
    return highAvailability('Changes Pending', color, summary, [...details, detail]);
  }

  stop(): void {
    this.#timer?.cancel();
    for (const timer of this.#pushes) timer.cancel();
  }

  #committed(member: MemberState, { changes, origin }: Commit): void {
    if (origin === 'sync') return;
    if (origin === 'wipe') {
      // A wiped device has nothing to tell its peers: they tell it.
      this.#setPending(member, null);
      member.isBehind = this.#members.length > 1;
    }
    const uids = origin === 'wipe' ? [] : this.#syncedChanges(member, changes);
    if (uids.length > 0) {
      this.#changes += 1;
      member.lastChange = this.#changes;
      this.#setPending(member, merge(member.pending, uids));
    }
    this.#scheduleAutoSync();
  }

  #syncedChanges({ engine }: MemberState, changes: readonly Change[]): string[] {
    return changes.flatMap(({ uid, before, after }) => {
      const record = after ?? before;
      return record !== undefined && isSynced(record, this.path, engine.schema, engine.reader)
        ? [uid]
        : [];
    });
  }

  #setPending(member: MemberState, pending: MemberState['pending']): void {
    const wasPending = member.pending !== null;
    member.pending = pending;
    if (wasPending !== (pending !== null)) member.engine.saveFact(PENDING_FACT, pending !== null);
  }

  #isAutoSync({ engine }: MemberState): boolean {
    const group = engine.store
      .list('cm/device-group')
      .find(({ fullPath }) => fullPath === this.path);
    return group?.fields['autoSync'] === 'enabled';
  }

  #scheduleAutoSync(): void {
    const waits = this.#members.some(
      (member) => (member.pending !== null || member.isBehind) && this.#isAutoSync(member),
    );
    if (!waits || this.#timer !== undefined) return;
    this.#timer = this.#clock.after(this.#autoSyncDelayMs, () => {
      this.#timer = undefined;
      this.#autoSync();
    });
  }

  #autoSync(): void {
    const [newest] = this.#members
      .filter((member) => member.pending !== null && this.#isAutoSync(member))
      .sort((a, b) => b.lastChange - a.lastChange);
    // What was changed elsewhere before is overwritten (iControl REST 8.2).
    if (newest !== undefined) this.#copyFrom(newest);
    for (const member of this.#members) {
      const source = this.#members.find((other) => other !== member && !other.isBehind);
      if (member.isBehind && source !== undefined) this.#load(source, member);
    }
  }

  #isLinked(a: MemberState, b: MemberState): boolean {
    return a.isConnected() && b.isConnected();
  }

  #load(source: MemberState, target: MemberState): void {
    if (!this.#isLinked(source, target)) {
      target.isBehind = true;
      return;
    }
    const isIncremental =
      source.pending instanceof Set && target.pending === null && !target.isBehind;
    const changes = isIncremental
      ? this.#incremental(source, source.pending)
      : this.#full(source, target);
    try {
      target.engine.applySync(changes);
      target.failure = null;
      target.isBehind = false;
      this.#setPending(target, null);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      target.failure = `Load failed from /Common/${source.name} ${error.message}`;
      target.isBehind = true;
      this.#logger.warn({ device: target.name, reason: target.failure }, 'config sync failed');
    }
  }

  #incremental(source: MemberState, pending: MemberState['pending']): Change[] {
    const uids = pending instanceof Set ? [...pending] : [];
    return uids.map((uid) => ({ uid, before: undefined, after: source.engine.store.get(uid) }));
  }

  /** Everything that differs between the shared objects of the two. */
  #full(source: MemberState, target: MemberState): Change[] {
    const wanted = this.#shared(source);
    const current = this.#shared(target);
    const changes: Change[] = [];
    for (const [uid, after] of wanted) {
      const before = target.engine.store.get(uid);
      if (before === undefined || !jsonEqual({ ...before.fields }, { ...after.fields })) {
        changes.push({ uid, before, after });
      }
    }
    for (const [uid, before] of current) {
      if (!wanted.has(uid)) changes.push({ uid, before, after: undefined });
    }
    return changes;
  }

  #shared({ engine }: MemberState): Map<string, ConfigRecord> {
    const shared = new Map<string, ConfigRecord>();
    for (const record of engine.store.all()) {
      if (isSynced(record, this.path, engine.schema, engine.reader))
        shared.set(recordUid(record), record);
    }
    return shared;
  }

  #member(device: string): MemberState {
    const member = this.#members.find(({ name }) => name === device);
    if (member === undefined) throw new Error(`No device '${device}' in ${this.path}`);
    return member;
  }
}

export const STANDALONE: SyncStatus = {
  status: 'Standalone',
  color: 'green',
  mode: 'standalone',
  summary: ' ',
  details: ['Optional action: Add a device to the trust domain'],
};

function highAvailability(
  status: string,
  color: string,
  summary: string,
  details: string[],
): SyncStatus {
  return { status, color, mode: 'high-availability', summary, details };
}

function merge(pending: MemberState['pending'], uids: readonly string[]): MemberState['pending'] {
  if (pending === 'all') return 'all';
  const merged = pending ?? new Set<string>();
  for (const uid of uids) merged.add(uid);
  return merged.size > PENDING_MAX ? 'all' : merged;
}
