import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, columnAt, listAt, textAt } from './support/json.ts';
import { standInsUnderTest, type StandInsUnderTest } from './support/stand-ins.ts';

describe('the lab Neutron', () => {
  let lab: StandInsUnderTest;
  let tenant: string;
  let other: string;
  let admin: string;
  let vipNetwork: string;

  beforeAll(async () => {
    lab = standInsUnderTest();
    [tenant, other, admin] = await Promise.all([
      lab.tokenOf('lab'),
      lab.tokenOf('lab-other'),
      lab.tokenOf('admin'),
    ]);
    vipNetwork = textAt((await get(`/v2.0/subnets/${lab.subnets.vip}`)).body, 'subnet.network_id');
  });
  afterAll(() => lab.close());

  const get = (url: string, token = tenant) => lab.neutron('GET', url, { token });
  const createPort = (port: unknown, token = tenant) =>
    lab.neutron('POST', '/v2.0/ports', { token, body: { port } });
  const fixedIp = (address: string) => [{ subnet_id: lab.subnets.vip, ip_address: address }];

  it('wants a token, and says where to get one', async () => {
    const answer = await lab.neutron('GET', '/v2.0/networks');

    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Keystone uri=');
  });

  it('shows the networks of the lab, all within the loopback range', async () => {
    const { body } = await get('/v2.0/subnets?fields=cidr&fields=name&sort_key=name');

    expect(listAt(body, 'subnets')).toEqual([
      { name: 'members', cidr: '127.0.0.0/16' },
      { name: 'vip', cidr: '127.10.0.0/16' },
    ]);
  });

  it('gives ports different addresses, and keeps them over a restart', async () => {
    const made = await Promise.all([1, 2, 3].map(() => createPort({ network_id: vipNetwork })));
    lab.restart();

    const query = made.map(({ body }) => `id=${textAt(body, 'port.id')}`).join('&');
    const { body } = await get(`/v2.0/ports?${query}`);

    const addresses = columnAt(body, 'ports', 'fixed_ips').map((ips) => at(ips, '0.ip_address'));
    expect(new Set(addresses).size).toBe(3);
  });

  it('takes the address back when a port is deleted', async () => {
    const first = await createPort({ network_id: vipNetwork, fixed_ips: fixedIp('127.10.9.9') });
    await lab.neutron('DELETE', `/v2.0/ports/${textAt(first.body, 'port.id')}`, { token: tenant });

    const again = await createPort({ network_id: vipNetwork, fixed_ips: fixedIp('127.10.9.9') });

    expect(again.status).toBe(201);
    expect((await get(`/v2.0/ports/${textAt(first.body, 'port.id')}`)).status).toBe(404);
  });

  it('refuses addresses that are taken or do not fit, in the words of Neutron', async () => {
    const port = (address: string) =>
      createPort({ network_id: vipNetwork, fixed_ips: fixedIp(address) });
    await port('127.10.8.8');

    const taken = await port('127.10.8.8');
    const outside = await port('10.0.0.1');
    const nonsense = await port('127.10.8');

    expect([taken.status, at(taken.body, 'NeutronError')]).toEqual([
      409,
      {
        type: 'IpAddressAlreadyAllocated',
        message: `IP address 127.10.8.8 already allocated in subnet ${lab.subnets.vip}`,
        detail: '',
      },
    ]);
    expect([outside.status, at(outside.body, 'NeutronError.type')]).toEqual([
      400,
      'InvalidIpForSubnet',
    ]);
    expect([nonsense.status, at(nonsense.body, 'NeutronError.type')]).toEqual([
      400,
      'InvalidInput',
    ]);
  });

  it('filters by repeated values, by parts of addresses and by flags', async () => {
    const device = { network_id: vipNetwork, device_id: 'lb-1', device_owner: 'Octavia' };
    const { body: made } = await createPort({ ...device, fixed_ips: fixedIp('127.10.7.7') });
    const ids = async (query: string) =>
      columnAt((await get(`/v2.0/ports?${query}`)).body, 'ports', 'id');

    expect(await ids('device_id=lb-1&device_id=lb-2')).toEqual([at(made, 'port.id')]);
    expect(await ids('fixed_ips=ip_address=127.10.7.7')).toEqual([at(made, 'port.id')]);
    expect(await ids('device_id=lb-1&admin_state_up=False')).toEqual([]);
    expect((await get('/v2.0/ports?colour=red')).status).toBe(400);
  });

  it('hides the networks and ports of one project from the other', async () => {
    const made = await lab.neutron('POST', '/v2.0/networks', {
      token: tenant,
      body: { network: { name: 'private' } },
    });
    const url = `/v2.0/networks/${textAt(made.body, 'network.id')}`;

    const shared = await lab.neutron('PUT', url, {
      token: tenant,
      body: { network: { shared: true } },
    });

    expect(shared.status).toBe(403);
    expect((await get(url, other)).status).toBe(404);
    expect((await get(url, admin)).status).toBe(200);
    const listed = await get('/v2.0/networks?name=private', other);
    expect(listAt(listed.body, 'networks')).toEqual([]);
    const port = await createPort({ network_id: at(made.body, 'network.id') }, other);
    expect([port.status, at(port.body, 'NeutronError.type')]).toEqual([404, 'NetworkNotFound']);
  });

  it('lets only administrators make ports for other projects', async () => {
    const network = { network_id: vipNetwork };
    const project = lab.directory.projects.find(({ name }) => name === 'lab')!.id;

    const asTenant = await createPort({ ...network, project_id: project }, other);
    const asAdmin = await createPort({ ...network, project_id: project }, admin);

    expect(asTenant.status).toBe(403);
    expect(at(asAdmin.body, 'port.tenant_id')).toBe(project);
  });

  it('keeps networks that have ports and subnets that have addresses', async () => {
    const created = await lab.neutron('POST', '/v2.0/networks', {
      token: tenant,
      body: { network: {} },
    });
    const network = textAt(created.body, 'network.id');
    const made = await lab.neutron('POST', '/v2.0/subnets', {
      token: tenant,
      body: { subnet: { network_id: network, cidr: '10.1.0.0/30', ip_version: 4 } },
    });
    const subnet = textAt(made.body, 'subnet.id');
    const port = textAt((await createPort({ network_id: network })).body, 'port.id');
    const remove = async (path: string) =>
      (await lab.neutron('DELETE', `/v2.0/${path}`, { token: tenant })).status;

    const full = await createPort({ network_id: network });

    expect([full.status, at(full.body, 'NeutronError.type')]).toEqual([
      409,
      'IpAddressGenerationFailure',
    ]);
    expect(await remove(`subnets/${subnet}`)).toBe(409);
    expect(await remove(`networks/${network}`)).toBe(409);
    expect(await remove(`ports/${port}`)).toBe(204);
    expect(await remove(`networks/${network}`)).toBe(204);
    expect((await get(`/v2.0/subnets/${subnet}`)).status).toBe(404);
  });

  it('counts used addresses', async () => {
    const url = `/v2.0/network-ip-availabilities/${vipNetwork}`;
    const used = async () =>
      Number(at((await get(url, admin)).body, 'network_ip_availability.used_ips'));
    const usedBefore = await used();

    await createPort({ network_id: vipNetwork });

    const total = at((await get(url, admin)).body, 'network_ip_availability.total_ips');
    expect(await used()).toBe(usedBefore + 1);
    expect(total).toBe(65_521);
  });

  it('names the attribute that it does not know or that is missing', async () => {
    const unknown = await createPort({ network_id: vipNetwork, colour: 'red' });
    const missing = await createPort({ name: 'p' });
    const wrongType = await createPort({ network_id: vipNetwork, fixed_ips: 'none' });

    expect(at(unknown.body, 'NeutronError.message')).toContain('colour');
    expect(at(missing.body, 'NeutronError.message')).toContain('network_id');
    expect(at(wrongType.body, 'NeutronError.message')).toContain('fixed_ips');
    expect([unknown.status, missing.status, wrongType.status]).toEqual([400, 400, 400]);
  });
});
