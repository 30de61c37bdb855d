import { expect, it } from 'vitest';
import type { DataPlaneConfig, MonitorConfig } from '../data-plane/contract.ts';
import { withinReach } from './reach.ts';

const monitor = (address: string) => ({ destination: { address, port: '*' } }) as MonitorConfig;
const config = {
  virtuals: [],
  pools: [
    {
      monitors: [monitor('*'), monitor('10.0.0.9')],
      members: [
        { address: '127.0.0.2%3', monitors: null, nodeMonitors: [] },
        { address: '::1', monitors: [monitor('192.0.2.1')], nodeMonitors: [monitor('*')] },
        { address: '10.0.0.1', monitors: null, nodeMonitors: [] },
        { address: '2001:db8::1', monitors: null, nodeMonitors: [] },
      ],
    },
  ],
  nodes: [{ address: '10.0.0.1', monitors: [monitor('*')] }],
} as unknown as DataPlaneConfig;

const addresses = (shown: DataPlaneConfig): unknown =>
  JSON.stringify(shown)
    .match(/"address":"[^"]*"/g)
    ?.map((text) => text.slice(11, -1));

it('replaces every address outside the machine, of members, nodes and monitors', () => {
  const nowhere = '127.255.255.255';
  expect(addresses(withinReach(config, 'loopback'))).toEqual([
    ...['*', nowhere, '127.0.0.2%3', '::1', nowhere, '*', nowhere, nowhere, nowhere, '*'],
  ]);
});

it('changes nothing where any server may be reached', () => {
  expect(withinReach(config, 'any')).toBe(config);
});
