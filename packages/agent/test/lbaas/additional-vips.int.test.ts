// Additional VIPs: reached like the first one, counted with it, and gone with what they stand for.
import type { AdditionalVip, ServiceDefinition } from '@f5-lbaas/model';
import { aService, type ServiceParts } from '@f5-lbaas/testkit';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asText } from '../../src/object-types/property.ts';
import { isWrite, startLab, type Lab } from '../driver/lab.ts';
import { deleted } from '../driver/scenario.ts';
import { applyWhole, soon, TENANT } from './services.ts';
import { freePort, httpBackend, VIP, type Backend } from './traffic.ts';

const SECOND = '127.10.1.10';
const SIXTH = '2001:db8::10';
const P = '/Project_tenant-1/Project_';

let lab: Lab;
let backend: Backend;
let port: number;

beforeAll(async () => {
  lab = await startLab();
  backend = await httpBackend('member');
});
beforeEach(async () => {
  port = await freePort();
});
afterEach(async () => {
  await lab.apply(deleted(service()));
});
afterAll(async () => {
  await lab.stop();
  await backend.close();
});

function vip(ip_address: string | null, subnet_id: string): AdditionalVip {
  return { subnet_id, ip_address, port_id: 'port-1' };
}

function service(
  parts: ServiceParts = {},
  additional = [vip(SECOND, 'sub-b'), vip(SIXTH, 'sub-c')],
) {
  return aService({
    tenantId: TENANT,
    listeners: [{ protocol_port: port, protocol: 'HTTP', default_pool_id: 'lb-1-pool-1' }],
    pools: [{ protocol: 'HTTP' }],
    members: [{ address: '127.0.0.1', protocol_port: backend.port }],
    ...parts,
    loadbalancer: { additional_vips: additional, ...parts.loadbalancer },
  });
}

async function pathsOf(collection: string): Promise<string[]> {
  const items = await lab.devices[0]!.list(collection, 'Project_tenant-1');
  return items.map((item) => asText(item['fullPath'])).sort();
}

function bodyAt(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host, port, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}

const resync = (services: ServiceDefinition[]) =>
  lab.driver.resyncTenant(TENANT, services, AbortSignal.timeout(10_000));

describe('additional VIPs', () => {
  it('carry traffic and are counted with the first', async () => {
    await applyWhole(lab, service());

    await soon(async () => expect(await bodyAt(VIP)).toBe('member'));
    await soon(async () => expect(await bodyAt(SECOND)).toBe('member'));
    const counters = await lab.driver.pollStatistics([service()], AbortSignal.timeout(5_000));
    expect(Object.keys(counters)).toEqual(['lb-1-listener-1']);
    expect(counters['lb-1-listener-1']).toMatchObject({ total_connections: 2 });
  });

  it('are addresses and virtual servers of their own, IPv6 beside IPv4', async () => {
    await applyWhole(lab, service());

    expect(await pathsOf('/ltm/virtual-address')).toEqual([
      `${P}lb-1`,
      `${P}lb-1_sub-b`,
      `${P}lb-1_sub-c`,
    ]);
    const virtuals = await lab.devices[0]!.list('/ltm/virtual', 'Project_tenant-1');
    const shared = { pool: `${P}lb-1-pool-1`, enabled: true };
    expect(virtuals).toHaveLength(3);
    for (const one of virtuals) expect(one).toMatchObject(shared);
    expect(virtuals.find(({ name }) => name === 'Project_lb-1-listener-1_sub-c')).toMatchObject({
      destination: expect.stringContaining(`${P}lb-1_sub-c`) as string,
      mask: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    });
  });

  it('read back as they were written, and belong to the load balancer', async () => {
    await applyWhole(lab, service());
    await lab.restartDriver();

    const { orphans, differences } = await resync([service()]);

    expect(orphans).toEqual([]);
    expect(differences).toEqual([]);
    expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
  });

  it('are repaired when somebody removes their virtual server', async () => {
    await applyWhole(lab, service());
    const path = '/ltm/virtual/~Project_tenant-1~Project_lb-1-listener-1_sub-b';
    await lab.devices[0]!.reader.remove(path);

    await resync([service()]);

    await soon(async () => expect(await bodyAt(SECOND)).toBe('member'));
  });

  it('go with the listener, and with the load balancer', async () => {
    await applyWhole(lab, service());

    await applyWhole(lab, service({ listeners: [{ provisioning_status: 'PENDING_DELETE' }] }));
    expect(await pathsOf('/ltm/virtual')).toEqual([]);
    expect(await pathsOf('/ltm/virtual-address')).toHaveLength(3);
    await lab.apply(deleted(service()));

    expect(await lab.devices[0]!.list('/ltm/virtual-address')).toEqual([]);
  });

  it('that nobody knows of any more are orphans of their load balancer', async () => {
    await applyWhole(lab, service());

    const { orphans } = await resync([]);

    expect(new Set(orphans.map(({ kind, id }) => `${kind} ${id}`))).toEqual(
      new Set(['loadbalancers lb-1', 'listeners lb-1-listener-1', 'pools lb-1-pool-1']),
    );
    await lab.driver.removeOrphans(TENANT, orphans, AbortSignal.timeout(5_000));
    expect(await lab.devices[0]!.list('/ltm/virtual')).toEqual([]);
  });

  it('without an address put the load balancer in ERROR with the reason', async () => {
    const { objects } = await lab.apply(service({}, [vip(null, 'sub-b')]));

    expect(objects.loadbalancers?.['lb-1']).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('additional VIP in subnet sub-b has no address') as string,
    });
    await soon(async () => expect(await bodyAt(VIP)).toBe('member'));
  });
});
