// With a real Keystone, Neutron, Barbican and RabbitMQ: VLAN networks, TLS, and LBaaS v1 through the network endpoint.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '@f5-lbaas/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, columnAt, listAt, textAt } from '../support/json.ts';
import { waitUntil } from '../support/wait-until.ts';
import { cloudFile, RealCloud } from './real-cloud.ts';

const file = cloudFile();
const SLOW = { timeoutMs: 60_000 };
const MEMBER_PORT = 80;

// Skipped where OPENSTACK_TEST names no file that describes a cloud: see CONTRIBUTING.md.
describe.skipIf(file === undefined)('beside a real OpenStack', () => {
  const http = createHttpClient();
  let cloud: RealCloud;
  beforeAll(async () => {
    if (file === undefined) throw new Error('OPENSTACK_TEST is not set.');
    cloud = await RealCloud.start(file);
  });
  afterAll(async () => {
    await cloud.stop();
    await http.close();
  });

  /** ACTIVE; refused with 503 as long as the agent has not reported. */
  async function newLoadBalancer(): Promise<string> {
    const { tenant } = cloud;
    const id = await waitUntil('it is accepted', () => tenant.createLoadBalancer('real'), SLOW);
    await tenant.active(id, SLOW);
    return id;
  }

  /** An address of the subnet that nobody has; the devices do not need to reach it. */
  async function memberAddress(): Promise<string> {
    const { body } = await cloud.tenant.neutron(`subnets/${cloud.file.subnets.members}`);
    return textAt(body, 'subnet.cidr').replace(/\d+\/\d+$/, '250');
  }

  /** Names of ports that hold addresses of devices. */
  async function devicePorts(): Promise<string[]> {
    const ids = Object.values(cloud.file.subnets);
    const { body } = await cloud.admin.neutron('ports');
    const names = columnAt(body, 'ports', 'name') as string[];
    return names.filter(
      (name) => /^(local|snat)-/.test(name) && ids.some((id) => name.includes(id)),
    );
  }

  async function onDevices(collection: string, name: RegExp): Promise<string[][]> {
    return Promise.all(
      cloud.devices.map(async (device) =>
        (await device.list(collection))
          .map((item) => textAt(item, 'fullPath'))
          .filter((path) => name.test(path)),
      ),
    );
  }

  async function expectNothingLeft(): Promise<void> {
    await waitUntil(
      'the ports are given back',
      async () => (await devicePorts()).length === 0,
      SLOW,
    );
    expect(await onDevices('net/vlan', /vlan-/)).toEqual([[], []]);
    expect(await onDevices('net/self', /local-/)).toEqual([[], []]);
    expect(await onDevices('sys/folder', /Test_/)).toEqual([[], []]);
  }

  async function vlanOf(subnetId: string): Promise<string> {
    const subnet = (await cloud.admin.neutron(`subnets/${subnetId}`)).body;
    const network = await cloud.admin.neutron(`networks/${textAt(subnet, 'subnet.network_id')}`);
    return `vlan-${String(at(network.body, 'network.provider:segmentation_id'))}`;
  }

  async function secretOf(name: string): Promise<string> {
    const directory = mkdtempSync(join(tmpdir(), 'f5-lbaas-secret-'));
    const [key, crt, p12] = ['key', 'crt', 'p12'].map((suffix) => join(directory, suffix));
    const options = { stdio: 'ignore' } as const;
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj'];
    execFileSync('openssl', [...request, `/CN=${name}`, '-keyout', key!, '-out', crt!], options);
    const bundle = ['pkcs12', '-export', '-passout', 'pass:', '-inkey', key!, '-in', crt!];
    execFileSync('openssl', [...bundle, '-out', p12!], options);
    const payload = readFileSync(p12!).toString('base64');
    rmSync(directory, { recursive: true });
    const answer = await http.request({
      method: 'POST',
      url: `${cloud.file.barbican_url}/v1/secrets`,
      headers: {
        'x-auth-token': await cloud.tenant.token(),
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        payload,
        payload_content_type: 'application/octet-stream',
        payload_content_encoding: 'base64',
      }),
    });
    return textAt(JSON.parse(answer.body), 'secret_ref');
  }

  async function network(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: string }> {
    const { tenant } = cloud;
    return http.request({
      method,
      url: `${tenant.lab.network_url}/v2.0/${path}`,
      headers: { 'x-auth-token': await tenant.token(), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  it('makes VLANs, self IPs and ports for a load balancer, and takes them away with it', async () => {
    const { tenant, file: described } = cloud;
    const { subnets } = described;

    const id = await newLoadBalancer();
    const listener = { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 80 };
    const listener_id = await tenant.create('listeners', 'listener', listener);
    await tenant.active(id, SLOW);
    const pool = { listener_id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    const poolId = await tenant.create('pools', 'pool', pool);
    await tenant.active(id, SLOW);
    await tenant.create(`pools/${poolId}/members`, 'member', {
      ...{ address: await memberAddress(), protocol_port: MEMBER_PORT },
      subnet_id: subnets.members,
    });
    await tenant.active(id, SLOW);

    const wanted = new Set([await vlanOf(subnets.vip), await vlanOf(subnets.members)]);
    for (const vlans of await onDevices('net/vlan', /vlan-/)) {
      expect(new Set(vlans.map((path) => path.split('/').at(-1)))).toEqual(wanted);
    }
    const used = new Set(Object.values(subnets)).size;
    expect(await devicePorts()).toHaveLength(3 * used);
    await tenant.removeLoadBalancer(id);
    await expectNothingLeft();
  });

  it("terminates TLS with a tenant's certificate in Barbican", async () => {
    const { tenant } = cloud;
    const id = await newLoadBalancer();

    await tenant.create('listeners', 'listener', {
      ...{ loadbalancer_id: id, protocol: 'TERMINATED_HTTPS', protocol_port: 443 },
      default_tls_container_ref: await secretOf('real.example.com'),
    });
    await tenant.active(id, SLOW);

    for (const profiles of await onDevices('ltm/profile/client-ssl', /^\/Test_/)) {
      expect(profiles).toHaveLength(1);
    }
    await tenant.removeLoadBalancer(id);
    await expectNothingLeft();
  });

  it('serves LBaaS v1 on the network endpoint, and hands on the rest unchanged', async () => {
    const { tenant, file: described } = cloud;
    const theirs = await http.request({
      method: 'GET',
      url: `${described.neutron_url}/v2.0/networks`,
      headers: { 'x-auth-token': await tenant.token() },
    });
    expect((await network('GET', 'networks')).body).toBe(theirs.body);
    const { subnets } = described;
    const settings = { subnet_id: subnets.members, protocol: 'HTTP', lb_method: 'ROUND_ROBIN' };
    const made = await network('POST', 'lb/pools', { pool: settings });
    const pool_id = textAt(JSON.parse(made.body), 'pool.id');
    const address = await memberAddress();
    await network('POST', 'lb/members', { member: { pool_id, address, protocol_port: 80 } });
    const vip = { subnet_id: subnets.vip, protocol: 'HTTP', protocol_port: 80, pool_id };
    const { body } = await network('POST', 'lb/vips', { vip });
    const vipId = textAt(JSON.parse(body), 'vip.id');

    await waitUntil(
      'the vip is ACTIVE',
      async () => {
        const shown: unknown = JSON.parse((await network('GET', `lb/vips/${vipId}`)).body);
        return at(shown, 'vip.status') === 'ACTIVE';
      },
      SLOW,
    );
    for (const selfIps of await onDevices('net/self', /local-/)) {
      expect(selfIps).toHaveLength(new Set(Object.values(subnets)).size);
    }
    const members: unknown = JSON.parse((await network('GET', 'lb/members')).body);
    for (const member of listAt(members, 'members')) {
      await network('DELETE', `lb/members/${textAt(member, 'id')}`);
    }
    expect((await network('DELETE', `lb/vips/${vipId}`)).status).toBe(204);
    await waitUntil(
      'the pool is deleted',
      async () => (await network('DELETE', `lb/pools/${pool_id}`)).status !== 409,
      SLOW,
    );
    await expectNothingLeft();
  });
});
