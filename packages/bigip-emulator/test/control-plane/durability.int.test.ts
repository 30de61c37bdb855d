// Nothing that was acknowledged is lost, whenever the process is killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmulator } from '../../src/index.ts';
import { DeviceClient } from '../device-client.ts';

const DEVICE = { name: 'bigip-a.lab', listen: { host: '127.0.0.1', port: 0 } };
let dataDir = '';

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'emulator-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** An emulator in a process of its own that can be killed. */
async function startProcess(): Promise<{ child: ChildProcess; device: DeviceClient }> {
  const script =
    "import { startEmulator } from '@f5-lbaas/bigip-emulator';" +
    `const e = await startEmulator({ reach: 'loopback', dataDir: ${JSON.stringify(dataDir)}, devices: [${JSON.stringify(DEVICE)}] });` +
    'process.stdout.write(JSON.stringify({ devices: e.devices, caPem: e.caPem }) + "\\n"); setInterval(() => {}, 1e6);';
  const args = [
    '--conditions=@f5-lbaas/source',
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    script,
  ];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text);
    });
    child.once('exit', () => reject(new Error('The emulator ended before it was ready')));
  });
  const running = JSON.parse(line) as { devices: never[]; caPem: string };
  return { child, device: new DeviceClient({ ...running, stop: () => Promise.resolve() }) };
}

it('has every acknowledged write after SIGKILL, and the same CA', async () => {
  const { child, device } = await startProcess();
  const acknowledged: string[] = [];
  const writing = (async () => {
    for (let index = 0; ; index += 1) {
      const reply = await device.post('ltm/pool', {
        name: `p${index}`,
        members: [`10.0.0.${index % 250}:80`],
      });
      if (reply.status === 200) acknowledged.push(`p${index}`);
      if (acknowledged.length === 60) child.kill('SIGKILL');
    }
  })();
  await expect(writing).rejects.toThrow();
  device.close();
  const caBefore = readFileSync(join(dataDir, 'ca.pem'), 'utf8');

  const emulator = await startEmulator({ reach: 'loopback', dataDir, devices: [DEVICE] });
  const restored = new DeviceClient(emulator);
  const pools = await restored.get('ltm/pool?expandSubcollections=true');

  const names = new Set(pools.body.items.map(({ name }) => name));
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  expect(pools.body.items.every((pool) => pool.membersReference.items.length === 1)).toBe(true);
  expect(emulator.caPem).toBe(caBefore);
  restored.close();
  await emulator.stop();
});

it('ignores the torn last line of a journal and goes on writing behind it', async () => {
  const first = await startEmulator({ reach: 'loopback', dataDir, devices: [DEVICE] });
  const writer = new DeviceClient(first);
  await writer.post('ltm/pool', { name: 'kept' });
  writer.close();
  await first.stop();
  appendFileSync(join(dataDir, DEVICE.name, 'journal.jsonl'), '{"put":[["ltm/pool');

  const second = await startEmulator({ reach: 'loopback', dataDir, devices: [DEVICE] });
  const device = new DeviceClient(second);
  expect((await device.get('ltm/pool/kept')).status).toBe(200);
  await device.post('ltm/pool', { name: 'later' });
  device.close();
  await second.stop();

  const third = await startEmulator({ reach: 'loopback', dataDir, devices: [DEVICE] });
  const reader = new DeviceClient(third);
  expect((await reader.get('ltm/pool/later')).status).toBe(200);
  reader.close();
  await third.stop();
});
