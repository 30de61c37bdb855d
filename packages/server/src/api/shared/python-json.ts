// JSON as Python writes it: `", "` and `": "` between items, everything outside ASCII escaped. Clients that compare
// or sign bodies, and humans who diff them, see the same bytes as from the OpenStack services.

/** A number that is written with a decimal point even when it is whole. */
export class JsonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** `undefined` members are left out, as in `JSON.stringify`. */
export function pythonJson(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || value === undefined) return 'null';
  if (value instanceof JsonFloat) return floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object') return `{${members(value)}}`;
  return JSON.stringify(value);
}

function members(object: object): string {
  let text = '';
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    text += `${text === '' ? '' : ', '}${quote(key)}: ${pythonJson(value)}`;
  }
  return text;
}

function floatText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** Nothing in it needs an escape: by far the most texts, and most of the work of writing a list. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
