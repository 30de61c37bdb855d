import { readFileSync } from 'node:fs';
import { booleanOption, integerOption, noEffectOption, textOption } from '@f5-lbaas/platform';
import { describe, expect, it } from 'vitest';
import { configurationDocument, DOCUMENT } from './document.ts';
import { optionsWithoutEffect, optionTables } from './option-tables.ts';

describe('docs/configuration.md', () => {
  it('is what the option tables say: run `npm run docs:configuration`', async () => {
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(await configurationDocument());
  });

  it('shows section, type, default and meaning, and keeps dead options apart', () => {
    const group = 'other';
    const table = {
      port: integerOption({ group, name: 'port', help: 'To listen | on.' }, 80, { max: 99 }),
      key: textOption({ name: 'key', help: 'Hidden.', isSecret: true, isRequired: true }, ''),
      old: booleanOption({ name: 'now', help: 'Flag.', deprecatedNames: ['then'] }, true),
      dead: noEffectOption('dead', 'nobody reads it'),
    };

    expect(optionTables(table).split('\n')).toEqual([
      '### `[DEFAULT]`',
      '',
      '| option | type | default | meaning |',
      '| --- | --- | --- | --- |',
      '| `key` | string | required | Hidden. Never logged. |',
      '| `now` | boolean | `True` | Flag. Older name: `then`. |',
      '',
      '### `[other]`',
      '',
      '| option | type | default | meaning |',
      '| --- | --- | --- | --- |',
      '| `port` | integer, 0 to 99 | `80` | To listen \\| on. |',
    ]);
    expect(optionsWithoutEffect(table)).toContain('| `dead` | `[DEFAULT]` | nobody reads it |');
  });
});
