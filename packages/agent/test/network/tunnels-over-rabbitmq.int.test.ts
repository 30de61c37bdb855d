// The agent's tunnel messages on RabbitMQ, with Neutron's own messaging library on the other side.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { agentTopic, createAmqpTransport, type RpcTransport } from '@f5-lbaas/rpc';
import { findRabbitMq, startTcpProxy, waitFor, type TcpProxy } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createIControlDriver } from '../../src/driver/icontrol-driver.ts';
import { TunnelOutbox } from '../../src/manager/tunnel-outbox.ts';
import { startAgent, type RunningAgent } from '../../src/start-agent.ts';
import { isWrite } from '../driver/lab.ts';
import { FakeServer } from '../manager/fake-server.ts';
import { going, SETTINGS, type NetworkLab } from './network-lab.ts';
import { missingOslo, NeutronPeer, withOwnTopics } from './neutron-peer.ts';
import { recordsOf, startTunnelLab, tunnelled, TUNNELS } from './tunnel-lab.ts';

const rabbit = await findRabbitMq();
const missing = rabbit.missing ?? missingOslo();
const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };
const WITH_NEWS = { ...TUNNELS, l2Population: true };
const OTHER = 'fa:16:3e:00:00:99';
const TUNNEL = 'tunnel-vxlan-10093';

describe.skipIf(missing !== undefined)(`tunnel messages over RabbitMQ ${missing ?? ''}`, () => {
  let lab: NetworkLab;
  let proxy: TcpProxy;
  let serverSide: RpcTransport;
  let agentSide: RpcTransport;
  let server: FakeServer;
  let neutron: NeutronPeer;
  let agent: RunningAgent;
  let environment: string;
  /** Of Neutron, as the agent named them. */
  let topics: Set<string>;

  async function start(version = '1.10'): Promise<void> {
    environment = `T${systemRandom.uuid().slice(0, 8)}`;
    const exchange = `neutron-${environment}`;
    const connect = (port: number): RpcTransport =>
      createAmqpTransport({
        url: `rabbit://guest:guest@127.0.0.1:${port}/`,
        exchange,
        autoDelete: true,
        brokerTimeoutMs: 2_000,
        ...parts,
      });
    const ending = `-${environment}`;
    neutron = new NeutronPeer(rabbit.url, exchange, version, ending);
    lab = await startTunnelLab(WITH_NEWS, { devices: 2 });
    proxy = await startTcpProxy(5672);
    serverSide = connect(5672);
    topics = new Set();
    agentSide = withOwnTopics(connect(proxy.port), ending, topics);
    server = new FakeServer(serverSide, environment);
    await server.start();
    await neutron.ready();
    await lab.driver.stop();
    agent = await startAgent({
      options: {
        host: 'net-1',
        agentId: environment,
        environmentPrefix: environment,
        deviceHosts: ['bigip'],
        networks: { ...SETTINGS, ...WITH_NEWS },
        callTimeoutMs: 2_000,
        manager: { reportIntervalMs: 300, resyncIntervalMs: 0, healthIntervalMs: 0 },
      },
      transport: agentSide,
      createDriver: ({ peers }) => {
        const { networks, ...options } = lab.driverOptions;
        lab.driver = createIControlDriver({
          ...options,
          networks: networks && { ...networks, peers },
        });
        return lab.driver;
      },
      ...parts,
    });
    await waitFor(() => agent.isOperational(), { what: 'devices' });
  }

  afterEach(async () => {
    await agent.stop();
    await server.stop();
    await Promise.all([agentSide.close(), serverSide.close()]);
    await Promise.all([proxy.close(), neutron.stop()]);
    await lab.stop();
  });

  const cast = async (service: ServiceDefinition, revision: number): Promise<void> => {
    const topic = agentTopic(environment, environment);
    await serverSide.cast(topic, 'update_loadbalancer', { service: { ...service, revision } });
  };
  const reported = (revision: number) =>
    waitFor(() => server.reports('lb-1').some((report) => report['revision'] === revision), {
      what: `the report of revision ${revision}`,
    });
  const heard = (method: string, count: number) =>
    waitFor(() => neutron.of(method).length >= count, { what: `${count} of ${method}` });
  const flooding = (endPoint: string) => ({
    'network-1': {
      network_type: 'vxlan',
      segment_id: 10_093,
      ports: { [endPoint]: [['00:00:00:00:00:00', '0.0.0.0']] },
    },
  });
  const told = (method: string) =>
    neutron
      .of(method)
      .map(({ args }) => JSON.stringify(args))
      .sort();
  const bothEnds = ['10.20.0.5', '10.20.0.6'].map((end) => JSON.stringify(flooding(end)));

  it('introduce every end point for every type, once, without a host', async () => {
    await start();

    await heard('tunnel_sync', 4);
    await waitFor(() => server.argsOf('report_state').length > 3, { what: 'some heartbeats' });

    expect(told('tunnel_sync')).toEqual(
      ['10.20.0.5', '10.20.0.6'].flatMap((tunnel_ip) =>
        ['gre', 'vxlan'].map((tunnel_type) =>
          JSON.stringify({ tunnel_ip, tunnel_type, host: null }),
        ),
      ),
    );
  });

  it('introduce end points to a Neutron that knows of no hosts', async () => {
    await start('1.1');

    await heard('tunnel_sync', 4);

    expect(JSON.parse(told('tunnel_sync')[0] ?? '')).toEqual({
      tunnel_ip: '10.20.0.5',
      tunnel_type: 'gre',
    });
  });

  it('tell other agents of tunnels that come and go', async () => {
    await start();
    const service = tunnelled('vxlan');

    await cast(service, 1);
    await reported(1);
    await Promise.all([heard('add_fdb_entries', 2), heard('tunnel_sync', 4)]);
    expect(told('add_fdb_entries')).toEqual(bothEnds);
    await heard('tunnel_sync', 4);
    expect([...topics].sort()).toEqual(['q-agent-notifier-l2population-update', 'q-plugin']);

    await cast(going(service), 2);
    await reported(2);
    await heard('remove_fdb_entries', 2);
    expect(told('remove_fdb_entries')).toEqual(bothEnds);
    expect(neutron.of('add_fdb_entries')).toHaveLength(2);
  });

  it('tell them when the bus is back, in the order in which it happened', async () => {
    await start();
    const outbox = new TunnelOutbox(agentSide, silentLogger);
    const tunnel = { networkId: 'network-1', type: 'vxlan', key: 10_093 } as const;

    proxy.block();
    outbox.announce({ ...tunnel, endPoint: '10.20.0.5' });
    outbox.withdraw({ ...tunnel, endPoint: '10.20.0.5' });
    await outbox.flush();
    expect(neutron.of('add_fdb_entries')).toEqual([]);
    proxy.restore();
    outbox.announce({ ...tunnel, endPoint: '10.20.0.6' });
    await waitFor(
      async () => {
        await outbox.flush();
        return neutron.of('add_fdb_entries').length === 2;
      },
      { what: 'everything to be told' },
    );

    const all = neutron.heard.filter(({ method }) => method.endsWith('_fdb_entries'));
    expect(all.map(({ method }) => method)).toEqual([
      'add_fdb_entries',
      'remove_fdb_entries',
      'add_fdb_entries',
    ]);
  });

  it("take Neutron's own", async () => {
    await start();
    await cast(tunnelled('vxlan'), 1);
    await reported(1);
    const ports = { '10.20.0.93': [[OTHER, '10.1.0.99']] };
    const entries = { 'network-1': { network_type: 'vxlan', segment_id: 10_093, ports } };
    const placeOf = (n: number) => async () =>
      (await recordsOf(lab.devices[n]!, TUNNEL)).find(([mac]) => mac === OTHER)?.[1];

    neutron.say('add_fdb_entries', entries);
    for (const n of [0, 1]) await waitFor(placeOf(n), { what: `the entry on device ${n}` });
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));
    const change = { before: [[OTHER, '10.1.0.99']], after: [[OTHER, '10.1.0.98']] };
    neutron.say('update_fdb_entries', { chg_ip: { 'network-1': { '10.20.0.93': change } } });
    neutron.say('remove_fdb_entries', entries, environment);

    for (const n of [0, 1]) {
      await waitFor(async () => (await placeOf(n)()) === undefined, { what: `its end on ${n}` });
      // Without static ARP an address that changes concerns no device.
      expect((await lab.devices[n]!.calls()).filter(isWrite)).toHaveLength(1);
    }
  });
});
