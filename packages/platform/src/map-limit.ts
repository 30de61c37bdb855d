// Bounded parallelism over data of unknown size.

/**
 * Like `Promise.all(items.map(map))` with at most `limit` running; results keep the order of the items.
 * After a failure nothing new is started and the first error is thrown once the running ones have ended.
 * @param limit at least 1
 */
export async function mapLimit<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const entries = items.entries();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    // The iterator is shared: each worker takes the next item that nobody has taken.
    for (const [index, item] of entries) {
      if (failures.length > 0) return;
      try {
        results[index] = await map(item, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const workers = Math.min(Math.max(1, Math.floor(limit)), items.length);
  await Promise.all(Array.from({ length: workers }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
