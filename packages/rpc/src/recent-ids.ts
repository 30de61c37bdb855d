// Recognises a message that the broker delivers a second time.

export interface RecentIds {
  /** Remembers the id. @returns true when it was seen among the last ones */
  isDuplicate(id: string): boolean;
}

/** More than oslo's 16, since one consumer here may stand for many topics. */
const REMEMBERED = 1000;

export function createRecentIds(): RecentIds {
  const seen = new Set<string>();
  return {
    isDuplicate(id) {
      if (seen.has(id)) return true;
      seen.add(id);
      const oldest = seen.values().next();
      if (seen.size > REMEMBERED && oldest.done !== true) seen.delete(oldest.value);
      return false;
    },
  };
}
