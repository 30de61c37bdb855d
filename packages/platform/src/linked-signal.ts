// One signal that follows several others, for as long as it is needed.
// `AbortSignal.any` keeps a reference in each source for ever; sources here live as long as the process.

export interface LinkedSignal {
  /** Fires with the reason of the first source that fires. */
  signal: AbortSignal;
  /** Lets go of the sources. Safe to repeat. */
  release: () => void;
}

export function linkSignals(...sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController();
  const links = sources.map((source) => ({
    source,
    onAbort: (): void => controller.abort(source.reason),
  }));
  for (const { source, onAbort } of links) {
    if (source.aborted) controller.abort(source.reason);
    source.addEventListener('abort', onAbort, { once: true });
  }
  return {
    signal: controller.signal,
    release() {
      for (const { source, onAbort } of links) source.removeEventListener('abort', onAbort);
    },
  };
}
