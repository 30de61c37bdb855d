// Laws of network planning, over any order of load balancers that come and go.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildNetworks } from '../builders/network-builder.ts';
import type { PlacedNetwork, PlacedSubnet, ServiceNetworks } from '../compile/service-networks.ts';
import {
  byKey,
  keyOf,
  type DeviceObject,
  type DeviceObjects,
} from '../object-types/device-object.ts';
import { keysOf, referencesOf } from '../object-types/references.ts';
import {
  assuredNetworks,
  releasedNetworks,
  settledNetworks,
  usersIn,
} from './network-partition.ts';
import { planSteps } from './plan.ts';

const P = 'Project_t1';

function network(n: number): PlacedNetwork {
  return {
    id: `network-${n}`,
    kind: n % 2 === 0 ? 'vlan' : 'vxlan',
    segmentationId: 100 + n,
    path: n % 2 === 0 ? `/${P}/vlan-${100 + n}` : `/${P}/tunnel-vxlan-${100 + n}`,
    routeDomain: { path: `/${P}/${P}`, id: 7 },
    interface: { name: '1.1', tagged: true },
    isOnGuest: false,
    localAddress: '10.20.0.5',
    peers: { [`02:00:00:00:00:0${n}`]: '10.20.0.9' },
    neighbours: [],
  };
}

function subnet(n: number, isGateway: boolean): PlacedSubnet {
  return {
    id: `subnet-${n}`,
    cidr: `10.${n}.0.0/24`,
    network: network(n),
    selfIp: { path: `/${P}/local-dev-subnet-${n}`, address: `10.${n}.0.100` },
    snat: isGateway ? [] : [{ path: `/${P}/snat-tg-subnet-${n}_0`, address: `10.${n}.0.101` }],
    gateway: isGateway ? `10.${n}.0.1` : undefined,
  };
}

function networksOf(numbers: readonly number[], isGateway: boolean): ServiceNetworks {
  return {
    subnets: numbers.map((n) => subnet(n, isGateway)),
    routeDomainOfVip: 7,
    routeDomainOfMember: new Map(),
    isRouteDomainStrict: false,
    trafficGroup: '/Common/traffic-group-1',
    snatTrafficGroup: '/Common/traffic-group-1',
    sourceAddressTranslation: { type: 'automap' },
    vipLink: undefined,
  };
}

/** Subnets that a load balancer's address and members are in. */
type Balancer = readonly number[];

/** What the device holds for load balancers while these are there: a node in every subnet. */
function nodesOf(balancers: readonly Balancer[]): DeviceObjects {
  const numbers = new Set(balancers.flat());
  const nodes = [...numbers].map((n): DeviceObject => ({
    type: 'node',
    path: `/${P}/10.${n}.0.20%7`,
    properties: {},
  }));
  return byKey(nodes);
}

function assured(current: DeviceObjects, balancer: Balancer, isGateway: boolean): DeviceObjects {
  return assuredNetworks(current, buildNetworks(P, networksOf(balancer, isGateway)).tenant);
}

function released(current: DeviceObjects, left: readonly Balancer[]): DeviceObjects {
  const users = { partition: P, ...usersIn(nodesOf(left)), foreignSnat: new Set<string>() };
  return settledNetworks(releasedNetworks(current, users));
}

const balancers = fc.array(
  fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
  { minLength: 1, maxLength: 5 },
);
const sorted = (objects: DeviceObjects): unknown[] =>
  [...objects.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

describe('networks of a partition', () => {
  it('hold everything that they refer to', () => {
    fc.assert(
      fc.property(balancers, fc.boolean(), (list, isGateway) => {
        const all = list.reduce<DeviceObjects>(
          (current, one) => assured(current, one, isGateway),
          new Map(),
        );
        const names = new Set([...all.values()].flatMap(keysOf));
        const own = [...all.values()].flatMap((object) =>
          referencesOf(object).filter((key) => key.includes(`/${P}/`) || key.includes('%')),
        );
        const links = (key: string): string[] =>
          /^(?:vlan|tunnel) /.test(key)
            ? [key.replace(/^\w+/, 'vlan'), key.replace(/^\w+/, 'tunnel')]
            : [key];
        for (const key of own) expect(links(key).some((name) => names.has(name))).toBe(true);
      }),
    );
  });

  it('are the same whichever way load balancers came and went', () => {
    fc.assert(
      fc.property(balancers, fc.boolean(), fc.nat(), (list, isGateway, seed) => {
        const leaving = list.filter((_, index) => (seed >> index) % 2 === 0);
        const left = list.filter((one) => !leaving.includes(one));
        const all = list.reduce<DeviceObjects>(
          (current, one) => assured(current, one, isGateway),
          new Map(),
        );
        const after = released(all, left);
        const fresh = left.reduce<DeviceObjects>(
          (current, one) => assured(current, one, isGateway),
          new Map(),
        );
        expect(sorted(after)).toEqual(sorted(fresh));
      }),
    );
  });

  it('are nothing without users, and need no step when nothing changes', () => {
    fc.assert(
      fc.property(balancers, fc.boolean(), (list, isGateway) => {
        const all = list.reduce<DeviceObjects>(
          (current, one) => assured(current, one, isGateway),
          new Map(),
        );
        const again = list.reduce((current, one) => assured(current, one, isGateway), all);
        expect(planSteps(all, again)).toEqual([]);
        expect(planSteps(all, released(all, list))).toEqual([]);
        expect([...released(all, [])]).toEqual([]);
      }),
    );
  });

  it('are removed before what they refer to', () => {
    fc.assert(
      fc.property(balancers, fc.boolean(), (list, isGateway) => {
        const all = list.reduce<DeviceObjects>(
          (current, one) => assured(current, one, isGateway),
          new Map(),
        );
        const steps = planSteps(all, new Map());
        const position = new Map(steps.map(({ target }, index) => [keyOf(target), index]));
        for (const [index, { target }] of steps.entries()) {
          const object = all.get(keyOf(target));
          if (object === undefined || object.type === 'route-domain') continue;
          for (const key of referencesOf(object)) {
            expect(position.get(key) ?? steps.length).toBeGreaterThan(index);
          }
        }
      }),
    );
  });

  it('of others stay as they are', () => {
    const theirs: DeviceObject[] = [
      { type: 'vlan', path: `/${P}/by-hand`, properties: { tag: 9 } },
      {
        type: 'self',
        path: `/${P}/theirs`,
        properties: { address: '10.9.0.1/24', vlan: `/${P}/by-hand`, trafficGroup: 'x' },
      },
    ];

    expect(sorted(released(byKey(theirs), []))).toEqual(sorted(byKey(theirs)));
  });
});
