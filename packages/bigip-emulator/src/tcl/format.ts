// The command `format`. @see format(n)
import { TclError } from './errors.ts';
import { integerOf, numberOf } from './operators.ts';

const FIELD = /%(?:(%)|([-+ 0#]*)(\d+|\*)?(?:\.(\d+))?[hl]?([a-zA-Z]))/g;
const FIELD_ALONE = new RegExp(FIELD.source);
const WIDTH_MAX = 10_000;

function integer(text: string): bigint {
  const value = integerOf(text);
  if (value === undefined) throw new TclError(`expected integer but got "${text}"`);
  return value;
}

type Convert = (text: string, precision: number | undefined) => string;

const CONVERSIONS: Readonly<Record<string, Convert>> = {
  c: (text) => String.fromCharCode(Number(integer(text))),
  d: (text) => String(integer(text)),
  f: (text, precision) => Number(numberOf(text)).toFixed(precision ?? 6),
  i: (text) => String(integer(text)),
  o: (text) => integer(text).toString(8),
  s: (text, precision) => (precision === undefined ? text : text.slice(0, precision)),
  u: (text) => String(BigInt.asUintN(64, integer(text))),
  x: (text) => integer(text).toString(16),
  X: (text) => integer(text).toString(16).toUpperCase(),
};

function padded(text: string, flags: string, width: number, isNumber: boolean): string {
  const signed = isNumber && flags.includes('+') && !text.startsWith('-') ? `+${text}` : text;
  if (flags.includes('-')) return signed.padEnd(width);
  if (!isNumber || !flags.includes('0')) return signed.padStart(width);
  const sign = /^[+-]?/.exec(signed)?.[0] ?? '';
  return sign + signed.slice(sign.length).padStart(width - sign.length, '0');
}

function conversion(kind: string): Convert {
  const convert = Object.hasOwn(CONVERSIONS, kind) ? CONVERSIONS[kind] : undefined;
  if (convert === undefined) throw new TclError(`bad field specifier "${kind}"`);
  return convert;
}

/** @throws TclError for too few values, or a conversion that is not here */
export function formatText(spec: string, values: readonly string[]): string {
  const rest = [...values];
  const next = (): string => {
    const value = rest.shift();
    if (value === undefined) throw new TclError('not enough arguments for all format specifiers');
    return value;
  };
  return spec.replace(FIELD, (field) => {
    const [, percent, flags = '', width, precision, kind = ''] = FIELD_ALONE.exec(field) ?? [];
    if (percent !== undefined) return '%';
    const convert = conversion(kind);
    const columns = Number(width === '*' ? integer(next()) : (width ?? 0));
    if (columns > WIDTH_MAX) throw new TclError('string size overflow');
    const text = convert(next(), precision === undefined ? undefined : Number(precision));
    return padded(text, flags, columns, kind !== 's' && kind !== 'c');
  });
}
