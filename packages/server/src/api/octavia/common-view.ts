// Forms that several views share.

/** `2026-11-21T08:59:33`: UTC, whole seconds, no zone. */
export function timestamp(stored: string): string;
export function timestamp(stored: string | null): string | null;
export function timestamp(stored: string | null): string | null {
  return stored === null ? null : stored.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
}

export function references(ids: readonly string[]): { id: string }[] {
  return ids.map((id) => ({ id }));
}
