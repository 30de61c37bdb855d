import { describe, expect, it } from 'vitest';
import { figure, formatTable, replaceSection } from './report.ts';

describe('benchmark report', () => {
  it.each([
    [1234.56, '1,235'],
    [100, '100'],
    [12.345, '12.3'],
    [0.01234, '0.0123'],
    [0, '0'],
    [NaN, '-'],
  ])('writes %d as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });

  it('aligns columns as Markdown formatters do', () => {
    const rows = [
      ['GET one', '1,000'],
      ['POST', '7'],
    ];

    expect(formatTable({ columns: ['what', 'req/s'], rows }).split('\n')).toEqual([
      '| what    | req/s |',
      '| ------- | ----: |',
      '| GET one | 1,000 |',
      '| POST    |     7 |',
    ]);
  });

  it('replaces one section and leaves the others', () => {
    const document = 'a\n<!-- x -->\nold\n<!-- /x -->\nb\n<!-- y -->\nkeep\n<!-- /y -->\n';

    expect(replaceSection(document, 'x', 'new')).toBe(
      'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb\n<!-- y -->\nkeep\n<!-- /y -->\n',
    );
    expect(() => replaceSection(document, 'z', 'new')).toThrow("no '<!-- z -->'");
  });
});
