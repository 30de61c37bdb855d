// Fills a device over REST, as a client would: a pool with its members in one request, a virtual server in another.
import { type EmulatorProcess, measureLoad } from '@f5-lbaas/testkit';

export const MEMBERS_PER_POOL = 10;
const USERS = 8;
const PROGRESS_EVERY = 2_000;

const poolName = (n: number): string => `pool-${n}`;
const octets = (n: number): string => `${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

export const virtualPath = (n: number): string => `/mgmt/tm/ltm/virtual/~Common~virtual-${n}`;
export const memberPath = (n: number): string =>
  `/mgmt/tm/ltm/pool/~Common~${poolName(n)}/members/~Common~10.${octets(n * MEMBERS_PER_POOL)}:80`;

function poolBody(n: number): object {
  const first = n * MEMBERS_PER_POOL;
  const members = Array.from({ length: MEMBERS_PER_POOL }, (_, k) => ({
    ...{ name: `10.${octets(first + k)}:80`, address: `10.${octets(first + k)}` },
  }));
  return { name: poolName(n), loadBalancingMode: 'round-robin', members };
}

/** Addresses of 127.0.0.0/8: the virtual servers really listen. */
function virtualBody(n: number): object {
  return {
    name: `virtual-${n}`,
    destination: `/Common/127.${100 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}:8080`,
    ipProtocol: 'tcp',
    pool: `/Common/${poolName(n)}`,
    profiles: [{ name: 'tcp' }, { name: 'http' }],
  };
}

export async function loadConfiguration(
  emulator: EmulatorProcess,
  virtuals: number,
  progress: (text: string) => void,
): Promise<{ ms: number; perSecond: number }> {
  const startMs = performance.now();
  const load = { users: USERS, until: { requests: virtuals } };
  const { requests } = await measureLoad(load, async (n) => {
    await emulator.send('POST', '/mgmt/tm/ltm/pool', poolBody(n));
    await emulator.send('POST', '/mgmt/tm/ltm/virtual', virtualBody(n));
    if ((n + 1) % PROGRESS_EVERY === 0) progress(`${n + 1} virtual servers`);
  });
  const ms = performance.now() - startMs;
  return { ms, perSecond: (2 * requests) / (ms / 1000) };
}
