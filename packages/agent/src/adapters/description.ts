// What an object's description on the device says.

/** `name: description`, `name:`, the description alone, or nothing; as F5's agent writes it. */
export function describe(object: { name: string; description?: string }): string {
  const description = object.description ?? '';
  if (object.name === '') return description;
  return description === '' ? `${object.name}:` : `${object.name}: ${description}`;
}
