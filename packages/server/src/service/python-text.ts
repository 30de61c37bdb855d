// How Python prints values: clients see such text inside fault sentences.

/** `['a', 'b']` */
export function pythonList(values: readonly string[]): string {
  return `[${values.map(pythonString).join(', ')}]`;
}

/** `repr` of a JSON value: `{'name': 'x', 'up': True, 'none': None}`. */
export function pythonRepr(value: unknown): string {
  if (typeof value === 'string') return pythonString(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return 'None';
  const items = Object.entries(value).map(
    ([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`,
  );
  return `{${items.join(', ')}}`;
}

/** `str` of a JSON value: a text as it is, anything else as `repr`. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

const NAMED_ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\'"\u0000-\u001f\u007f]/g, (character) => {
    if (character === '\\') return '\\\\';
    if (character === "'" || character === '"')
      return character === quote ? `\\${quote}` : character;
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return NAMED_ESCAPES[character] ?? `\\x${code}`;
  });
  return `${quote}${escaped}${quote}`;
}
