// The example of the README runs as it stands there.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const README = new URL('../README.md', import.meta.url);

/** Runs a program in a process of its own. */
function run(directory: string, file: string): Promise<{ output: string; code: number | null }> {
  const args = ['--conditions=@f5-lbaas/source', '--import', 'tsx', file];
  const child = spawn(process.execPath, args, { cwd: directory });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ output, code })));
}

it('starts a device, makes a pool and stops', async () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8'))?.[1] ?? '';
  // Below this package, so that its name leads to its sources.
  const directory = mkdtempSync(join(import.meta.dirname, 'example-'));
  try {
    const file = join(directory, 'example.mts');
    writeFileSync(file, example);

    expect(await run(directory, file)).toEqual({ output: '200\n', code: 0 });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
