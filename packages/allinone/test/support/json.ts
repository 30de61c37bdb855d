// Reading JSON answers in tests by path, so that a missing part fails with its name instead of a TypeError.

/** `at(body, 'token.roles.0.name')`; undefined when a part is missing. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((current, part) => {
    if (typeof current !== 'object' || current === null) return undefined;
    return (current as Record<string, unknown>)[part];
  }, value);
}

/** @throws Error when there is no string at the path */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found === 'string') return found;
  throw new Error(`No string at '${path}' in ${JSON.stringify(value)}`);
}

/** @throws Error when there is no list at the path */
export function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  if (Array.isArray(found)) return found;
  throw new Error(`No list at '${path}' in ${JSON.stringify(value)}`);
}

/** One attribute of every item of a list. */
export function columnAt(value: unknown, path: string, name: string): unknown[] {
  return listAt(value, path).map((item) => at(item, name));
}
