import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@f5-lbaas/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadVlanBinding } from './vlan-binding.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vlan-binding-'));
});
afterEach(() => rm(directory, { recursive: true }));

const MODULE = `
export const told = [];
globalThis.toldOfVlans = told;
export default ({ staticMappings }) => ({
  allowVlan: async (device, port, vlan) => { told.push(['allow', staticMappings[device][port], vlan]); },
  pruneVlan: async () => {},
});`;

async function module(text: string): Promise<string> {
  const path = join(directory, 'binding.mjs');
  await writeFile(path, text);
  return path;
}

describe('vlan_binding_driver', () => {
  it('is a module of the operator, which gets the static mappings', async () => {
    const binding = await loadVlanBinding(
      await module(MODULE),
      '{"bigip-1": {"1.1": "switch-port-7"}}',
      silentLogger,
    );

    await binding.allowVlan('bigip-1', '1.1', 101);

    expect(Reflect.get(globalThis, 'toldOfVlans')).toEqual([['allow', 'switch-port-7', 101]]);
  });

  it('may be the one that only logs', async () => {
    const name = 'f5_openstack_agent.lbaasv2.drivers.bigip.vlan_binding.NullBinding';
    const binding = await loadVlanBinding(name, undefined, silentLogger);

    await expect(binding.pruneVlan('a', '1.1', 7)).resolves.toBeUndefined();
  });

  it.each([
    ['is not there', undefined, /cannot be loaded/],
    ['exports nothing', 'export const a = 1;', /no default export/],
    ['makes something else', 'export default () => ({});', /allowVlan and pruneVlan/],
  ])('is refused when it %s', async (_, text, reason) => {
    const path = text === undefined ? join(directory, 'none.mjs') : await module(text);

    await expect(loadVlanBinding(path, undefined, silentLogger)).rejects.toThrow(reason);
  });
});
