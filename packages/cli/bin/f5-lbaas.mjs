#!/usr/bin/env node
// Starts the built command; says what to do when it has not been built or Node.js is too old.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const entry = new URL('../dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `f5-lbaas needs Node.js 20.19 or newer; this is ${process.versions.node}. ` +
      'Install a current LTS release and try again.',
  );
  process.exitCode = 1;
} else if (!existsSync(entry)) {
  console.error("f5-lbaas has not been built: run 'npm run build' in its source tree first.");
  process.exitCode = 1;
} else {
  await import(entry.href);
}
