// Enhanced service definitions: files on disk, what becomes of virtual servers, and what a mistake costs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceItem } from '@f5-lbaas/bigip-client';
import type { ServiceListener } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseEsdFile } from '../../src/esd/parse-esd.ts';
import { deleted } from '../driver/scenario.ts';
import { isWrite, startLab, type Lab } from '../driver/lab.ts';
import { applyWhole, TENANT, withPolicies } from './services.ts';

let lab: Lab;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'esd-'));
  lab = await startLab({ driver: { esdDirectory: directory } });
  await lab.devices[0]!.reader.create('/ltm/rule', {
    ...{ name: 'operators_rule', partition: 'Common' },
    apiAnonymous: 'when HTTP_REQUEST { HTTP::redirect https://x.example }',
  });
});
beforeEach(() => {
  put('demo.json', {
    mobile: { lbaas_ctcp: 'tcp-mobile-optimized', lbaas_stcp: 'tcp-lan-optimized' },
    redirect: { lbaas_irule: ['operators_rule'], lbaas_persist: 'source_addr' },
    tls: { lbaas_cssl_profile: 'clientssl', lbaas_sssl_profile: 'serverssl' },
    half: { lbaas_ctcp: 'no-such-profile', lbaas_stcp: 'tcp-wan-optimized', lbaas_nonsense: 1 },
    first: { lbaas_persist: 'hash', lbaas_fallback_persist: 'source_addr' },
  });
});
afterEach(async () => {
  await lab.apply(deleted(aService({ tenantId: TENANT, listeners: [{}] })));
});
afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true });
});

function put(file: string, content: object | string): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(directory, file), text);
}

async function virtualWith(
  esds: readonly string[],
  listener: Partial<ServiceListener> = {},
): Promise<DeviceItem> {
  const service = aService({ tenantId: TENANT, listeners: [listener] });
  const policies = esds.map((name) => ({ policy: { name }, rules: [] }));
  await applyWhole(lab, withPolicies(service, policies));
  const [virtual] = await lab.devices[0]!.list('/ltm/virtual', `Project_${TENANT}`);
  return virtual!;
}

function profilesOf(virtual: DeviceItem): string[] {
  const { items = [] } = virtual['profilesReference'] as {
    items?: { name: string; context: string }[];
  };
  return items.map(({ name, context }) => `${name} ${context}`).sort();
}

describe('a policy with the name of an ESD', () => {
  it('changes the TCP profiles of the sides', async () => {
    expect(profilesOf(await virtualWith(['mobile']))).toEqual([
      ...['http all', 'oneconnect all'],
      ...['tcp-lan-optimized serverside', 'tcp-mobile-optimized clientside'],
    ]);
  });

  it('works on listeners of other protocols, as far as its tags have a meaning there', async () => {
    const tcp = await virtualWith(['mobile', 'tls'], { protocol: 'TCP' });
    expect(profilesOf(tcp)).toEqual([
      ...['clientssl clientside', 'serverssl serverside'],
      ...['tcp-lan-optimized serverside', 'tcp-mobile-optimized clientside'],
    ]);
    const https = await virtualWith(['mobile', 'tls'], { protocol: 'HTTPS' });
    expect(profilesOf(https)).toEqual([
      ...['tcp-lan-optimized serverside', 'tcp-mobile-optimized clientside'],
    ]);
    await lab.apply(deleted(aService({ tenantId: TENANT, listeners: [{}] })));
    expect(profilesOf(await virtualWith(['mobile'], { protocol: 'UDP' }))).toEqual(['udp all']);
  });

  it('adds iRules and persistence; of the same tag the first policy’s counts', async () => {
    const virtual = await virtualWith(['first', 'redirect']);

    expect(virtual).toMatchObject({
      rules: ['/Common/operators_rule'],
      persist: [{ name: 'hash' }],
      fallbackPersistence: '/Common/source_addr',
    });
  });

  it('gives everything back when it goes', async () => {
    const plain = profilesOf(await virtualWith([]));
    await virtualWith(['mobile', 'redirect']);

    const virtual = await virtualWith([]);
    expect(profilesOf(virtual)).toEqual(plain);
    expect(virtual['rules']).toBeUndefined();
  });

  it('takes part with the tags that are valid', async () => {
    expect(profilesOf(await virtualWith(['half']))).toContain('tcp-wan-optimized serverside');
  });
});

describe('ESD files', () => {
  it('are read again when they change, without a restart', async () => {
    await virtualWith(['late']);
    put('late.json', { late: { lbaas_ctcp: 'tcp-wan-optimized' } });

    expect(profilesOf(await virtualWith(['late']))).toContain('tcp-wan-optimized all');
  });

  it('that are broken do not touch the others', async () => {
    put('broken.json', '{"a": ');

    expect(profilesOf(await virtualWith(['mobile']))).toContain('tcp-mobile-optimized clientside');
  });

  it('are named as far as the device has something of them', async () => {
    put('other.json', { other: { lbaas_ctcp: 'no-such-profile' } });
    const names = () => lab.driver.esdNames(AbortSignal.timeout(5_000));

    expect(await names()).toEqual(expect.arrayContaining(['first', 'half', 'mobile', 'redirect']));
    expect(await names()).not.toContain('other');
    await lab.devices[0]!.forgetCalls();
    await names();
    expect(await lab.devices[0]!.calls()).toEqual([]);
  });

  it('cost no call when neither they nor the service have changed', async () => {
    await virtualWith(['mobile']);
    await lab.devices[0]!.forgetCalls();
    await virtualWith(['mobile']);

    expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
    // The one read is the test's own.
    expect(await lab.devices[0]!.calls()).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'nonsense', ['It is no JSON'], []],
    ['a list', '[]', ['It is no JSON object.'], []],
    [
      'wrong tags beside right ones',
      JSON.stringify({
        a: { lbaas_ctcp: ['tcp'], lbaas_stcp: 'tcp', nope: 1 },
        b: { lbaas_irule: 'r' },
      }),
      [
        'ESD a: Invalid value for tag lbaas_ctcp. It must be a name.',
        'ESD a: Tag nope is not valid.',
        'ESD b: Invalid value for tag lbaas_irule. It must be a list of names.',
        'ESD b has no valid tag and is not offered.',
      ],
      ['a'],
    ],
  ])('with %s disable only what is wrong', (_what, text, problems, names) => {
    const parsed = parseEsdFile(text);

    expect([...parsed.services.keys()]).toEqual(names);
    expect(parsed.problems).toHaveLength(problems.length);
    problems.forEach((problem, n) => expect(parsed.problems[n]).toContain(problem));
  });
});
