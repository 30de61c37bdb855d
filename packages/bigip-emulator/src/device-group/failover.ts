// Who is active: one device per floating traffic group, moved by command and when a device dies
// (iControl REST 8.3).
import type { Clock } from '@f5-lbaas/platform';
import type { FailoverState } from '../schema/runtime.ts';

export interface FailoverMember {
  name: string;
  isUp: boolean;
  isForcedOffline: boolean;
  sinceMs: number;
}

export class Failover {
  readonly #clock: Clock;
  readonly #members: FailoverMember[];
  /** Traffic group to the name of the device where it is active. */
  readonly #active = new Map<string, string>();
  readonly #listeners: (() => void)[] = [];

  /** @param names devices in the order in which they take over */
  constructor(names: readonly string[], clock: Clock) {
    this.#clock = clock;
    const sinceMs = clock.nowMs();
    this.#members = names.map((name) => ({ name, isUp: true, isForcedOffline: false, sinceMs }));
  }

  /** Called after traffic groups moved or a device changed its state. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Device where a floating traffic group is active; undefined when none can be. */
  activeDevice(trafficGroup: string): string | undefined {
    const current = this.#active.get(trafficGroup);
    if (current !== undefined && this.#isEligible(current)) return current;
    const next = this.#members.find(({ name }) => this.#isEligible(name))?.name;
    if (next === undefined) this.#active.delete(trafficGroup);
    else this.#active.set(trafficGroup, next);
    return next;
  }

  /** Device that would take over from the active one. */
  nextDevice(trafficGroup: string): string | undefined {
    const active = this.activeDevice(trafficGroup);
    const order = this.#members.map(({ name }) => name);
    const start = active === undefined ? 0 : order.indexOf(active) + 1;
    const turned = [...order.slice(start), ...order.slice(0, start)];
    return turned.find((name) => name !== active && this.#isEligible(name));
  }

  stateOf(device: string, trafficGroups: readonly string[]): FailoverState {
    const member = this.#member(device);
    if (!member.isUp) return 'offline';
    if (member.isForcedOffline) return 'forced-offline';
    const isActive = trafficGroups.some((group) => this.activeDevice(group) === device);
    return isActive ? 'active' : 'standby';
  }

  sinceMs(device: string): number {
    return this.#member(device).sinceMs;
  }

  isUp(device: string): boolean {
    return this.#member(device).isUp;
  }

  isForcedOffline(device: string): boolean {
    return this.#member(device).isForcedOffline;
  }

  setUp(device: string, isUp: boolean): void {
    this.#change(device, (member) => (member.isUp = isUp));
  }

  setForcedOffline(device: string, isForcedOffline: boolean): void {
    this.#change(device, (member) => (member.isForcedOffline = isForcedOffline));
  }

  /** Gives traffic groups that are active on the device to the next one; alone it keeps them. */
  standby(device: string, trafficGroups: readonly string[]): void {
    for (const group of trafficGroups) {
      const next = this.activeDevice(group) === device ? this.nextDevice(group) : undefined;
      if (next !== undefined) this.#active.set(group, next);
    }
    this.#touchAll();
    this.#announce();
  }

  #change(device: string, change: (member: FailoverMember) => void): void {
    const member = this.#member(device);
    change(member);
    this.#touchAll();
    this.#announce();
  }

  #touchAll(): void {
    for (const member of this.#members) member.sinceMs = this.#clock.nowMs();
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }

  #isEligible(device: string): boolean {
    const member = this.#member(device);
    return member.isUp && !member.isForcedOffline;
  }

  #member(device: string): FailoverMember {
    const member = this.#members.find(({ name }) => name === device);
    if (member === undefined) throw new Error(`No device '${device}'`);
    return member;
  }
}
