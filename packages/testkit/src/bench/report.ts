// What a benchmark found, as text for a terminal and as Markdown for docs/benchmarks.md. Pure.

export interface ReportTable {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A whole number from 100, else three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** First column to the left, the others to the right; the same form in a terminal and in Markdown. */
export function formatTable({ columns, rows }: ReportTable): string {
  const widths = columns.map((column, index) =>
    Math.max(3, column.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const pad = (text: string, index: number): string =>
    index === 0 ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0);
  const line = (row: readonly string[]): string => `| ${row.map(pad).join(' | ')} |`;
  const rule = widths.map((width, index) =>
    index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

/**
 * Puts `content` between `<!-- name -->` and `<!-- /name -->` of a document.
 * @throws Error when the document has no such place
 */
export function replaceSection(document: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = document.indexOf(open);
  const end = document.indexOf(close, start);
  if (start < 0 || end < 0) throw new Error(`There is no '${open}' ... '${close}'.`);
  return `${document.slice(0, start)}${open}\n\n${content.trim()}\n\n${document.slice(end)}`;
}
