// Objects as clients create, read, change and remove them.
import { describe, expect, it } from 'vitest';
import { useEmulator } from './harness.ts';

const harness = useEmulator();

async function partition(name: string): Promise<void> {
  expect((await harness.device.post('auth/partition', { name })).status).toBe(200);
}

describe('partitions and folders', () => {
  it('makes the folder of a new partition and removes both together', async () => {
    await partition('P1');

    const folder = await harness.device.get('sys/folder/~P1');
    expect(folder.body).toMatchObject({ name: 'P1', subPath: '/', fullPath: '/P1' });
    expect(folder.body).not.toHaveProperty('partition');
    expect((await harness.device.delete('sys/folder/~P1')).status).toBe(200);
    expect((await harness.device.get('auth/partition/P1')).status).toBe(404);
  });

  it('makes the partition of a new top-level folder', async () => {
    await harness.device.post('sys/folder', { name: 'P2', subPath: '/' });

    expect((await harness.device.get('auth/partition/P2')).status).toBe(200);
  });

  it('keeps a partition that still has objects', async () => {
    await partition('P3');
    await harness.device.post('ltm/pool', { name: 'p', partition: 'P3' });

    const refused = await harness.device.delete('auth/partition/P3');

    expect(refused.status).toBe(400);
    expect(refused.body.message).toBe(
      '0107082a:3: You must remove all objects from a partition before removing the partition (P3), type ID (4032)',
    );
  });

  it('answers 404 for an object in a folder that does not exist', async () => {
    const refused = await harness.device.post('ltm/pool', { name: 'p', partition: 'T9' });

    expect(refused).toMatchObject({
      status: 404,
      body: {
        code: 404,
        message: '01020036:3: The requested folder (/T9) was not found.',
        errorStack: [],
        apiError: 3,
      },
    });
  });
});

describe('pools and members', () => {
  it('fills in defaults, makes nodes and never echoes inline members', async () => {
    await partition('M1');
    const made = await harness.device.post('ltm/pool', {
      name: 'p1',
      partition: 'M1',
      members: [{ name: '10.1.1.1:80', partition: 'M1' }],
    });

    expect(made.body).toMatchObject({
      kind: 'tm:ltm:pool:poolstate',
      fullPath: '/M1/p1',
      loadBalancingMode: 'round-robin',
      slowRampTime: 10,
      membersReference: { isSubcollection: true },
    });
    expect(made.body).not.toHaveProperty('members');
    expect(made.body).not.toHaveProperty('monitor');
    const node = await harness.device.get('ltm/node/~M1~10.1.1.1');
    expect(node.body).toMatchObject({
      address: '10.1.1.1',
      session: 'user-enabled',
      state: 'unchecked',
    });
  });

  it('replaces all members on PATCH and leaves the nodes', async () => {
    await harness.device.patch('ltm/pool/~M1~p1', {
      description: 'changed',
      members: [{ name: '10.1.1.2:80', partition: 'M1' }],
    });

    const members = await harness.device.get('ltm/pool/~M1~p1/members');
    expect(members.body.items.map(({ name }) => name)).toEqual(['10.1.1.2:80']);
    expect((await harness.device.get('ltm/node/~M1~10.1.1.1')).status).toBe(200);
  });

  it('shows the administrative states of a member', async () => {
    const path = 'ltm/pool/~M1~p1/members/~M1~10.1.1.2:80';

    const drained = await harness.device.patch(path, {
      session: 'user-disabled',
      state: 'user-up',
    });
    const forced = await harness.device.patch(path, {
      session: 'user-disabled',
      state: 'user-down',
    });

    expect(drained.body).toMatchObject({ session: 'user-disabled', state: 'unchecked' });
    expect(forced.body).toMatchObject({ session: 'user-disabled', state: 'user-down' });
    expect((await harness.device.patch(path, { state: 'up' })).status).toBe(400);
  });

  it('keeps a node that a member uses, and refuses its address elsewhere', async () => {
    const used = await harness.device.delete('ltm/node/~M1~10.1.1.2');
    await partition('M2');
    const taken = await harness.device.post('ltm/node', {
      name: 'n',
      partition: 'M2',
      address: '10.1.1.2',
    });

    expect(used.body.message).toBe(
      "01070110:3: Node address '/M1/10.1.1.2' is referenced by a member of pool '/M1/p1'.",
    );
    expect(taken.body.message).toBe(
      '0107176c:3: Invalid Node, the IP address 10.1.1.2 already exists.',
    );
  });

  it('names a missing member by pool, node and port', async () => {
    const missing = await harness.device.get('ltm/pool/~M1~p1/members/~M1~10.9.9.9:80');

    expect(missing.body.message).toBe(
      '01020036:3: The requested Pool Member (/M1/p1 /M1/10.9.9.9 80) was not found.',
    );
  });

  it('reads quorums with and without braces', async () => {
    const pool = await harness.device.post('ltm/pool', {
      name: 'quorum',
      partition: 'M1',
      monitor: 'min 1 of /Common/http /Common/tcp',
    });

    expect(pool.body.monitor).toBe('min 1 of { /Common/http /Common/tcp }');
  });

  it('refuses an empty change and an unknown property', async () => {
    const empty = await harness.device.patch('ltm/pool/~M1~p1', {});
    const unknown = await harness.device.patch('ltm/pool/~M1~p1', { foo: 1 });

    expect(empty.body).toMatchObject({
      message: 'one or more properties must be specified',
      apiError: 2,
    });
    expect(unknown.body).toMatchObject({ message: '"foo" unknown property', apiError: 26214401 });
  });

  it('resets what a PUT leaves out', async () => {
    await harness.device.patch('ltm/pool/~M1~quorum', { loadBalancingMode: 'ratio-member' });

    const put = await harness.device.put('ltm/pool/~M1~quorum', { description: 'only this' });

    expect(put.body).toMatchObject({ loadBalancingMode: 'round-robin', description: 'only this' });
    expect(put.body).not.toHaveProperty('monitor');
  });

  it('keeps the generation of an object that does not change', async () => {
    const before = await harness.device.get('ltm/pool/~M1~p1');
    const same = await harness.device.patch('ltm/pool/~M1~p1', { description: 'changed' });
    const changed = await harness.device.patch('ltm/pool/~M1~p1', { description: 'again' });

    expect(same.body.generation).toBe(before.body.generation);
    expect(changed.body.generation).toBeGreaterThan(before.body.generation);
  });
});

describe('virtual servers', () => {
  it('succeeds with only a name', async () => {
    const made = await harness.device.post('ltm/virtual', { name: 'bare' });

    expect(made.body).toMatchObject({
      destination: '/Common/0.0.0.0:0',
      mask: 'any',
      ipProtocol: 'any',
      source: '0.0.0.0/0',
      enabled: true,
      vlansDisabled: true,
    });
    const profiles = await harness.device.get('ltm/virtual/bare/profiles');
    expect(profiles.body.items[0]).toMatchObject({ name: 'fastL4', context: 'all' });
    await harness.device.delete('ltm/virtual/bare');
    expect((await harness.device.get('ltm/virtual-address/0.0.0.0')).status).toBe(404);
  });

  it('brings its address, shares it, and takes it away with the last one', async () => {
    await partition('V1');
    const create = (name: string, port: number) =>
      harness.device.post('ltm/virtual', {
        name,
        partition: 'V1',
        destination: `/V1/10.2.2.2:${port}`,
        profiles: [{ name: '/Common/tcp' }],
      });
    await create('a', 80);
    await create('b', 443);

    await harness.device.delete('ltm/virtual/~V1~a');
    const used = await harness.device.delete('ltm/virtual-address/~V1~10.2.2.2');
    await harness.device.delete('ltm/virtual/~V1~b');

    expect(used.body.message).toBe(
      '01070344:3: Cannot delete referenced virtual address /V1/10.2.2.2.',
    );
    expect((await harness.device.get('ltm/virtual-address/~V1~10.2.2.2')).status).toBe(404);
  });

  it('refuses a second listener on the same address, port and protocol', async () => {
    const body = { partition: 'V1', destination: '/V1/10.2.2.3:80', profiles: ['/Common/tcp'] };
    await harness.device.post('ltm/virtual', { name: 'one', ...body });

    const clash = await harness.device.post('ltm/virtual', { name: 'two', ...body });

    expect(clash.body.message).toBe(
      '01070333:3: Virtual Server /V1/two illegally shares destination address, source address, ' +
        'service port, ip-protocol, and vlan with Virtual Server /V1/one.',
    );
    expect((await harness.device.get('ltm/virtual/~V1~two')).status).toBe(404);
  });

  it('sets the side of TLS profiles and shows persistence with links', async () => {
    const made = await harness.device.post('ltm/virtual', {
      name: 'tls',
      partition: 'V1',
      destination: '10.2.2.4:https',
      profiles: ['/Common/http', '/Common/clientssl', '/Common/serverssl'],
      persist: [{ name: 'cookie' }],
    });

    expect(made.body.destination).toBe('/V1/10.2.2.4:443');
    expect(made.body.persist).toEqual([
      {
        name: 'cookie',
        partition: 'Common',
        tmDefault: 'yes',
        nameReference: {
          link: 'https://localhost/mgmt/tm/ltm/persistence/cookie/~Common~cookie?ver=16.1.3',
        },
      },
    ]);
    const profiles = await harness.device.get('ltm/virtual/~V1~tls/profiles');
    const sides = Object.fromEntries(profiles.body.items.map((item) => [item.name, item.context]));
    expect(sides).toEqual({
      clientssl: 'clientside',
      serverssl: 'serverside',
      http: 'all',
      tcp: 'all',
    });
  });

  it('drops the SNAT pool when the type alone is changed', async () => {
    await harness.device.post('ltm/snatpool', {
      name: 'sp',
      partition: 'V1',
      members: ['10.3.3.3'],
    });
    const path = 'ltm/virtual/~V1~tls';
    const pooled = await harness.device.patch(path, {
      sourceAddressTranslation: { type: 'snat', pool: '/V1/sp' },
    });
    const used = await harness.device.delete('ltm/snatpool/~V1~sp');
    const mapped = await harness.device.patch(path, {
      sourceAddressTranslation: { type: 'automap' },
    });

    expect(pooled.body.sourceAddressTranslation).toMatchObject({ type: 'snat', pool: '/V1/sp' });
    expect(used.body.message).toBe(
      '01070320:3: Snatpool /V1/sp is still referenced by a virtual server.',
    );
    expect(mapped.body.sourceAddressTranslation).toEqual({ type: 'automap' });
    expect((await harness.device.delete('ltm/snatpool/~V1~sp')).status).toBe(200);
    expect((await harness.device.get('ltm/snat-translation/~V1~10.3.3.3')).status).toBe(404);
  });

  it('refuses references to what does not exist and to other partitions', async () => {
    const missing = await harness.device.patch('ltm/virtual/~V1~tls', { pool: '/V1/nope' });
    const foreign = await harness.device.patch('ltm/virtual/~V1~tls', { pool: '/M1/p1' });
    const profile = await harness.device.post('ltm/virtual/~V1~tls/profiles', {
      name: '/Common/bad',
    });

    expect(missing.body.message).toBe('01020036:3: The requested Pool (/V1/nope) was not found.');
    expect(foreign.body.message).toContain('01070726:3: A virtual server may only reference pools');
    expect(profile.body.message).toBe(
      '01020036:3: The requested profile (/Common/bad) was not found.',
    );
  });
});

describe('route domains', () => {
  it('honours %n in addresses and hides it inside a partition of that route domain', async () => {
    await partition('R1');
    await harness.device.post('net/route-domain', { name: 'rd5', partition: 'R1', id: 5 });
    const outside = await harness.device.post('ltm/node', {
      name: '10.5.5.5%5',
      partition: 'R1',
      address: '10.5.5.5%5',
    });
    await harness.device.patch('auth/partition/R1', { defaultRouteDomain: 5 });
    const inside = await harness.device.get('ltm/node/~R1~10.5.5.5%255');
    const unknown = await harness.device.post('ltm/node', {
      name: 'n6',
      partition: 'R1',
      address: '10.5.5.6%6',
    });
    const used = await harness.device.delete('net/route-domain/~R1~rd5');

    expect(outside.body).toMatchObject({ address: '10.5.5.5%5', fullPath: '/R1/10.5.5.5%5' });
    expect(outside.body.selfLink).toContain('/ltm/node/~R1~10.5.5.5%255?');
    expect(inside.body.address).toBe('10.5.5.5');
    expect(unknown.body.message).toContain(
      '01070973:3: The specified route domain (6) does not exist',
    );
    expect(used.status).toBe(400);
  });
});

describe('networks', () => {
  it('keeps a VLAN that a self IP uses and puts new VLANs into a route domain', async () => {
    const vlan = await harness.device.post('net/vlan', {
      name: 'v101',
      tag: 101,
      interfaces: [{ name: '1.1', tagged: true }],
    });
    const self = await harness.device.post('net/self', {
      name: 's1',
      address: '10.10.0.1/24',
      vlan: '/Common/v101',
    });
    const used = await harness.device.delete('net/vlan/v101');
    const zero = await harness.device.get('net/route-domain/0');

    expect(vlan.body).toMatchObject({ tag: 101, mtu: 1500 });
    expect(self.body).toMatchObject({ floating: 'disabled', unit: 0, address: '10.10.0.1/24' });
    expect(used.body.message).toBe(
      '01070265:3: The VLAN (/Common/v101) cannot be deleted because it is in use by a self IP (/Common/s1).',
    );
    expect(zero.body.vlans).toContain('/Common/v101');
  });

  it('keeps the last local self IP below a floating one', async () => {
    await harness.device.post('net/self', {
      name: 'f1',
      address: '10.10.0.2/24',
      vlan: '/Common/v101',
      trafficGroup: '/Common/traffic-group-1',
    });

    const refused = await harness.device.delete('net/self/s1');

    expect(refused.body.message).toBe(
      '01070393:3: Cannot delete IP 10.10.0.1 because it would leave floating self IP /Common/f1 with no non-floating IP on this network.',
    );
  });

  it('accepts a route only through a connected gateway', async () => {
    const far = await harness.device.post('net/route', {
      name: 'far',
      network: '10.7.0.0/16',
      gw: '10.99.0.1',
    });
    const near = await harness.device.post('net/route', {
      name: 'near',
      network: 'default',
      gw: '10.10.0.254',
    });

    expect(far.body.message).toBe(
      '01070330:3: Static route gateway 10.99.0.1 is not directly connected via an interface.',
    );
    expect(near.body).toMatchObject({ network: 'default', gw: '10.10.0.254' });
  });

  it('keeps forwarding records below a tunnel and removes them with it', async () => {
    await harness.device.post('net/tunnels/vxlan', {
      name: 'vxlan_ovs',
      floodingType: 'multipoint',
      port: 4789,
    });
    await harness.device.post('net/tunnels/tunnel', {
      name: 't93',
      profile: '/Common/vxlan_ovs',
      localAddress: '10.10.0.1',
      key: 93,
    });
    const path = 'net/fdb/tunnel/~Common~t93';
    await harness.device.post(`${path}/records`, {
      name: 'FA:16:3E:00:00:01',
      endpoint: '10.10.0.9',
    });
    const twice = await harness.device.post(`${path}/records`, {
      name: 'fa:16:3e:00:00:01',
      endpoint: '10.10.0.9',
    });

    const records = await harness.device.get(`${path}/records`);
    expect(records.body.items[0]).toMatchObject({
      name: 'fa:16:3e:00:00:01',
      endpoint: '10.10.0.9%0',
    });
    expect(twice.status).toBe(409);
    await harness.device.delete('net/tunnels/tunnel/t93');
    expect((await harness.device.get(path)).status).toBe(404);
  });

  it('shows the addresses of wildcards in words, however they were written', async () => {
    const shown: unknown[] = [];
    for (const address of ['0.0.0.0', '::', 'any6']) {
      const made = await harness.device.post('ltm/virtual-address', { name: 'wildcard', address });
      shown.push(made.body['address'], made.body['mask']);
      await harness.device.delete('ltm/virtual-address/wildcard');
    }

    expect(shown).toEqual(['any', 'any', 'any6', 'any', 'any6', 'any']);
  });

  it('keeps static neighbours of IPv4 as ARP entries and of IPv6 as NDP entries, one per address', async () => {
    const macAddress = 'FA:16:3E:00:00:01';
    const entry = (ipAddress: string, name = 'n1') => ({ name, ipAddress, macAddress });
    const arp = await harness.device.post('net/arp', entry('10.10.0.9'));
    const ndp = await harness.device.post('net/ndp', entry('2001:db8::9'));

    expect(arp.body).toMatchObject({ macAddress: 'fa:16:3e:00:00:01' });
    expect(ndp.body).toMatchObject({ kind: 'tm:net:ndp:ndpstate', ipAddress: '2001:db8::9' });
    const refused = [
      await harness.device.post('net/arp', entry('2001:db8::9', 'n2')),
      await harness.device.post('net/ndp', entry('10.10.0.9', 'n2')),
      await harness.device.post('net/arp', entry('10.10.0.9', 'n2')),
    ];
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 409]);
  });
});

describe('policies', () => {
  it('publishes a draft and opens it again', async () => {
    await partition('L1');
    await harness.device.post('ltm/policy', {
      name: 'pol',
      partition: 'L1',
      subPath: 'Drafts',
      strategy: '/Common/first-match',
      rules: [
        {
          name: 'r1',
          conditions: [
            { name: '0', httpHost: true, host: true, equals: true, values: ['a.example'] },
          ],
          actions: [{ name: '0', forward: true, reset: true }],
        },
      ],
    });
    await harness.device.post('ltm/policy', { command: 'publish', name: '/L1/Drafts/pol' });

    const published = await harness.device.get('ltm/policy/~L1~pol?expandSubcollections=true');
    const refused = await harness.device.patch('ltm/policy/~L1~pol', { description: 'no' });
    const draft = await harness.device.patch('ltm/policy/~L1~pol', { createDraft: true });

    expect(published.body).toMatchObject({ status: 'published', requires: ['http'] });
    expect(published.body.rulesReference.items[0]?.actionsReference.items[0]).toMatchObject({
      forward: true,
      reset: true,
    });
    expect((await harness.device.get('ltm/policy/~L1~Drafts~pol/rules')).body.items).toHaveLength(
      1,
    );
    expect(refused.status).toBe(400);
    expect(draft.body).toMatchObject({ fullPath: '/L1/Drafts/pol', status: 'draft' });
  });

  it('edits a legacy policy in place', async () => {
    const made = await harness.device.post('ltm/policy', {
      name: 'old',
      partition: 'L1',
      legacy: true,
      strategy: 'first-match',
    });
    const changed = await harness.device.patch('ltm/policy/~L1~old', {
      legacy: true,
      description: 'x',
    });

    expect(made.body).toMatchObject({ status: 'legacy', strategy: '/Common/first-match' });
    expect(changed.status).toBe(200);
  });
});

describe('iRules, data groups, profiles', () => {
  it('compiles iRules as far as braces, events and pools go', async () => {
    const broken = await harness.device.post('ltm/rule', {
      name: 'r',
      apiAnonymous: 'when HTTP_REQUEST {',
    });
    const noPool = await harness.device.post('ltm/rule', {
      name: 'r',
      apiAnonymous: 'when CLIENT_ACCEPTED {\n pool nope\n}',
    });
    await harness.device.post('ltm/rule', {
      name: 'h',
      apiAnonymous: 'when HTTP_REQUEST {\n log local0. x\n}',
    });
    const noProfile = await harness.device.post('ltm/virtual', {
      name: 'vr',
      destination: '10.4.4.4:80',
      profiles: ['/Common/tcp'],
      rules: ['/Common/h'],
    });

    expect(broken.body.message).toMatch(/^01070151:3: Rule \[\/Common\/r\] error: /);
    expect(noPool.body.message).toContain('Unable to find pool (nope) referenced at line 2');
    expect(noProfile.body.message).toBe(
      '01071912:3: HTTP_REQUEST event in rule (/Common/h) requires an associated HTTP or FASTHTTP profile on the virtual-server (/Common/vr).',
    );
  });

  it('edits single records of a data group', async () => {
    const path = 'ltm/data-group/internal/dg';
    await harness.device.post('ltm/data-group/internal', {
      name: 'dg',
      type: 'string',
      records: [{ name: 'k1', data: 'v1' }],
    });
    const add = `${path}?options=${encodeURIComponent('records add { k2 { data v2 } }')}`;

    const added = await harness.device.patch(add, { name: 'dg' });
    const twice = await harness.device.patch(add, { name: 'dg' });
    const gone = await harness.device.patch(
      `${path}?options=${encodeURIComponent('records delete { k9 }')}`,
      { name: 'dg' },
    );

    expect(added.body.records).toEqual([
      { name: 'k1', data: 'v1' },
      { name: 'k2', data: 'v2' },
    ]);
    expect(twice.body.message).toBe(
      '01020066:3: The requested class string item (/Common/dg k2) already exists in partition Common.',
    );
    expect(gone.status).toBe(404);
  });

  it('lets profiles follow their parents and keeps the system ones', async () => {
    await harness.device.post('ltm/profile/http', { name: 'mine', defaultsFrom: '/Common/http' });
    await harness.device.patch('ltm/profile/http/http', { insertXforwardedFor: 'enabled' });

    const mine = await harness.device.get('ltm/profile/http/mine');
    expect(mine.body).toMatchObject({
      insertXforwardedFor: 'enabled',
      defaultsFrom: '/Common/http',
    });
    expect((await harness.device.delete('ltm/profile/http/http')).status).toBe(400);
    await harness.device.patch('ltm/profile/http/http', { insertXforwardedFor: 'disabled' });
  });
});

describe('collections', () => {
  it('selects properties, pages in order, and omits items when empty', async () => {
    const names = await harness.device.get('ltm/profile/http?$select=name');
    const pageOne = await harness.device.get('ltm/profile/tcp?$top=2&$skip=1');
    const empty = await harness.device.get('net/trunk');

    expect(names.body.items).toEqual([
      { name: 'http' },
      { name: 'http-explicit' },
      { name: 'http-transparent' },
      { name: 'mine' },
    ]);
    expect(pageOne.body).toMatchObject({ currentItemCount: 2, startIndex: 2 });
    expect(empty.body).not.toHaveProperty('items');
  });

  it('filters by partition in every spelling and refuses other filters', async () => {
    const spellings = ['partition+eq+V1', 'partition%20eq%20V1', "partition%20eq%20'V1'"];
    for (const filter of spellings) {
      const reply = await harness.device.get(`ltm/virtual?$filter=${filter}`);
      expect(reply.body.items.map(({ partition: at }) => at)).toEqual(['V1', 'V1']);
    }
    expect((await harness.device.get('ltm/virtual?$filter=name+eq+x')).status).toBe(400);
    expect((await harness.device.get('ltm/virtual?$filter=partition+eq+nope')).status).toBe(404);
  });

  it('lists the references of an organising collection', async () => {
    const monitors = await harness.device.get('ltm/monitor');

    expect(monitors.body.items).toHaveLength(40);
  });

  it('shows the schema sample under a reserved name', async () => {
    const sample = await harness.device.get('ltm/pool/example');
    const refused = await harness.device.post('ltm/pool', { name: 'example' });

    expect(sample.body).toMatchObject({ kind: 'tm:ltm:pool:poolcollectionstate' });
    expect(sample.body.items[0]).toHaveProperty('propertyDescriptions');
    expect(refused.body.message).toContain('is a reserved keyword');
  });
});
