// What is asked of a loaded device: small requests at a rate, and everything at once.
import { type EmulatorProcess, figure, measureLoad } from '@f5-lbaas/testkit';
import { memberPath, virtualPath } from './load-configuration.ts';

type Row = readonly string[];

/** Objects spread over the whole configuration. */
const spread = (n: number, virtuals: number): number => (n * 7919) % virtuals;

export async function smallRequests(
  emulator: EmulatorProcess,
  virtuals: number,
  seconds: number,
): Promise<Row[]> {
  const get = (n: number) => emulator.send('GET', virtualPath(spread(n, virtuals)));
  const patch = (n: number) =>
    emulator.send('PATCH', memberPath(spread(n, virtuals)), { description: `change ${n}` });
  const kinds: [string, number, (n: number) => Promise<string>][] = [
    ['GET one virtual server', 1, get],
    ['GET one virtual server', 16, get],
    ['PATCH one pool member', 16, patch],
    ['nine GET to one PATCH', 16, (n) => (n % 10 === 0 ? patch(n) : get(n))],
  ];
  await measureLoad({ users: 16, until: { seconds: 1 } }, get); // warm up
  const rows: Row[] = [];
  for (const [what, users, request] of kinds) {
    const load = { users, until: { seconds }, pid: emulator.pid };
    const { perSecond, times, cpuMs } = await measureLoad(load, request);
    const figures = [perSecond, times.p50, times.p99, cpuMs].map(figure);
    rows.push([what, String(users), ...figures]);
  }
  return rows;
}

/** Full reads, as an agent makes them that has just started. */
export async function readAll(emulator: EmulatorProcess, times: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const collection of ['ltm/pool', 'ltm/virtual']) {
    const path = `/mgmt/tm/${collection}?expandSubcollections=true`;
    let bytes = 0;
    const load = { users: 1, until: { requests: times } };
    const measured = await measureLoad(load, async () => {
      bytes = (await emulator.send('GET', path)).length;
    });
    const size = `${figure(bytes / 2 ** 20)} MiB`;
    const took = `${figure(measured.times.p50 / 1000)} s, ${size}`;
    rows.push([`GET ${collection} with expandSubcollections`, took]);
  }
  return rows;
}
