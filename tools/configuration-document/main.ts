// `npm run docs:configuration`: writes docs/configuration.md.
import { writeFileSync } from 'node:fs';
import { configurationDocument, DOCUMENT } from './document.ts';

writeFileSync(DOCUMENT, await configurationDocument());
