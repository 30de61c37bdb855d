// Mistakes in a server's configuration that end it before it opens or asks anything.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServerProcess } from '../src/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'f5-lbaas-configuration-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Everything that is required; nothing of it exists. */
const REQUIRED = [
  ['DEFAULT', 'transport_url = rabbit://guest:guest@127.0.0.1:9/'],
  ['database', 'connection = sqlite:////nowhere/lbaas.db'],
  ['keystone_authtoken', 'auth_url = http://127.0.0.1:9', 'username = u', 'password = p'],
  ['neutron', 'endpoint_override = http://127.0.0.1:9'],
].map(([section = '', ...lines]) => [`[${section}]`, ...lines].join('\n'));

function start(...lines: string[]) {
  const file = join(folder, 'server.conf');
  writeFileSync(file, [...REQUIRED, ...lines].join('\n'));
  return startServerProcess([file]);
}

describe('providers', () => {
  it('are refused with file, line, and what to write', async () => {
    await expect(
      start('[service_providers]', 'service_provider = a:A', 'service_provider = b:B'),
    ).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      message: expect.stringMatching(
        /server\.conf:\d+: \[service_providers\] service_provider: no provider is the default: add ':default' to one\./,
      ) as string,
    });
    const oldLine = 'LOADBALANCERV2:F5Networks:neutron_lbaas.drivers.f5.driver_v2.F5LBaaSV2Driver';
    await expect(
      start('[service_providers]', `service_provider = ${oldLine}:default`),
    ).rejects.toThrow("it is neutron-lbaas's form, with service type and class");
  });

  it('and the environment of a single one exclude each other', async () => {
    await expect(
      start(
        ...['[service_providers]', 'service_provider = gold:Gold'],
        ...['[f5_lbaas]', 'environment_prefix = Project'],
      ),
    ).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      message: expect.stringContaining('leave environment_prefix out') as string,
    });
  });
});
