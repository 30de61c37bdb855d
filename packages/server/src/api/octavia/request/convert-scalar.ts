// Numbers and booleans as Octavia reads them: numeric texts and words for yes and no are taken.

/** The value could not be read at all; Octavia then blames the whole body. */
export class ConversionError extends Error {}

const TRUE_WORDS = ['t', 'true', 'on', 'yes', 'y', '1'];
const FALSE_WORDS = ['f', 'false', 'off', 'no', 'n', '0'];

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

export function toInteger(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const wellFormed = typeof value === 'string' && /^\s*[+-]?\d+(_\d+)*\s*$/.test(value);
  const number = wellFormed ? Number(value.replaceAll('_', '')) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new ConversionError(`invalid literal for int() with base 10: ${quoted(value)}`);
}

export function toNumber(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new ConversionError(`could not convert string to float: ${quoted(value)}`);
}

export function toBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return value !== 0;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (word !== undefined && TRUE_WORDS.includes(word)) return true;
  if (word !== undefined && FALSE_WORDS.includes(word)) return false;
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  throw new ConversionError(`Value not an unambiguous boolean: ${shown}`);
}
