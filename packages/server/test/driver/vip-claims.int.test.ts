// VIP ports of creations that never ended: given back, and never one that is in use.
import type { NeutronPort } from '@f5-lbaas/model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OCTAVIA_RULES } from '../../src/service/api-rules.ts';
import { DEFAULT_SETTINGS } from '../../src/service/settings.ts';
import { settleVipClaim } from '../../src/service/vip/vip-claims.ts';
import type { VipPlan } from '../../src/service/vip/vip-plan.ts';
import { VipService } from '../../src/service/vip/vip-service.ts';
import { startDriver, type Harness } from './harness.ts';

const STALE_MS = 60_000;
const ID = '7a1a1e9c-0000-4000-8000-000000000001';

let server: Harness;
let vips: VipService;
let plan: VipPlan;

beforeEach(async () => {
  server = await startDriver({ vipClaimTimeoutMs: STALE_MS });
  vips = new VipService({ ...server, rules: OCTAVIA_RULES, settings: DEFAULT_SETTINGS });
  const network = server.neutron.addNetwork();
  const subnet = server.neutron.addSubnet({ network_id: network.id });
  plan = {
    networkId: network.id,
    subnetId: subnet.id,
    address: '10.0.0.9',
    port: undefined,
    qosPolicyId: null,
    securityGroupIds: [],
    additional: [],
  };
});
afterEach(() => server.stop());

const ports = (): NeutronPort[] => [...server.neutron.ports.values()];
const claims = () => server.storage.read.vipClaims.list();
const settle = () => server.storage.transaction((r) => settleVipClaim(r, ID));
async function sweepAfter(ms: number): Promise<void> {
  await server.clock.advance(ms);
  await server.sweeper.sweep();
}

it('gives back the port of a process that died before it stored what owns it', async () => {
  await vips.claim(plan, ID, 'project-1');
  await sweepAfter(STALE_MS - 1);
  expect(ports()).toHaveLength(1);

  await sweepAfter(1);

  expect(ports()).toEqual([]);
  expect(await claims()).toEqual([]);
});

it('leaves the port of a stored load balancer alone', async () => {
  await vips.claim(plan, ID, 'project-1');
  await settle();

  await sweepAfter(STALE_MS);

  expect(ports()).toHaveLength(1);
  expect(await claims()).toEqual([]);
});

it('refuses to store what took so long that its port was given back', async () => {
  await vips.claim(plan, ID, 'project-1');
  await sweepAfter(STALE_MS);

  await expect(settle()).rejects.toMatchObject({ kind: 'unavailable', code: 'ERR_VIP_CLAIM_LOST' });
});

it('refuses to store it while the port is being given back, and tries until Neutron is there', async () => {
  await vips.claim(plan, ID, 'project-1');
  server.neutron.away = true;
  await sweepAfter(STALE_MS);
  expect(await claims()).toMatchObject([{ id: ID, abandoned: true }]);
  await expect(settle()).rejects.toMatchObject({ code: 'ERR_VIP_CLAIM_LOST' });

  server.neutron.away = false;
  await sweepAfter(STALE_MS);

  expect(ports()).toEqual([]);
  expect(await claims()).toEqual([]);
});

it('keeps no claim of what Neutron refused, and keeps it when there was no answer', async () => {
  server.neutron.away = true;
  await expect(vips.claim(plan, ID, 'project-1')).rejects.toMatchObject({ kind: 'unavailable' });

  expect(await claims()).toHaveLength(1);
  server.neutron.away = false;
  const nowhere = { ...plan, port: server.neutron.addPort({ network_id: plan.networkId }) };
  server.neutron.ports.clear();
  const other = ID.replace(/1$/, '2');
  await expect(vips.claim(nowhere, other, 'project-1')).rejects.toMatchObject({
    kind: 'not_found',
  });
  expect(await claims()).toMatchObject([{ id: ID }]);
});

it("lets go of a user's port without deleting it", async () => {
  const port = server.neutron.addPort({
    network_id: plan.networkId,
    fixed_ips: [{ subnet_id: plan.subnetId ?? '', ip_address: '10.0.0.9' }],
  });
  await vips.claim({ ...plan, port }, ID, 'project-1');
  expect(ports()).toMatchObject([{ id: port.id, device_id: `lb-${ID}` }]);

  await sweepAfter(STALE_MS);

  expect(ports()).toMatchObject([{ id: port.id, device_id: '', device_owner: '' }]);
});

it('gives back a port once that a refused creation could not', async () => {
  const vip = await vips.claim(plan, ID, 'project-1');
  server.neutron.away = true;
  await vips.release(ID, vip.vip_port_id ?? '', true);
  expect(ports()).toHaveLength(1);
  server.neutron.away = false;

  await sweepAfter(STALE_MS);

  expect(ports()).toEqual([]);
});
