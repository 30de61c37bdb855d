// What a lab says when it cannot start: one sentence that names the remedy, exit code 1, nothing touched.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePortBase } from './support/free-ports.ts';
import { COMMAND, type Finished, LabProcess, ROOT, runNode } from './support/lab-process.ts';

const runLab = (...flags: string[]): Promise<Finished> =>
  runNode([...COMMAND, 'lab', ...flags]).finished;

/** Makes Node.js say that it is an old one. */
const OLD_NODE = '--import=data:text/javascript,'.concat(
  encodeURIComponent(
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.1' } });",
  ),
);

describe('a lab that cannot start', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'f5-lbaas-refused-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('names the busy port, the part that needs it, and the flag', async () => {
    const base = await freePortBase();
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(base + 3, '127.0.0.1', resolve));
    const { port } = busy.address() as AddressInfo;
    const dataDir = join(directory, 'busy');

    const refused = await runLab('--data-dir', dataDir, '--port-base', String(base), '--reset');

    busy.close();
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `f5-lbaas: Port ${port} of 127.0.0.1, for bigip-b.lab, is already in use: ` +
        'free it, or choose other ports with --port-base.\n',
    });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.each([
    ['below a file', (root: string) => join(root, 'file', 'lab'), 'ENOTDIR'],
    ['where nobody may write, not even root', () => '/proc/f5-lbaas-lab', 'ENOENT'],
  ])('names a data directory %s', async (_where, pathIn, code) => {
    writeFileSync(join(directory, 'file'), '');
    const dataDir = pathIn(directory);

    const refused = await runLab('--data-dir', dataDir);

    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `f5-lbaas: The data directory '${dataDir}' cannot be written to (${code}): ` +
        'choose another one with --data-dir, or correct its permissions.\n',
    });
  });

  // Root may write everywhere that permissions alone forbid.
  it.skipIf(process.getuid?.() === 0)('names a directory without write permission', async () => {
    const dataDir = join(directory, 'read-only');
    mkdirSync(dataDir, { mode: 0o500 });

    const refused = await runLab('--data-dir', dataDir);

    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`'${dataDir}' cannot be written to (EACCES)`);
  });

  it('names a data directory that another lab uses, and leaves that lab alone', async () => {
    const lab = await LabProcess.create();
    await lab.start();
    try {
      const otherPorts = String(await freePortBase());

      const refused = await runLab('--data-dir', lab.dataDir, '--port-base', otherPorts, '--reset');

      expect(refused).toEqual({
        code: 1,
        stdout: '',
        stderr:
          `f5-lbaas: The data directory '${lab.dataDir}' is in use by another lab: ` +
          'stop that one, or choose another directory with --data-dir.\n',
      });
      expect(existsSync(join(lab.dataDir, 'lab.json'))).toBe(true);
      expect((await lab.api().send('GET', 'loadbalancers')).status).toBe(200);
    } finally {
      await lab.remove();
    }
  });

  it('names a port base that leaves no room', async () => {
    const refused = await runLab('--data-dir', join(directory, 'range'), '--port-base', '70000');

    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("option '--port-base <port>' argument '70000' is invalid.");
  });

  it.each([
    ['npm start and npm test', 'tools/check-node.cjs', []],
    ['the installed command', 'packages/cli/bin/f5-lbaas.mjs', ['lab']],
  ])('names the Node.js that %s need', async (_what, script, words) => {
    const refused = await runNode([OLD_NODE, join(ROOT, script), ...words]).finished;

    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'f5-lbaas needs Node.js 20.19 or newer; this is 18.19.1. ' +
        'Install a current LTS release and try again.\n',
    });
  });
});
