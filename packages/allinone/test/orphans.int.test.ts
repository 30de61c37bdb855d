// What belongs to no load balancer: found in every partition of ours, removed only after the server has positively denied each
// id twice, never on a look-up that failed; and what is somebody else's, or in use, is not touched.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFullyPopulated } from './support/scenario.ts';
import { startOrphanStack, type OrphanStack } from './support/orphan-stack.ts';
import { waitUntil } from './support/wait-until.ts';

const CONFIRM_MS = 400;
const COLLECTIONS = ['ltm/virtual-address', 'ltm/virtual', 'ltm/pool', 'ltm/monitor/http'];
/** A partition whose tenant nobody knows. */
const STRANGER = `Project_${'e'.repeat(32)}`;

let stack: OrphanStack;
let partition: string;
/** Everything on the device, by collection and path, before there were any left-overs. */
let live: Map<string, unknown>;

beforeEach(async () => {
  stack = await startOrphanStack(CONFIRM_MS);
  partition = `Project_${stack.projectOf('lab')}`;
  await stack.api.active(await createFullyPopulated(stack.api, 'live'));
  live = await contents();
});
afterEach(() => stack.stop());

/** Without what counts up or is a monitor's verdict. */
function configured(item: unknown): unknown {
  return JSON.parse(
    JSON.stringify(item, (name, value: unknown) =>
      ['state', 'session', 'lastModifiedTime'].includes(name) ? undefined : value,
    ),
  );
}

async function contents(): Promise<Map<string, unknown>> {
  const lists = await Promise.all(
    COLLECTIONS.map(async (collection) =>
      [...(await stack.device.objects(collection))].map(
        ([path, item]) => [`${collection} ${path}`, configured(item)] as const,
      ),
    ),
  );
  return new Map(lists.flat());
}

const has = async (path: string): Promise<boolean> =>
  [...(await contents()).keys()].some((one) => one.endsWith(` ${path}`));

async function untilGone(paths: readonly string[]): Promise<void> {
  await waitUntil(`${paths.join(', ')} to go`, async () => {
    const there = await Promise.all(paths.map(has));
    return !there.includes(true);
  });
}

/** How often the server has been asked about an id from now on. */
function countAnswers(id: string): () => number {
  let answers = 0;
  const before = stack.lookUps.onAnswer;
  stack.lookUps.onAnswer = async (states) => {
    if (id in states) answers += 1;
    await before(states);
  };
  return () => answers;
}

/** Whole load balancer's worth of left-overs. @returns paths, all but the node's, which has none of our names */
async function leaveBehind(
  where: string,
  address: string,
): Promise<{ id: string; path: string }[]> {
  const { device } = stack;
  const made: { id: string; path: string }[] = [];
  const make = async (collection: string, body: object): Promise<string> => {
    const id = randomUUID();
    const path = await device.create(collection, {
      ...{ name: `Project_${id}`, partition: where },
      ...body,
    });
    made.push({ id, path });
    return path;
  };
  const monitor = await make('ltm/monitor/http', {});
  const member = address.replace('127.99.', '127.98.');
  const pool = await make('ltm/pool', {
    ...{ monitor, members: [{ name: `${member}:80`, address: member }] },
  });
  // As the agent makes it: the device does not take it away with its virtual server.
  const virtualAddress = await make('ltm/virtual-address', { address, autoDelete: 'false' });
  await make('ltm/virtual', { destination: `${virtualAddress}:80`, pool, ipProtocol: 'tcp' });
  return made;
}

describe('left-overs', () => {
  it('go from every partition of ours, each after two denials some time apart, and nothing else goes', async () => {
    await stack.device.create('auth/partition', { name: STRANGER });
    /** Id -> when it was denied, and whether the object was still there. */
    const denials = new Map<string, { atMs: number; isThere: boolean }[]>();
    stack.lookUps.onAnswer = async (states) => {
      const there = [...(await contents()).keys()];
      for (const [id, state] of Object.entries(states)) {
        if (state !== 'Unknown') continue;
        const isThere = there.some((key) => key.endsWith(`/Project_${id}`));
        denials.set(id, [...(denials.get(id) ?? []), { atMs: performance.now(), isThere }]);
      }
    };

    const left = [
      ...(await leaveBehind(partition, '127.99.0.1')),
      ...(await leaveBehind(STRANGER, '127.99.0.2')),
    ];
    await untilGone(left.map(({ path }) => path));

    expect(await contents()).toEqual(live);
    for (const { id, path } of left) {
      const times = denials.get(id) ?? [];
      expect(times.length, path).toBeGreaterThanOrEqual(2);
      expect(times.at(-1)!.atMs - times[0]!.atMs, path).toBeGreaterThanOrEqual(CONFIRM_MS);
      expect(
        times.every(({ isThere }) => isThere),
        path,
      ).toBe(true);
    }
    // Nothing was left in it.
    await waitUntil('the partition to go', async () => {
      return !(await stack.device.objects('auth/partition')).has(STRANGER);
    });
  });

  it('stay for as long as look-ups fail', async () => {
    stack.lookUps.areFailing = true;
    const left = await leaveBehind(partition, '127.99.0.3');
    const before = await contents();

    await waitUntil('look-ups over several times the pause', () =>
      Promise.resolve(stack.lookUps.failed > 40),
    );
    expect(await contents()).toEqual(before);

    stack.lookUps.areFailing = false;
    await untilGone(left.map(({ path }) => path));
  });

  it('stay when a failed look-up comes after the first denial, until there is a second one', async () => {
    stack.lookUps.areFailing = true;
    const left = await leaveBehind(partition, '127.99.0.4');
    const waiting = new Set(left.map(({ id }) => id));
    stack.lookUps.onAnswer = (states) => {
      for (const [id, state] of Object.entries(states)) if (state === 'Unknown') waiting.delete(id);
      stack.lookUps.areFailing ||= waiting.size === 0;
      return Promise.resolve();
    };
    stack.lookUps.areFailing = false;
    await waitUntil('all to be denied once', () => Promise.resolve(waiting.size === 0));
    const failedBefore = stack.lookUps.failed;

    await waitUntil('many failures', () =>
      Promise.resolve(stack.lookUps.failed > failedBefore + 40),
    );
    for (const { path } of left) expect(await has(path), path).toBe(true);

    stack.lookUps.onAnswer = () => Promise.resolve();
    stack.lookUps.areFailing = false;
    await untilGone(left.map(({ path }) => path));
  });

  it('with an id that the server knows stay, wherever they are', async () => {
    const poolPath = [...live.keys()].find((key) => key.startsWith('ltm/pool /Project_'))!;
    const id = poolPath.split('Project_').at(-1)!;
    await stack.device.create('auth/partition', { name: STRANGER });
    const stray = await stack.device.create('ltm/pool', {
      ...{ name: `Project_${id}`, partition: STRANGER },
    });
    const answers = countAnswers(id);

    await waitUntil('many look-ups', () => Promise.resolve(answers() > 10));

    expect(await has(stray)).toBe(true);
    expect(await contents()).toEqual(new Map([...live, ...(await only(`ltm/pool ${stray}`))]));
  });
});

async function only(key: string): Promise<[string, unknown][]> {
  return [...(await contents())].filter(([one]) => one === key);
}

describe('what is not ours', () => {
  it('is not touched, whatever it is called and whatever it uses', async () => {
    const { device } = stack;
    for (const name of ['Other', 'Project_2_tenant', STRANGER]) {
      await device.create('auth/partition', { name });
    }
    const pool = (name: string, where: string): Promise<string> =>
      device.create('ltm/pool', { name, partition: where });
    const [used, unused] = [randomUUID(), randomUUID()];
    const usedPool = await pool(`Project_${used}`, partition);
    const unusedPool = await pool(`Project_${unused}`, partition);
    const virtualAddress = await device.create('ltm/virtual-address', {
      ...{ name: `Project_${randomUUID()}`, partition, address: '127.99.0.5' },
    });
    await pool('by-hand', partition);
    await pool('by-hand', STRANGER);
    await pool(`Project_${randomUUID()}`, 'Common');
    await pool(`Project_${randomUUID()}`, 'Other');
    // Of an environment whose prefix starts like ours.
    await pool(`Project_2_${randomUUID()}`, 'Project_2_tenant');
    await device.create('ltm/virtual', {
      ...{ name: 'by-hand', partition, ipProtocol: 'tcp' },
      ...{ destination: `${virtualAddress}:8443`, pool: usedPool },
    });
    const before = await contents();
    const answers = countAnswers(used);

    await untilGone([unusedPool]);
    const soFar = answers();
    await waitUntil('some more looks', () => Promise.resolve(answers() > soFar + 10));

    before.delete(`ltm/pool ${unusedPool}`);
    expect(await contents()).toEqual(before);
    expect((await device.objects('auth/partition')).has(STRANGER)).toBe(true);
  });
});
