// What `npm run build` makes runs without sources and tools: the command that operators install.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backendsPerTest } from './support/backends.ts';
import { textAt } from './support/json.ts';
import { fetchText } from './support/lab-api.ts';
import { BUILT, LabProcess, ROOT, runNode } from './support/lab-process.ts';
import { buildScenario } from './support/scenario.ts';
import { waitUntil } from './support/wait-until.ts';

const isBuilt = existsSync(join(ROOT, 'packages/cli/dist/main.js'));
const SLOW = { timeoutMs: 60_000 };

describe.skipIf(!isBuilt)(`the built command ${isBuilt ? '' : "(run 'npm run build')"}`, () => {
  const startBackend = backendsPerTest();

  it('tells its version', async () => {
    const description: unknown = JSON.parse(
      readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8'),
    );

    const { code, stdout } = await runNode([BUILT, '--version']).finished;

    expect(code).toBe(0);
    expect(stdout.trim()).toBe(textAt(description, 'version'));
  });

  it('runs a lab that forwards traffic', async () => {
    const backend = await startBackend('server');
    const lab = await LabProcess.create('built');
    try {
      await lab.start();
      const { url } = await buildScenario(lab.api(), 'built', [backend.port]);
      await waitUntil(
        'the VIP answers',
        async () => (await fetchText(url)).body === 'server',
        SLOW,
      );
      expect((await lab.stop()).code).toBe(0);
    } finally {
      await lab.remove();
    }
  });
});
