// One mutex per key, made when asked for and forgotten when nobody holds or awaits it.
// Invariants: waiters of a key run in the order they asked; a lock is never held across a call to `run` of
// the same key (it is not re-entrant: that would wait for itself).
import { Mutex } from 'async-mutex';

export interface KeyedLock {
  /**
   * Runs `critical` while holding the key.
   * @throws the signal's reason when aborted before its turn; `critical` does not run then
   */
  run<T>(key: string, critical: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Keys held or awaited now. */
  readonly size: number;
}

interface Entry {
  mutex: Mutex;
  users: number;
}

function acquireOrAbort(mutex: Mutex, signal: AbortSignal | undefined): Promise<() => void> {
  if (signal === undefined) return mutex.acquire();
  return new Promise((resolve, reject) => {
    let given = false;
    const onAbort = (): void => {
      given = true;
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    void mutex.acquire().then((release) => {
      signal.removeEventListener('abort', onAbort);
      // The caller has left: hand the turn to the next one.
      if (given) release();
      else resolve(release);
    });
  });
}

export function createKeyedLock(): KeyedLock {
  const entries = new Map<string, Entry>();
  return {
    async run(key, critical, signal) {
      signal?.throwIfAborted();
      const entry = entries.get(key) ?? { mutex: new Mutex(), users: 0 };
      entries.set(key, entry);
      entry.users += 1;
      try {
        const release = await acquireOrAbort(entry.mutex, signal);
        try {
          return await critical();
        } finally {
          release();
        }
      } finally {
        entry.users -= 1;
        if (entry.users === 0) entries.delete(key);
      }
    },
    get size() {
      return entries.size;
    },
  };
}
