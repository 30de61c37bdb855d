// What Neutron's l2population messages do to devices: an agent on an in-process bus, a pair of emulated devices.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { createMemoryBroker, createMemoryTransport, type RpcTransport } from '@f5-lbaas/rpc';
import { waitFor } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { NetworkSettings } from '../../src/config/network-settings.ts';
import { asText } from '../../src/object-types/property.ts';
import { startAgent, type RunningAgent } from '../../src/start-agent.ts';
import { allReady, isWrite, named } from '../driver/lab.ts';
import { FakeServer } from '../manager/fake-server.ts';
import { SETTINGS, type NetworkLab } from './network-lab.ts';
import { recordsOf, startTunnelLab, tunnelled, TUNNELS } from './tunnel-lab.ts';

const L2POPULATION = 'q-agent-notifier-l2population-update';
const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };
const WITH_NEWS = { ...TUNNELS, l2Population: true };
const SERVICE = tunnelled('vxlan');
const MEMBER = 'fa:16:3e:00:00:21';
const OTHER = 'fa:16:3e:00:00:99';

let lab: NetworkLab;
let agent: RunningAgent;
let transport: RpcTransport;
afterEach(async () => {
  await agent.stop();
  await transport.close();
  await lab.stop();
});

async function start(settings: Partial<NetworkSettings> = {}): Promise<void> {
  const all = { ...WITH_NEWS, ...settings };
  lab = await startTunnelLab(all, { devices: 2 });
  await lab.apply(SERVICE);
  transport = createMemoryTransport({ broker: createMemoryBroker(), ...parts });
  await new FakeServer(transport, 'Project').start();
  await serveAgent(all);
  await forgetCalls();
}

/** An agent for the lab's driver of now. */
async function serveAgent(settings: Partial<NetworkSettings> = WITH_NEWS): Promise<void> {
  agent = await startAgent({
    options: {
      host: 'net-1',
      environmentPrefix: 'Project',
      agentId: 'agent-1',
      deviceHosts: ['bigip'],
      networks: { ...SETTINGS, ...settings },
      manager: { resyncIntervalMs: 0, healthIntervalMs: 0, orphanConfirmMs: 0 },
    },
    transport,
    createDriver: () => lab.driver,
    ...parts,
  });
}

const forgetCalls = () => Promise.all(lab.devices.map((device) => device.forgetCalls()));

const say = (method: string, fdb_entries: unknown, host?: string) =>
  transport.fanout(L2POPULATION, method, { fdb_entries, ...(host !== undefined && { host }) });

/** @param entries `[mac, address]` behind the end point */
function ports(vtep: string, ...entries: [string, string][]) {
  return { 'network-1': { network_type: 'vxlan', segment_id: 10_093, ports: { [vtep]: entries } } };
}

const moved = (
  vtep: string,
  change: { before?: [string, string][]; after?: [string, string][] },
) => ({
  chg_ip: { 'network-1': { [vtep]: change } },
});

const recordsOn = (n: number) => recordsOf(lab.devices[n]!, 'tunnel-vxlan-10093');

/** Where both devices have the port; undefined when they differ. */
async function placeOf(mac: string): Promise<string | undefined> {
  const [first, second] = await Promise.all([0, 1].map(recordsOn));
  const [one, two] = [first, second].map((list) => list?.find(([name]) => name === mac)?.[1]);
  return one === two ? (one ?? 'nowhere') : undefined;
}

const until = (mac: string, place: string) =>
  waitFor(async () => (await placeOf(mac)) === place, { what: `${mac} at ${place}` });

const neighbours = async (kind: 'arp' | 'ndp') => {
  const lists = await Promise.all(lab.devices.map((device) => device.list(`/net/${kind}`)));
  return lists.map((items) =>
    items.map(({ ipAddress, macAddress }) => `${asText(ipAddress)} ${asText(macAddress)}`).sort(),
  );
};

const writes = async () =>
  (await Promise.all(lab.devices.map((device) => device.calls()))).flat().filter(isWrite);

const resync = (...services: ServiceDefinition[]) =>
  lab.driver.resyncTenant('tenant-1', services, AbortSignal.timeout(10_000));

describe('forwarding entries from Neutron', () => {
  it('are on every device, without its own end point and without flooding entries', async () => {
    await start();
    const flooding: [string, string] = ['00:00:00:00:00:00', '0.0.0.0'];
    const before = await recordsOn(0);

    await say('add_fdb_entries', ports('10.20.0.93', flooding, [OTHER.toUpperCase(), '10.1.0.99']));
    await until(OTHER, '10.20.0.93');
    await say('add_fdb_entries', ports('10.20.0.5', ['fa:16:3e:00:00:55', '10.1.0.55']));
    await waitFor(async () => (await recordsOn(1)).some(([mac]) => mac.endsWith('55')), {
      what: 'what is behind the first device, on the second',
    });

    expect(await recordsOn(0)).toEqual([...before, [OTHER, '10.20.0.93']]);
    await say('remove_fdb_entries', ports('10.20.0.93', flooding, [OTHER, '10.1.0.99']));
    await until(OTHER, 'nowhere');
    expect(await recordsOn(0)).toEqual(before);
  });

  it('that are there cost no write, and those of networks elsewhere no call at all', async () => {
    await start();
    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    await until(OTHER, '10.20.0.93');
    await forgetCalls();

    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    const [entry] = Object.values(ports('10.20.0.93', [OTHER, '10.1.0.99']));
    for (let n = 0; n < 20; n += 1) await say('add_fdb_entries', { [`elsewhere-${n}`]: entry });
    await say('add_fdb_entries', { 'network-1': { ...entry, segment_id: 7 } });
    await say('update_fdb_entries', { chg_ip: { elsewhere: { '10.20.0.93': { after: [] } } } });
    await say('add_fdb_entries', ports('10.20.0.93', ['fa:16:3e:00:00:98', '10.1.0.98']));
    await until('fa:16:3e:00:00:98', '10.20.0.93');

    const calls = (await Promise.all(lab.devices.map((device) => device.calls()))).flat();
    const table = '/net/fdb/tunnel/~Project_tenant-1~tunnel-vxlan-10093';
    const looks = `GET ${table}/records`;
    const made = calls.map(named).filter((call) => call !== looks);
    expect(made).toEqual([`PATCH ${table}`, `PATCH ${table}`]);
  });

  it('for another host are not ours', async () => {
    await start();

    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']), 'compute-7');
    await say(
      'add_fdb_entries',
      ports('10.20.0.93', ['fa:16:3e:00:00:98', '10.1.0.98']),
      'agent-1',
    );
    await until('fa:16:3e:00:00:98', '10.20.0.93');

    expect(await placeOf(OTHER)).toBe('nowhere');
  });

  it('reach the agent on its own queue, too', async () => {
    await start();

    await transport.cast(`${L2POPULATION}.agent-1`, 'add_fdb_entries', {
      fdb_entries: ports('10.20.0.93', [OTHER, '10.1.0.99']),
    });

    await until(OTHER, '10.20.0.93');
  });

  it('follow a member to another host at once, whatever definition is applied meanwhile', async () => {
    await start();

    await say('remove_fdb_entries', ports('10.20.0.92', [MEMBER, '10.1.0.21']));
    await say('add_fdb_entries', ports('10.20.0.94', [MEMBER, '10.1.0.21']));
    await until(MEMBER, '10.20.0.94');
    await lab.apply(SERVICE);
    const { differences } = await resync(SERVICE);

    expect(differences).toEqual([]);
    expect(await placeOf(MEMBER)).toBe('10.20.0.94');
  });

  it('that end an old place leave the new one alone', async () => {
    await start();

    await say('add_fdb_entries', ports('10.20.0.94', [MEMBER, '10.1.0.21']));
    await until(MEMBER, '10.20.0.94');
    await forgetCalls();
    await say('remove_fdb_entries', ports('10.20.0.92', [MEMBER, '10.1.0.21']));
    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    await until(OTHER, '10.20.0.93');

    expect(await placeOf(MEMBER)).toBe('10.20.0.94');
  });

  it('hold in the order in which they were said, though the first has to wait', async () => {
    await start();
    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    await until(OTHER, '10.20.0.93');
    await agent.stop();
    await lab.restartDriver();
    await serveAgent();
    const match = { method: 'GET', path: '/net/tunnels/tunnel' };
    const slow = { kind: 'latency', duration_ms: 500, count: 1, match };
    for (const device of lab.devices) await device.fault(slow);

    await say('remove_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));

    await waitFor(async () => (await writes()).length === 4, { what: 'out and in, twice' });
    expect(await placeOf(OTHER)).toBe('10.20.0.93');
  });

  it('are no drift, neither to this process nor to the next', async () => {
    await start();
    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    await until(OTHER, '10.20.0.93');
    await forgetCalls();

    const here = await resync(SERVICE);
    await lab.restartDriver();
    const later = await resync(SERVICE);

    expect([here.differences, later.differences]).toEqual([[], []]);
    expect(await writes()).toEqual([]);
    expect(await placeOf(OTHER)).toBe('10.20.0.93');
  });

  it('stay when the member that has them goes, and go with the tunnel', async () => {
    await start();
    await say('add_fdb_entries', ports('10.20.0.92', [MEMBER, '10.1.0.21']));
    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    await until(OTHER, '10.20.0.93');

    await lab.apply(tunnelled('vxlan', { provisioning_status: 'PENDING_DELETE' }));
    expect(await placeOf(MEMBER)).toBe('10.20.0.92');

    const loadbalancer = {
      ...SERVICE.loadbalancer,
      provisioning_status: 'PENDING_DELETE' as const,
    };
    await lab.apply({ ...SERVICE, loadbalancer });
    await lab.apply(SERVICE);
    expect(await placeOf(OTHER)).toBe('nowhere');
  });

  it('that a device missed are made when it is back', async () => {
    await start();
    await lab.devices[1]!.fault({ kind: 'reset-before' });
    await say('add_fdb_entries', ports('10.20.0.93', [OTHER, '10.1.0.99']));
    await waitFor(async () => (await recordsOn(0)).some(([mac]) => mac === OTHER), {
      what: 'the entry on the device that is there',
    });

    await lab.devices[1]!.clearFaults();
    await allReady(lab.driver, 2);
    await resync(SERVICE);

    expect(await placeOf(OTHER)).toBe('10.20.0.93');
  });
});

describe('static neighbours from Neutron', () => {
  it('move with the address of a port', async () => {
    await start({ populateStaticArp: true });
    const member = `10.1.0.21%1 ${MEMBER}`;
    await say(
      'add_fdb_entries',
      ports('10.20.0.93', [OTHER, '10.1.0.99'], [OTHER, '2001:DB8::99']),
    );
    await until(OTHER, '10.20.0.93');
    const both = (list: string[]) => [list, list];
    expect(await neighbours('arp')).toEqual(both([member, `10.1.0.99%1 ${OTHER}`]));
    expect(await neighbours('ndp')).toEqual(both([`2001:db8::99%1 ${OTHER}`]));

    const change = { before: [[OTHER, '10.1.0.99']], after: [[OTHER, '10.1.0.98']] } as const;
    await say('update_fdb_entries', moved('10.20.0.93', structuredClone(change) as never));

    await waitFor(async () => JSON.stringify(await neighbours('arp')).includes('10.1.0.98'), {
      what: 'the new address',
    });
    expect(await neighbours('arp')).toEqual(both([member, `10.1.0.98%1 ${OTHER}`]));
    expect(await placeOf(OTHER)).toBe('10.20.0.93');
    await say('update_fdb_entries', moved('10.20.0.93', { before: [[OTHER, '2001:db8::99']] }));
    await waitFor(async () => (await neighbours('ndp')).flat().length === 0, { what: 'its end' });
  });

  it('are not those of a port that a definition still has at its old address', async () => {
    await start({ populateStaticArp: true });

    const [before, after]: [string, string][] = [
      [MEMBER, '10.1.0.21'],
      [MEMBER, '10.1.0.22'],
    ];
    await say('update_fdb_entries', moved('10.20.0.92', { before: [before!], after: [after!] }));
    const expected = [[`10.1.0.22%1 ${MEMBER}`], [`10.1.0.22%1 ${MEMBER}`]];
    await waitFor(
      async () => JSON.stringify(await neighbours('arp')) === JSON.stringify(expected),
      {
        what: 'the new address',
      },
    );
    await lab.apply(SERVICE);
    await resync(SERVICE);

    expect(await neighbours('arp')).toEqual(expected);
  });

  it('pass to the port that took an address over', async () => {
    await start({ populateStaticArp: true });
    const successor = structuredClone(SERVICE);
    successor.members[0]!.port!.mac_address = OTHER;

    const outcome = await lab.apply(successor);

    expect(outcome.objects.members?.['lb-1-member-1']).toMatchObject({
      provisioning_status: 'ACTIVE',
    });
    expect(await neighbours('arp')).toEqual([[`10.1.0.21%1 ${OTHER}`], [`10.1.0.21%1 ${OTHER}`]]);
  });
});
