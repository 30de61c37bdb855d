import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { DEFAULT_SETTINGS } from '../../src/index.ts';
import type { StandInPort } from './support/network-stand-in.ts';
import { startApi, TENANT, type Reply, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
beforeAll(async () => {
  api = await startApi();
});
afterEach(async () => {
  api.network.refusePorts = undefined;
  await api.settled();
});
afterAll(() => api.stop());

const NOBODY = '00000000-0000-4000-8000-000000000000';
const create = (loadbalancer: object, on: StartedApi = api): Promise<Reply> =>
  on.post('/loadbalancers', { loadbalancer });

/** A port of the user. */
function userPort(attributes: Partial<StandInPort> = {}): StandInPort {
  const port = {
    id: crypto.randomUUID(),
    name: 'mine',
    network_id: api.network.networkId,
    project_id: TENANT,
    device_id: '',
    device_owner: '',
    fixed_ips: [{ subnet_id: api.network.subnetId, ip_address: '10.0.7.7' }],
    ...attributes,
  };
  api.network.ports.set(port.id, port);
  return port;
}

describe('the VIP port', () => {
  it('is made as Octavia makes it', async () => {
    const { item } = await create({
      vip_subnet_id: api.network.subnetId,
      vip_address: '10.0.5.5',
      vip_qos_policy_id: api.network.qosPolicyId,
      vip_sg_ids: [api.network.securityGroupId],
    });

    const port = api.network.ports.get(String(item.vip_port_id))!;
    expect(port).toMatchObject({
      name: `octavia-lb-${item.id}`,
      network_id: api.network.networkId,
      device_id: `lb-${item.id}`,
      device_owner: 'Octavia',
      project_id: TENANT,
      fixed_ips: [{ subnet_id: api.network.subnetId, ip_address: '10.0.5.5' }],
      qos_policy_id: api.network.qosPolicyId,
      security_groups: [api.network.securityGroupId],
    });
    expect(item).toMatchObject({
      vip_address: '10.0.5.5',
      vip_network_id: api.network.networkId,
      vip_sg_ids: [api.network.securityGroupId],
      vip_qos_policy_id: api.network.qosPolicyId,
    });
  });

  it('carries the additional VIPs', async () => {
    const { item } = await create({
      vip_subnet_id: api.network.subnetId,
      additional_vips: [{ subnet_id: api.network.subnet6Id }],
    });

    expect(item.additional_vips).toEqual([
      {
        subnet_id: api.network.subnet6Id,
        ip_address: expect.stringMatching(/^2001:db8::/) as string,
        port_id: item.vip_port_id,
      },
    ]);
  });

  it('is taken from a network with room, IPv4 first', async () => {
    const { item } = await create({ vip_network_id: api.network.networkId });
    expect(item.vip_subnet_id).toBe(api.network.subnetId);
  });

  it('is chosen by the address within a network', async () => {
    const { item } = await create({
      vip_network_id: api.network.networkId,
      vip_address: '2001:db8::77',
    });
    expect(item).toMatchObject({
      vip_subnet_id: api.network.subnet6Id,
      vip_address: '2001:db8::77',
    });
  });

  it('may be the user’s own, which stays and is let go of in the end', async () => {
    const port = userPort({ qos_policy_id: api.network.qosPolicyId });
    const { item } = await create({ vip_port_id: port.id });
    expect(item).toMatchObject({
      vip_address: '10.0.7.7',
      vip_subnet_id: api.network.subnetId,
      vip_network_id: api.network.networkId,
      vip_qos_policy_id: api.network.qosPolicyId,
    });
    expect((await create({ vip_port_id: port.id })).body).toMatchObject({
      faultstring: `Validation failure: Port ${port.id} is already used by device lb-${item.id} `,
    });
    await api.settled();

    await api.remove(`/loadbalancers/${item.id}`);
    await api.settled();

    expect(api.network.ports.get(port.id)).toMatchObject({ device_id: '', device_owner: '' });
  });

  it('gets new security groups and QoS policy by update', async () => {
    const { id } = await api.loadBalancer();
    const loadbalancer = {
      vip_sg_ids: [api.network.securityGroupId],
      vip_qos_policy_id: api.network.qosPolicyId,
    };

    const { item } = await api.put(`/loadbalancers/${id}`, { loadbalancer });

    expect(item).toMatchObject(loadbalancer);
    expect(api.network.ports.get(String(item.vip_port_id))).toMatchObject({
      security_groups: [api.network.securityGroupId],
      qos_policy_id: api.network.qosPolicyId,
    });
    await api.settled();
    const cleared = await api.put(`/loadbalancers/${id}`, {
      loadbalancer: { vip_sg_ids: null, vip_qos_policy_id: null },
    });
    expect(cleared.item).toMatchObject({ vip_sg_ids: [], vip_qos_policy_id: null });
  });

  it('keeps what it had when the update is refused', async () => {
    const { id, vip_port_id } = await api.loadBalancer();
    api.agent.holding = true;
    await api.put(`/loadbalancers/${id}`, { loadbalancer: {} });

    const refused = await api.put(`/loadbalancers/${id}`, {
      loadbalancer: { vip_qos_policy_id: api.network.qosPolicyId },
    });

    expect(refused.status).toBe(409);
    expect(api.network.ports.get(String(vip_port_id))).toMatchObject({ qos_policy_id: null });
    api.agent.holding = false;
    await api.restoreActive();
  });
});

describe('a VIP that cannot be', () => {
  const n = () => api.network;
  it.each<[string, () => object]>([
    [`Port ${NOBODY} not found.`, () => ({ vip_port_id: NOBODY })],
    [`Network ${NOBODY} not found.`, () => ({ vip_network_id: NOBODY })],
    [`Subnet ${NOBODY} not found.`, () => ({ vip_subnet_id: NOBODY })],
    [
      `Subnet ${NOBODY} not found.`,
      () => ({ vip_network_id: n().networkId, vip_subnet_id: NOBODY }),
    ],
    [
      'Validation failure: Supplied network does not contain a subnet for VIP address specified.',
      () => ({ vip_network_id: n().networkId, vip_address: '192.0.2.1' }),
    ],
    [
      'Validation failure: Supplied network does not contain a subnet.',
      () => ({ vip_network_id: n().emptyNetworkId }),
    ],
    [
      'Validation failure: Subnet(s) in the supplied network do not contain enough available IPs.',
      () => ({ vip_network_id: n().fullNetworkId }),
    ],
    [
      'Validation failure: No VIP address found on the specified VIP port within the specified subnet.',
      () => ({ vip_port_id: userPort().id, vip_subnet_id: n().otherSubnetId }),
    ],
    [
      'Validation failure: Specified VIP address not found on the specified VIP port.',
      () => ({ vip_port_id: userPort().id, vip_address: '10.0.9.9' }),
    ],
    [
      "Validation failure: VIP port's subnet could not be determined. Please specify either a VIP subnet or address.",
      () => ({ vip_port_id: userPort({ fixed_ips: [] }).id }),
    ],
    [
      'Validation failure: Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet.',
      () => ({ vip_subnet_id: n().subnetId, additional_vips: [{ subnet_id: n().subnetId }] }),
    ],
    [
      'Validation failure: All VIP subnets must belong to the same network.',
      () => ({ vip_subnet_id: n().subnetId, additional_vips: [{ subnet_id: n().otherSubnetId }] }),
    ],
    [
      `Validation failure: Subnet ${NOBODY} not found`,
      () => ({ vip_subnet_id: n().subnetId, additional_vips: [{ subnet_id: NOBODY }] }),
    ],
    [
      'Validation failure: Allowed CIDRs are not allowed when using custom VIP Security Groups.',
      () => ({
        vip_subnet_id: n().subnetId,
        vip_sg_ids: [n().securityGroupId],
        listeners: [{ protocol: 'HTTP', protocol_port: 80, allowed_cidrs: ['10.0.0.0/8'] }],
      }),
    ],
  ])('%s', async (faultstring, request) => {
    const wanted = request();
    const ports = api.network.ports.size;

    const { status, body } = await create(wanted);

    expect(body).toEqual({ faultcode: 'Client', faultstring, debuginfo: null });
    expect(status).toBe(400);
    expect(api.network.ports.size).toBe(ports);
  });

  it('is refused where the deployment allows other ways only', async () => {
    const vip = {
      ...DEFAULT_SETTINGS.vip,
      allowPortId: false,
      deniedNetworks: [] as string[],
    };
    const strict = await startApi({ settings: { vip } });
    vip.deniedNetworks.push(strict.network.networkId);

    const port = await create({ vip_port_id: NOBODY }, strict);
    const none = await create({}, strict);
    const network = await create({ vip_subnet_id: strict.network.subnetId }, strict);

    expect(port.body).toMatchObject({
      faultstring:
        "Validation failure: use of vip_port_id is disallowed by this deployment's configuration.",
    });
    expect(none.body).toMatchObject({
      faultstring: 'Validation failure: VIP must contain one of: vip_network_id, vip_subnet_id.',
    });
    expect(network.body).toMatchObject({
      faultstring:
        'Validation failure: Supplied VIP network_id is not allowed by the configuration of this deployment.',
    });
    await strict.stop();
  });
});

describe('no port leaks', () => {
  it.each([
    [409, 'IP address 10.0.5.6 already allocated in subnet'],
    [400, 'IP address 192.0.2.1 is not a valid IP for the specified subnet.'],
  ])('when Neutron refuses with %i', async (status, message) => {
    api.network.refusePorts = { status, message };
    const ports = api.network.ports.size;

    const reply = await create({ vip_subnet_id: api.network.subnetId });

    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ faultstring: message });
    expect(api.network.ports.size).toBe(ports);
  });

  it('when Neutron breaks', async () => {
    api.network.refusePorts = { status: 500, message: 'oops' };
    const { status, body } = await create({ vip_subnet_id: api.network.subnetId });
    expect(status).toBe(503);
    expect(body).toMatchObject({ faultcode: 'Server' });
    expect(JSON.stringify(body)).not.toContain('oops');
  });

  it('when the load balancer cannot be stored after all', async () => {
    const ports = api.network.ports.size;
    const rows = await api.storage.read.loadbalancers.count();
    const [agent] = await api.storage.read.agents.list();
    await api.storage.read.agents.update(agent!.id, { admin_state_up: false });
    api.identity.tokens.set('newcomer', { project: 'c'.repeat(32), roles: ['member'] });

    const mine = userPort();
    for (const vip of [{ vip_subnet_id: api.network.subnetId }, { vip_port_id: mine.id }]) {
      const reply = await api.post('/loadbalancers', { loadbalancer: vip }, { token: 'newcomer' });
      expect(reply.status).toBe(503);
      expect(reply.body).toMatchObject({
        faultstring: expect.stringMatching(/^Provider 'f5networks' reports error: /) as string,
      });
    }

    expect(api.network.ports.size).toBe(ports + 1);
    expect(api.network.ports.get(mine.id)).toMatchObject({ device_id: '' });
    expect(await api.storage.read.loadbalancers.count()).toBe(rows);
    await api.storage.read.agents.update(agent!.id, { admin_state_up: true });
  });
});
