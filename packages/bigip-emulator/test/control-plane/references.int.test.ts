// Random operations against a model of references: nothing may dangle, no transaction may be half applied.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator, type RunningEmulator } from '../../src/index.ts';
import { DeviceClient } from '../device-client.ts';

type Write = [method: string, path: string, body?: Record<string, unknown>];

let emulator: RunningEmulator;
let device: DeviceClient;

beforeAll(async () => {
  emulator = await startEmulator({
    reach: 'loopback',
    devices: [{ name: 'a.lab', listen: { host: '127.0.0.1', port: 0 } }],
  });
  device = new DeviceClient(emulator);
});
afterAll(async () => {
  device.close();
  await emulator.stop();
});

const index = fc.integer({ min: 0, max: 2 });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const pool = fc.record({
  monitor: optional(index),
  members: fc.uniqueArray(index, { maxLength: 3 }),
});

const poolBody = ({ monitor, members }: { monitor: number | undefined; members: number[] }) => ({
  monitor: monitor === undefined ? 'none' : `/T/m${monitor}`,
  members: members.map((host) => ({ name: `10.0.0.${host + 1}:80`, partition: 'T' })),
});

const write: fc.Arbitrary<Write> = fc.oneof(
  index.map((i): Write => ['POST', 'ltm/monitor/http', { name: `m${i}`, partition: 'T' }]),
  index.map((i): Write => ['DELETE', `ltm/monitor/http/~T~m${i}`]),
  fc
    .tuple(index, pool)
    .map(([i, body]): Write => [
      'POST',
      'ltm/pool',
      { name: `p${i}`, partition: 'T', ...poolBody(body) },
    ]),
  fc
    .tuple(index, pool)
    .map(([i, body]): Write => [
      'PATCH',
      `ltm/pool/~T~p${i}`,
      { description: 'x', ...poolBody(body) },
    ]),
  index.map((i): Write => ['DELETE', `ltm/pool/~T~p${i}`]),
  fc
    .tuple(index, index)
    .map(([i, h]): Write => ['DELETE', `ltm/pool/~T~p${i}/members/~T~10.0.0.${h + 1}:80`]),
  index.map((h): Write => ['DELETE', `ltm/node/~T~10.0.0.${h + 1}`]),
  fc.tuple(index, optional(index), index).map(([i, p, address]): Write => [
    'POST',
    'ltm/virtual',
    {
      name: `v${i}`,
      partition: 'T',
      destination: `/T/10.9.0.${address + 1}:80`,
      profiles: ['/Common/tcp'],
      ...(p === undefined ? {} : { pool: `/T/p${p}` }),
    },
  ]),
  fc
    .tuple(index, optional(index))
    .map(([i, p]): Write => [
      'PATCH',
      `ltm/virtual/~T~v${i}`,
      { pool: p === undefined ? 'none' : `/T/p${p}` },
    ]),
  index.map((i): Write => ['DELETE', `ltm/virtual/~T~v${i}`]),
  index.map((i): Write => ['DELETE', `ltm/virtual-address/~T~10.9.0.${i + 1}`]),
  fc.constant<Write>(['DELETE', 'auth/partition/T']),
  fc.constant<Write>(['POST', 'auth/partition', { name: 'T' }]),
);

interface State {
  text: string;
  monitors: Set<string>;
  pools: Map<string, { monitor: string; members: string[] }>;
  nodes: Set<string>;
  virtuals: { destination: string; pool: string | undefined }[];
  addresses: Set<string>;
}

const items = async (path: string) =>
  ((await device.get(path)).body.items as unknown as
    { fullPath: string; [key: string]: unknown }[] | undefined) ?? [];

/** What monitors find changes by itself. */
const configured = (key: string, value: unknown): unknown =>
  key === 'state' || key === 'session' ? undefined : value;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

async function snapshot(): Promise<State> {
  const inT = <T extends { fullPath: string }>(list: T[]): T[] =>
    list.filter(({ fullPath }) => fullPath.startsWith('/T/'));
  const monitors = inT(await items('ltm/monitor/http'));
  const pools = inT(await items('ltm/pool?expandSubcollections=true'));
  const nodes = inT(await items('ltm/node'));
  const virtuals = inT(await items('ltm/virtual'));
  const addresses = inT(await items('ltm/virtual-address'));
  const members = (entry: { [key: string]: unknown }) =>
    ((entry['membersReference'] as { items?: { fullPath: string }[] }).items ?? []).map(
      ({ fullPath }) => fullPath,
    );
  const partition = (await device.get('auth/partition/T')).status;
  return {
    text: JSON.stringify([partition, monitors, pools, nodes, virtuals, addresses], configured),
    monitors: new Set(monitors.map(({ fullPath }) => fullPath)),
    pools: new Map(
      pools.map((entry) => [
        entry.fullPath,
        { monitor: textOf(entry['monitor']).trim(), members: members(entry) },
      ]),
    ),
    nodes: new Set(nodes.map(({ fullPath }) => fullPath)),
    virtuals: virtuals.map((entry) => ({
      destination: String(entry['destination']),
      pool: entry['pool'] as string | undefined,
    })),
    addresses: new Set(addresses.map(({ fullPath }) => fullPath)),
  };
}

function expectConsistent(state: State): void {
  for (const { monitor, members } of state.pools.values()) {
    if (monitor !== '') expect(state.monitors).toContain(monitor);
    for (const member of members) expect(state.nodes).toContain(member.replace(/:80$/, ''));
  }
  for (const { destination, pool: target } of state.virtuals) {
    expect(state.addresses).toContain(destination.replace(/:80$/, ''));
    if (target !== undefined) expect([...state.pools.keys()]).toContain(target);
  }
  const listeners = state.virtuals.map(({ destination }) => destination);
  expect(new Set(listeners).size).toBe(listeners.length);
}

it('leaves no dangling reference and no half-applied transaction, whatever is sent', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: write.map((one) => [one]) },
    { weight: 2, arbitrary: fc.array(write, { minLength: 2, maxLength: 5 }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await device.control('POST', '/wipe');
      await device.post('auth/partition', { name: 'T' });
      let before = await snapshot();
      for (const writes of steps) {
        const [first] = writes;
        const reply =
          writes.length === 1 && first !== undefined
            ? await device.call(
                first[0],
                first[1],
                first[2] === undefined ? {} : { body: first[2] },
              )
            : await device.transaction(writes);
        expect([200, 400, 404, 409]).toContain(reply.status);
        const after = await snapshot();
        expectConsistent(after);
        if (reply.status !== 200) expect(after.text).toBe(before.text);
        before = after;
      }
    }),
    { numRuns: 15 },
  );
});
