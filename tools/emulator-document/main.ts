// `npm run docs:emulator`: writes docs/emulator.md.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, emulatorDocument } from './document.ts';

writeFileSync(DOCUMENT, await emulatorDocument());
