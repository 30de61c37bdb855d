// What the device refuses, with its number and words (iControl REST 4.3). Each row stands alone: what it makes first
// must be accepted.
import { beforeEach, expect, it } from 'vitest';
import { useEmulator } from './harness.ts';

const harness = useEmulator();

beforeEach(async () => {
  await harness.device.control('POST', '/wipe');
});

type Call = readonly [method: string, path: string, body?: Record<string, unknown>];

interface Refusal {
  what: string;
  first?: readonly Call[];
  call: Call;
  status?: number;
  message: RegExp | string;
}

const VLAN: Call = ['POST', 'net/vlan', { name: 'v1', tag: 101 }];
const SELF: Call = ['POST', 'net/self', { name: 's1', address: '10.1.0.1/24', vlan: 'v1' }];
const TENANT: Call = ['POST', 'auth/partition', { name: 'T1' }];

const REFUSALS: readonly Refusal[] = [
  {
    what: 'a translation that a SNAT pool uses',
    first: [['POST', 'ltm/snatpool', { name: 'sp', members: ['10.0.0.9'] }]],
    call: ['DELETE', 'ltm/snat-translation/10.0.0.9'],
    message: /is still referenced by a snat pool/,
  },
  {
    what: 'source address translation without its pool',
    call: ['POST', 'ltm/virtual', { name: 'v', sourceAddressTranslation: { type: 'snat' } }],
    message: '01071811:3: Virtual Server /Common/v references non-existent snatpool <no name>.',
  },
  {
    what: 'one network on two VLANs',
    first: [VLAN, SELF, ['POST', 'net/vlan', { name: 'v2', tag: 102 }]],
    call: ['POST', 'net/self', { name: 's2', address: '10.1.0.2/24', vlan: 'v2' }],
    message: /^01070354:3: Self IP .* This network is defined on two vlans/,
  },
  {
    what: 'a floating self IP without a local one',
    first: [VLAN],
    call: [
      'POST',
      'net/self',
      {
        name: 'f',
        address: '10.1.0.9/24',
        vlan: 'v1',
        trafficGroup: '/Common/traffic-group-1',
      },
    ],
    message: /^01070392:3: /,
  },
  {
    what: 'the self IP that config sync uses',
    first: [VLAN, SELF, ['PATCH', 'cm/device/bigip-a.lab', { configsyncIp: '10.1.0.1' }]],
    call: ['DELETE', 'net/self/s1'],
    message:
      /^01071412:3: Cannot delete IP \(10\.1\.0\.1\) because it is used by the system config-sync/,
  },
  {
    what: 'a self IP outside the route domain of its VLAN',
    first: [VLAN, ['POST', 'net/route-domain', { name: 'rd5', id: 5 }]],
    call: ['POST', 'net/self', { name: 's', address: '10.1.0.1%5/24', vlan: 'v1' }],
    message: /must be one of the vlans in the associated route domain/,
  },
  {
    what: 'a self IP without netmask',
    first: [VLAN],
    call: ['POST', 'net/self', { name: 's', address: '10.1.0.1', vlan: 'v1' }],
    message: /a netmask must be specified/,
  },
  {
    what: 'the management interface in a VLAN',
    call: ['POST', 'net/vlan', { name: 'v', tag: 5, interfaces: [{ name: 'mgmt' }] }],
    message: '01070607:3: The management interface cannot be configured as a(n) vlan member.',
  },
  {
    what: 'an interface tagged and untagged at once',
    first: [VLAN],
    call: ['POST', 'net/vlan/v1/interfaces', { name: '1.1', tagged: true, untagged: true }],
    message: /may not be specified with/,
  },
  {
    what: 'a monitor with a port of its own on a member without one',
    first: [['POST', 'ltm/monitor/http', { name: 'm' }]],
    call: ['POST', 'ltm/pool', { name: 'p', monitor: '/Common/m', members: ['10.0.0.1:0'] }],
    message: /^01070622:3: The monitor .* has a wildcard destination service/,
  },
  {
    what: 'an unknown VLAN of a virtual server',
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:80', vlansEnabled: true, vlans: ['/Common/nope'] },
    ],
    message: /^01070094:3: Referenced vlan \(\/Common\/nope\) is hidden/,
  },
  {
    what: 'profiles that do not go together',
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:80', profiles: ['/Common/fastL4', '/Common/http'] },
    ],
    message: '01070095:3: Virtual server /Common/v lists incompatible profiles.',
  },
  {
    what: 'two profiles of one kind',
    call: [
      'POST',
      'ltm/virtual',
      {
        name: 'v',
        destination: '10.0.0.1:80',
        profiles: ['/Common/tcp', '/Common/http', '/Common/http-transparent'],
      },
    ],
    message: '01070097:3: Virtual server /Common/v lists duplicate profiles.',
  },
  {
    what: 'several client SSL profiles and no default',
    first: [
      ['POST', 'ltm/profile/client-ssl', { name: 'a', serverName: 'a.example.org' }],
      ['POST', 'ltm/profile/client-ssl', { name: 'b', serverName: 'b.example.org' }],
    ],
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:443', profiles: ['tcp', 'a', 'b'] },
    ],
    message:
      '0107149c:3: Virtual server /Common/v has more than one clientssl profile but none of them is default for SNI.',
  },
  {
    what: 'several client SSL profiles that are the default',
    first: [
      ['POST', 'ltm/profile/client-ssl', { name: 'a', sniDefault: 'true' }],
      ['POST', 'ltm/profile/client-ssl', { name: 'b', sniDefault: 'true' }],
    ],
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:443', profiles: ['tcp', 'a', 'b'] },
    ],
    message:
      /^01071809:3: Virtual Server \/Common\/v has more than one clientssl\/serverssl profile/,
  },
  {
    what: 'an unknown profile',
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:80', profiles: ['/Common/bad'] },
    ],
    status: 404,
    message: '01020036:3: The requested profile (/Common/bad) was not found.',
  },
  {
    what: 'an unknown policy of a virtual server',
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:80', policies: ['/Common/nope'] },
    ],
    message:
      /^01070712:3: Values \(.*\) specified for virtual server policy .* foreign key index \(policy_FK\)/,
  },
  {
    what: 'a policy in use',
    first: [
      ['POST', 'ltm/policy', { name: 'pol', legacy: true, strategy: 'first-match' }],
      ['POST', 'ltm/virtual', { name: 'v', destination: '10.0.0.1:80', policies: ['/Common/pol'] }],
    ],
    call: ['DELETE', 'ltm/policy/pol'],
    message: /^01071726:3: Cannot deactivate\/delete policy '\/Common\/pol'\. It is in use/,
  },
  {
    what: 'an iRule of another partition',
    first: [
      TENANT,
      ['POST', 'auth/partition', { name: 'T2' }],
      [
        'POST',
        'ltm/rule',
        { name: 'r', partition: 'T2', apiAnonymous: 'when CLIENT_ACCEPTED { }' },
      ],
    ],
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', partition: 'T1', destination: '/T1/10.0.0.1:80', rules: ['/T2/r'] },
    ],
    message:
      /^01070726:3: A virtual server may only reference rules in the same partition or the common partition/,
  },
  {
    what: 'a persistence profile that is not there',
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:80', persist: '/Common/nope' },
    ],
    message: /^01070277:3: The requested persistence profile \(\/Common\/nope\) was not found/,
  },
  {
    what: 'a certificate that is not there',
    call: [
      'POST',
      'ltm/profile/client-ssl',
      { name: 'a', cert: '/Common/no.crt', key: '/Common/no.key' },
    ],
    message: /^01070277:3: The requested Certificate\/Key file \(\/Common\/no\.crt\) was not found/,
  },
  {
    what: 'a virtual server that a request adapt profile calls',
    first: [
      ['POST', 'ltm/virtual', { name: 'inner', destination: '10.0.0.1:1344' }],
      ['POST', 'ltm/profile/request-adapt', { name: 'ra', internalVirtual: '/Common/inner' }],
    ],
    call: ['DELETE', 'ltm/virtual/inner'],
    message:
      "0107160c:3: Virtual server '/Common/inner' is referenced by request-adapt profile '/Common/ra'.",
  },
  {
    what: 'provisioning while provisioning',
    first: [['PATCH', 'sys/provision/asm', { level: 'nominal' }]],
    call: ['PATCH', 'sys/provision/avr', { level: 'nominal' }],
    message: /^01071003:3: A previous provisioning operation is in progress/,
  },
  {
    what: 'network failover on a device with one interface',
    first: [['PATCH', 'sys/db/provision.1nic', { value: 'enable' }]],
    call: ['POST', 'cm/device-group', { name: 'dg', networkFailover: 'enabled' }],
    message:
      '01071ac2:3: Device-group (/Common/dg): network-failover property must be disabled in VE-1NIC.',
  },
  {
    what: 'HTTP/2 without TLS',
    call: [
      'POST',
      'ltm/virtual',
      { name: 'v', destination: '10.0.0.1:80', profiles: ['tcp', 'http', 'http2'] },
    ],
    message: /http2 specified activation mode requires a client ssl profile/,
  },
  {
    what: 'a monitor that defaults from itself',
    call: ['POST', 'ltm/monitor/http', { name: 'm', defaultsFrom: '/Common/m' }],
    message: '01070734:3: Configuration error: A monitor may not default from itself "/Common/m"',
  },
  {
    what: 'a management IP without netmask',
    call: ['POST', 'sys/management-ip', { name: '192.0.2.3' }],
    message: /a netmask must be specified/,
  },
  {
    what: 'a cluster where there is no chassis',
    call: ['GET', 'sys/cluster/default'],
    status: 404,
    message: '01020036:3: The requested cluster (default) was not found.',
  },
  {
    what: 'an iRule that is longer than mcpd stores',
    call: ['POST', 'ltm/rule', { name: 'r', apiAnonymous: `# ${'x'.repeat(70_000)}` }],
    message: /^01070712:3: Max string size exceeded/,
  },
  {
    what: 'an object of a service with strict updates',
    first: [
      TENANT,
      ['POST', 'sys/application/template', { name: 'tpl', actions: { definition: {} } }],
      [
        'POST',
        'sys/application/service',
        { name: 'svc', partition: 'T1', template: '/Common/tpl' },
      ],
      ['POST', 'ltm/pool', { name: '/T1/svc.app/pool', appService: '/T1/svc.app/svc' }],
    ],
    call: ['PATCH', 'ltm/pool/~T1~svc.app~pool', { description: 'mine' }],
    message: /must be updated using an application management interface/,
  },
];

it.each(REFUSALS)('refuses $what', async ({ first = [], call, status = 400, message }) => {
  const send = ([method, path, body]: Call) =>
    harness.device.call(method, path, body === undefined ? {} : { body });
  for (const made of first) {
    const reply = await send(made);
    expect(reply.status, `${made[0]} ${made[1]}: ${reply.body.message}`).toBe(200);
  }

  const refused = await send(call);

  expect(refused.status, refused.body.message).toBe(status);
  if (typeof message === 'string') expect(refused.body.message).toBe(message);
  else expect(refused.body.message).toMatch(message);
  expect(refused.body).toMatchObject({ code: status, errorStack: [] });
});
