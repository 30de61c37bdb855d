// Numbers of route domains: the lowest that is free on every device, the same on all of them.
// Invariants: a name gets the same number as long as nobody else took it; two tenants never get one number, however
// close together they ask.
import type { DeviceItem } from '@f5-lbaas/bigip-client';
import { createKeyedLock } from '@f5-lbaas/platform';
import { asText } from '../object-types/property.ts';

const ID_MAX = 65_534;

/** Route domains of one device, as it shows them. */
export type RouteDomainSource = (signal: AbortSignal) => Promise<readonly DeviceItem[]>;

export class RouteDomainIds {
  readonly #given = new Map<string, number>();
  readonly #lock = createKeyedLock();

  /** One call to each device. @throws what the sources throw; Error when no number is free */
  take(
    partition: string,
    name: string,
    sources: readonly RouteDomainSource[],
    signal: AbortSignal,
  ): Promise<number> {
    return this.#lock.run(
      'ids',
      async () => {
        const lists = await Promise.all(sources.map((list) => list(signal)));
        const foreign = lists
          .flat()
          .filter((one) => asText(one['fullPath']) !== `/${partition}/${name}`)
          .map((one) => Number(one['id']));
        const id = this.#choose(name, new Set(foreign));
        this.#given.set(name, id);
        return id;
      },
      signal,
    );
  }

  /** The name's route domain is on no device any more. */
  release(name: string): void {
    this.#given.delete(name);
  }

  #choose(name: string, foreign: ReadonlySet<number>): number {
    const before = this.#given.get(name);
    if (before !== undefined && !foreign.has(before)) return before;
    const taken = new Set(
      [...this.#given].filter(([other]) => other !== name).map(([, given]) => given),
    );
    for (let id = 1; id <= ID_MAX; id += 1) if (!foreign.has(id) && !taken.has(id)) return id;
    throw new Error('No route domain number is free.');
  }
}
