// Application services above networks that the agent makes: addresses in route domains, SNAT pools, VLANs.
import { afterEach, expect, it } from 'vitest';
import type { NetworkSettings } from '../../src/config/network-settings.ts';
import { isWrite } from '../driver/lab.ts';
import {
  aNetworkService,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from '../network/network-lab.ts';
import { reasons, signal, TENANT } from './iapp-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const P = '/Project_tenant-1';

const CASES: [string, Partial<NetworkSettings>, translation: object][] = [
  ['SNAT addresses', {}, { type: 'snat', pool: `${P}/Project_tenant-1` }],
  ['self IPs as source addresses', { snatAddressesPerSubnet: 0 }, { type: 'automap' }],
  ['devices as gateways', { useSnat: false }, { type: 'none' }],
];

it.each(CASES)('with %s', async (_name, settings, translation) => {
  lab = await startNetworkLab(settings, { driver: { configMode: 'iapp' } });
  const before = await pathsOn(lab.devices[0]!);
  const wanted = aNetworkService({
    listeners: [{ default_pool_id: 'lb-1-pool-1' }],
    pools: [{}],
    members: [{ address: '10.2.0.21', subnet_id: 'subnet-2', network_id: 'network-2' }],
  });
  expect(reasons(await lab.apply(wanted))).toEqual({});

  const virtuals = await lab.devices[0]!.list('/ltm/virtual', 'Project_tenant-1');
  expect(virtuals.find(({ name }) => name === 'Project_lb-1-pool-1')).toMatchObject({
    destination: `${P}/Project_lb-1:80`,
    sourceAddressTranslation: translation,
    vlansEnabled: true,
    vlans: [`${P}/vlan-101`],
  });
  const [pool] = await lab.devices[0]!.list('/ltm/pool', 'Project_tenant-1');
  expect(pool).toMatchObject({
    membersReference: { items: [{ fullPath: `${P}/10.2.0.21%1:8080`, address: '10.2.0.21%1' }] },
  });
  await lab.devices[0]!.forgetCalls();
  const { outcomes } = await lab.driver.resyncTenant(TENANT, [wanted], signal());
  expect(reasons(outcomes[0]!)).toEqual({});
  expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);

  await lab.apply(going(wanted));
  expect(await pathsOn(lab.devices[0]!)).toEqual(before);
});
