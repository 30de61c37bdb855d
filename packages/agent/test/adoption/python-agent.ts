// What F5's Python agent leaves on a device in VLAN mode for one load balancer with TLS, L7 and two pools: its bodies,
// its defaults and its quirks, in its order.
// @see f5-openstack-agent lbaasv2/drivers/bigip/service_adapter.py, network_service.py, l7policy_adapter.py
import type { BigIpClient, JsonObject } from '@f5-lbaas/bigip-client';

const PARTITION = 'Project_tenant-1';
const P = 'Project_';
/** Route domain of the tenant. */
const RD = 1;

export interface PythonSetUp {
  /** Container of the listener's certificate, last part of its reference. */
  containerId: string;
  deviceName: string;
}

function inTenant(name: string, body: JsonObject): JsonObject {
  return { name, partition: PARTITION, ...body };
}

/** Partition, route domain, VLAN, self IP, SNAT: for network-1 with subnet-1, VLAN 101. */
function networks({ deviceName }: PythonSetUp): [string, JsonObject][] {
  return [
    [
      '/sys/folder',
      {
        ...{ name: PARTITION, subPath: '/', fullPath: `/${PARTITION}`, hidden: false },
        ...{ inheritedDevicegroup: true, inheritedTrafficGroup: true },
      },
    ],
    ['/net/route-domain', inTenant(PARTITION, { id: RD, strict: 'disabled', parent: '/Common/0' })],
    ['/net/vlan', inTenant('vlan-101', { tag: 101, description: 'network-1' })],
    [`/net/vlan/~${PARTITION}~vlan-101/interfaces`, { name: '1.1', tagged: true }],
    [`PATCH /net/route-domain/~${PARTITION}~${PARTITION}`, { vlans: ['vlan-101'] }],
    [
      '/net/self',
      inTenant(`local-${deviceName}-subnet-1`, {
        address: `10.1.0.100%${RD}/24`,
        vlan: 'vlan-101',
        floating: 'disabled',
      }),
    ],
    [
      '/ltm/snat-translation',
      inTenant('snat-traffic-group-local-only-subnet-1_0', {
        address: `10.1.0.101%${RD}`,
        trafficGroup: '/Common/traffic-group-local-only',
      }),
    ],
    [
      '/ltm/snatpool',
      inTenant(PARTITION, {
        members: [`/${PARTITION}/snat-traffic-group-local-only-subnet-1_0`],
      }),
    ],
  ];
}

function pools(): [string, JsonObject][] {
  const member = (address: string, port: number, ratio: number): JsonObject => ({
    name: `${address}%${RD}:${port}`,
    partition: PARTITION,
    address: `${address}%${RD}`,
    ratio,
    session: 'user-enabled',
  });
  return [
    [
      '/ltm/virtual-address',
      inTenant(`${P}lb-1`, {
        address: `10.1.0.10%${RD}`,
        description: 'shop:',
        trafficGroup: '/Common/traffic-group-1',
        autoDelete: false,
        enabled: 'yes',
      }),
    ],
    [
      '/ltm/monitor/http',
      inTenant(`${P}lb-1-monitor-1`, {
        description: '',
        send: 'GET / HTTP/1.0\\r\\n\\r\\n',
        recv: 'HTTP/1.(0|1) 200',
        interval: 5,
        timeout: 9,
      }),
    ],
    [
      '/ltm/pool',
      inTenant(`${P}lb-1-pool-1`, {
        description: `${P}lb-1-pool-1:`,
        loadBalancingMode: 'ratio-member',
        monitor: `${P}lb-1-monitor-1`,
        members: [member('10.1.0.21', 8080, 1), member('10.1.0.22', 8080, 3)],
      }),
    ],
    [
      '/ltm/pool',
      inTenant(`${P}lb-1-pool-2`, {
        description: `${P}lb-1-pool-2:`,
        loadBalancingMode: 'least-connections-member',
        monitor: '',
        members: [member('10.1.0.31', 8080, 1)],
      }),
    ],
  ];
}

function policy(): [string, JsonObject] {
  return [
    '/ltm/policy',
    inTenant('wrapper_policy_lb-1-listener-1', {
      strategy: 'first-match',
      legacy: true,
      requires: ['http'],
      controls: ['forwarding'],
      rules: [
        {
          name: 'to_images',
          ordinal: 1,
          actions: [
            { name: '0', request: true, forward: true, pool: `/${PARTITION}/${P}lb-1-pool-2` },
          ],
          conditions: [
            {
              ...{ name: '0', request: true, httpUri: true, path: true, startsWith: true },
              values: ['/images'],
            },
          ],
        },
        {
          name: 'reject_2',
          ordinal: 2,
          actions: [{ name: '0', request: true, forward: true, reset: true }],
          conditions: [
            {
              ...{ name: '0', request: true, httpHost: true, host: true, equals: true },
              ...{ not: true, values: ['shop.example'] },
            },
          ],
        },
      ],
    }),
  ];
}

function listeners({ containerId }: PythonSetUp): [string, JsonObject][] {
  const common = {
    mask: '255.255.255.255',
    ipProtocol: 'tcp',
    connectionLimit: 0,
    enabled: true,
    sourceAddressTranslation: { type: 'snat', pool: PARTITION },
    vlansEnabled: true,
    vlans: ['vlan-101'],
    fallbackPersistence: '',
  };
  return [
    [
      '/ltm/profile/client-ssl',
      {
        name: `${P}${containerId}`,
        partition: 'Common',
        certKeyChain: [
          { name: `${P}${containerId}`, cert: '/Common/default.crt', key: '/Common/default.key' },
        ],
        sniDefault: true,
        defaultsFrom: '/Common/clientssl',
      },
    ],
    policy(),
    [
      '/ltm/virtual',
      inTenant(`${P}lb-1-listener-1`, {
        ...common,
        description: 'web:',
        destination: `10.1.0.10%${RD}:80`,
        pool: `${P}lb-1-pool-1`,
        profiles: ['/Common/http', '/Common/oneconnect'],
        persist: [{ name: '/Common/source_addr' }],
        policies: [{ name: 'wrapper_policy_lb-1-listener-1', partition: PARTITION }],
        rules: [],
      }),
    ],
    [
      '/ltm/virtual',
      inTenant(`${P}lb-1-listener-2`, {
        ...common,
        description: '',
        destination: `10.1.0.10%${RD}:443`,
        pool: `${P}lb-1-pool-2`,
        profiles: [
          { name: '/Common/http' },
          { name: '/Common/oneconnect' },
          { name: `${P}${containerId}`, partition: 'Common', context: 'clientside' },
        ],
        persist: [],
        policies: [],
        rules: [],
      }),
    ],
  ];
}

export async function configureAsPythonAgent(
  client: BigIpClient,
  setUp: PythonSetUp,
): Promise<void> {
  for (const [path, body] of [...networks(setUp), ...pools(), ...listeners(setUp)]) {
    const item = /^PATCH (?<path>.*)$/.exec(path)?.groups?.['path'];
    if (item === undefined) await client.create(path, body);
    else await client.modify(item, body);
  }
}
