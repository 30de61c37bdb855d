// Settable attributes: what "absent" and "null" mean when an object is created or updated.

/** Attributes as a request carries them: absent = not mentioned, null = back to the default. */
export type Settable<Row, Keys extends keyof Row> = { [K in Keys]?: Row[K] | null | undefined };

/** Attributes of a new object: absent and null both mean the default, except that null means "down". */
export function settle<Row extends object>(
  input: { [K in keyof Row]?: Row[K] | null | undefined },
  defaults: Row,
): Row {
  return { ...defaults, ...changesFrom(input, defaults, 'create') };
}

/** Attributes of a stored object that a request changes; those it does not mention are left out. */
export function changesFrom<Row extends object>(
  input: { [K in keyof Row]?: Row[K] | null | undefined },
  defaults: Row,
  verb: 'create' | 'update' = 'update',
): Partial<Row> {
  const changes: Partial<Row> = {};
  for (const key in defaults) {
    const value = input[key];
    if (value === undefined) continue;
    if (value !== null) changes[key] = value;
    else if (key === 'admin_state_up') Object.assign(changes, { admin_state_up: false });
    // Octavia leaves tags alone when an update says null.
    else if (key !== 'tags' || verb === 'create') changes[key] = defaults[key];
  }
  return changes;
}
