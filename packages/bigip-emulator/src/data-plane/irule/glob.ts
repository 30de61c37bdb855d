// Tcl's glob patterns, as `string match` and `switch -glob` use them.

/** Tcl's `*` and `?`. */
export function globMatcher(pattern: string): (value: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  const compiled = new RegExp(`^${source}$`);
  return (value) => compiled.test(value);
}
