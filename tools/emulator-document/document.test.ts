import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DOCUMENT, emulatorDocument } from './document.ts';

it('docs/emulator.md is what the tables say: run `npm run docs:emulator`', async () => {
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(await emulatorDocument());
});
