// Clients that nobody here wrote: the modules of f5networks.f5_modules create, change and remove everything they
// know, twice without a change in between, and leave nothing behind.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type RunningDevice, type RunningEmulator } from '../../src/index.ts';
import { certificateAuthority } from '../data-plane/certificates.ts';
import { DeviceClient } from '../device-client.ts';
import { missingAnsible, runPlaybook, type PlaybookResult } from './ansible-run.ts';

/** Every module is a Python process of its own: minutes on a busy machine. */
const TIMEOUT_MS = 1_800_000;

/** Tasks that change nothing in the second round by their nature. */
const STEADY = new Set([
  'device is ready',
  'iApp template',
  'member of the device group',
  'shell command',
]);

/** Partitions whose objects are also read as facts, while they are there. */
const TENANTS: Record<string, string> = {
  network: 'net_tenant',
  rules: 'rule_tenant',
  virtuals: 'vs_tenant',
};

/** Collections that a playbook may touch. */
const COLLECTIONS = [
  'auth/partition',
  'auth/user',
  'cm/device-group',
  'cm/traffic-group',
  'ltm/data-group/external',
  'ltm/data-group/internal',
  'ltm/node',
  'ltm/policy',
  'ltm/pool',
  'ltm/rule',
  'ltm/snat-translation',
  'ltm/snatpool',
  'ltm/virtual',
  'ltm/virtual-address',
  'net/route',
  'net/route-domain',
  'net/self',
  'net/trunk',
  'net/tunnels/tunnel',
  'net/vlan',
  'sys/application/template',
  'sys/file/data-group',
  'sys/file/ssl-cert',
  'sys/file/ssl-key',
  'sys/folder',
  'sys/management-route',
];
const TYPED = ['ltm/monitor', 'ltm/persistence', 'ltm/profile'];

const missing = missingAnsible();
let emulator: RunningEmulator;
let device: RunningDevice;
let client: DeviceClient;
let material = '';

describe.skipIf(missing !== undefined)(`f5networks.f5_modules (${missing ?? 'installed'})`, () => {
  beforeAll(async () => {
    emulator = await startEmulator({
      reach: 'loopback',
      devices: [{ name: 'bigip-a.lab', listen: { host: '127.0.0.1', port: 0 } }],
    });
    const [first] = emulator.devices;
    if (first === undefined) throw new Error('no device');
    device = first;
    client = new DeviceClient(emulator);
    material = await writeMaterial();
  });
  afterAll(async () => {
    client.close();
    await emulator.stop();
    rmSync(material, { recursive: true, force: true });
  });

  it.concurrent.each([
    ['system', 'certificates', 'network', 'pools'],
    ['profiles', 'virtuals', 'rules'],
  ])(
    'creates, changes and removes: %s, %s, %s',
    { timeout: TIMEOUT_MS },
    async (...areas: string[]) => {
      for (const area of areas) await lifeCycle(area);
    },
  );

  it(
    'leaves nothing behind, and tells everything about itself',
    { timeout: TIMEOUT_MS },
    async () => {
      const fresh = await startEmulator({
        devices: [{ name: 'bigip-a.lab', listen: { host: '127.0.0.1', port: 0 } }],
      });
      const untouched = new DeviceClient(fresh);
      const [before, after] = await Promise.all([inventory(untouched), inventory(client)]);
      untouched.close();
      await fresh.stop();

      const { facts, failed } = await play('info.yml', { partition: 'Common' });

      expect(after).toEqual(before);
      expect(failed).toEqual([]);
      expect(facts).toMatchObject({
        queried: true,
        devices: [{ name: 'bigip-a.lab', self: 'yes', failover_state: 'active' }],
        sync_status: [{ status: 'Standalone' }],
        system_info: { product_version: '16.1.3', platform: 'Z100' },
      });
      for (const subset of [
        'vlans',
        'http_profiles',
        'tcp_monitors',
        'self_ips',
        'provision_info',
      ]) {
        expect(facts).toHaveProperty(subset);
      }
    },
  );
});

async function lifeCycle(area: string): Promise<void> {
  const tenant = TENANTS[area];
  const created = await play(`${area}/present.yml`, { changed: false });
  expect(created.failed, `${area}: create`).toEqual([]);
  const changed = await play(`${area}/present.yml`, { changed: true });
  expect(changed.failed, `${area}: change`).toEqual([]);
  expect(
    changed.unchanged.filter((name) => !STEADY.has(name)),
    `${area}: change`,
  ).toEqual([]);
  const again = await play(`${area}/present.yml`, { changed: true });
  expect(again, `${area}: second run`).toMatchObject({ failed: [], changed: [] });
  const told = tenant === undefined ? [] : (await play('info.yml', { partition: tenant })).failed;
  expect(told, `${area}: facts`).toEqual([]);
  const removed = await play(`${area}/absent.yml`, {});
  expect(removed, `${area}: remove`).toMatchObject({ failed: [], unchanged: [] });
}

function play(playbook: string, variables: Record<string, unknown>): Promise<PlaybookResult> {
  return runPlaybook({ device, playbook, variables: { ...variables, material } });
}

/** Certificates, keys and data group records that the playbooks read. */
async function writeMaterial(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'ansible-'));
  for (const name of ['one', 'two']) {
    const authority = await certificateAuthority(`ca ${name}`);
    const { certPem, keyPem } = await authority.issue(`${name}.example.org`);
    writeFileSync(join(directory, `${name}.crt`), certPem);
    writeFileSync(join(directory, `${name}.key`), keyPem);
    writeFileSync(join(directory, `ca-${name}.crt`), authority.certPem);
    writeFileSync(join(directory, `records-${name}.txt`), `"a" := "${name}",\n"b" := "x",\n`);
  }
  return directory;
}

/** Paths of all objects, collection by collection. */
async function inventory(from: DeviceClient): Promise<Record<string, string[]>> {
  const collections = [...COLLECTIONS];
  for (const parent of TYPED) {
    const { body } = await from.get(parent);
    for (const { reference } of body.items as unknown as { reference: { link: string } }[]) {
      collections.push(new URL(reference.link).pathname.replace('/mgmt/tm/', ''));
    }
  }
  const found: Record<string, string[]> = {};
  for (const path of collections) {
    const { body } = await from.get(`${path}?$select=fullPath`);
    const items = (body.items as unknown as { fullPath: string }[] | undefined) ?? [];
    found[path] = items.map(({ fullPath }) => fullPath);
  }
  return found;
}
