import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIni, splitList, splitPairs } from './ini-parser.ts';

describe('an ini file', () => {
  it('is read as oslo.config reads it', () => {
    const text = [
      '# comment',
      '; another',
      '[DEFAULT]',
      'debug = True',
      'icontrol_hostname: 10.0.0.1,',
      '  10.0.0.2',
      '# in between',
      '\t10.0.0.3',
      '',
      "password = 'a # b = c'",
      'empty =',
      'url = http://x:1/?a=b',
      'repeated = 1',
      'repeated = 2',
      '[ AGENT ]',
      'report_interval=10',
    ].join('\n');

    const { entries, problems } = parseIni(text);

    expect(problems).toEqual([]);
    expect(entries.map(({ section, key, value, line }) => [section, key, value, line])).toEqual([
      ['DEFAULT', 'debug', 'True', 4],
      ['DEFAULT', 'icontrol_hostname', '10.0.0.1,\n10.0.0.2\n10.0.0.3', 5],
      ['DEFAULT', 'password', 'a # b = c', 10],
      ['DEFAULT', 'empty', '', 11],
      ['DEFAULT', 'url', 'http://x:1/?a=b', 12],
      ['DEFAULT', 'repeated', '1', 13],
      ['DEFAULT', 'repeated', '2', 14],
      ['AGENT', 'report_interval', '10', 16],
    ]);
  });

  it.each([
    ['key = 1', 1, /no section/],
    ['[DEFAULT]\nnothing', 2, /No '=' or ':'/],
    ['[DEFAULT]\n= 1', 2, /Key cannot be empty/],
    ['[DEFAULT]\n\n  dangling', 3, /continuation/],
    ['[DEFAULT\nkey = 1', 1, /Invalid section/],
    ['[]\nkey = 1', 1, /Invalid section/],
  ])('%j is refused with the line', (text, line, message) => {
    const [problem] = parseIni(text).problems;

    expect(problem?.line).toBe(line);
    expect(problem?.message).toMatch(message);
  });

  it('has the same meaning with Windows line ends', () => {
    const text = '[DEFAULT]\na = 1\n  2\n\n[b]\nc = d\n';

    expect(parseIni(text.replaceAll('\n', '\r\n'))).toEqual(parseIni(text));
  });

  const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
  const anyValue = fc
    .string({ maxLength: 30 })
    .map((text) => text.replaceAll(/[\r\n]/g, ' ').trim())
    .filter((text) => text === text.trim() && !/^(["']).*\1$/.test(text));

  it('that is printed from entries is read back as those entries', () => {
    const entry = fc.record({ section: word, key: word, value: anyValue });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const text = entries.map((e) => `[${e.section}]\n${e.key} = ${e.value}\n`).join('');
        const parsed = parseIni(text);
        expect(parsed.problems).toEqual([]);
        expect(parsed.entries.map(({ section, key, value }) => ({ section, key, value }))).toEqual(
          entries,
        );
      }),
    );
  });

  it('of any content is read without an exception, and each line is accounted for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const lines = text.split(/\r\n|\r|\n/).length;
        const { entries, problems } = parseIni(text);
        for (const { line } of [...entries, ...problems]) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }),
    );
  });
});

describe('lists and pairs', () => {
  it('split at commas outside of quotes, and leave nothing empty', () => {
    expect(splitList(' a, "b, c" ,,d,\ne')).toEqual(['a', 'b, c', 'd', 'e']);
    expect(splitList('')).toEqual([]);
  });

  it('keep what follows the first colon of a pair', () => {
    expect(splitPairs('location:Tower1,url:http://x:80/')).toEqual(
      new Map([
        ['location', 'Tower1'],
        ['url', 'http://x:80/'],
      ]),
    );
    expect(splitPairs('location')).toBeUndefined();
    expect(splitPairs(':x')).toBeUndefined();
  });

  it('that are joined by commas come apart into the same items', () => {
    const item = fc.stringMatching(/^[A-Za-z0-9:._-]{1,10}$/);
    fc.assert(
      fc.property(fc.array(item), (items) => {
        expect(splitList(items.join(', '))).toEqual(items);
      }),
    );
  });
});
