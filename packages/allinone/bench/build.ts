// Building many load balancers at once in an empty lab: wall time, device calls, memory of the lab.
import { figure, memoryOf, type ReportTable } from '@f5-lbaas/testkit';
import type { LabProcess } from '../test/support/lab-process.ts';
import type { DeviceDoor } from '../test/support/device-door.ts';
import { createMany, createWebService, settled } from './load-balancers.ts';

const MEMBERS = 10;
const USERS = 4;

/** One line of progress every so often. */
const PROGRESS_MS = 3_000;

async function callsOf(device: DeviceDoor): Promise<string> {
  const all = await device.requests();
  const writes = all.filter(({ method }) => method !== 'GET');
  return `${figure(all.length)}, of them ${figure(writes.length)} writes`;
}

export async function measureBuild(
  lab: LabProcess,
  { build }: { build: number },
  progress: (text: string) => void,
): Promise<{ table: ReportTable; notes: string[] }> {
  const api = lab.api();
  const devices = lab.devices();
  const idle = memoryOf(lab.pid);
  await Promise.all(devices.map((device) => device.resetRequests()));
  const startMs = performance.now();
  const seconds = (): string => `${figure((performance.now() - startMs) / 1000)} s`;

  progress(`building ${build} load balancers with ${MEMBERS} members each`);
  await createMany(build, USERS, (n) => createWebService(api, `web-${n}`, MEMBERS));
  const accepted = seconds();
  let saidMs = startMs;
  await settled(api, (pending) => {
    if (performance.now() - saidMs < PROGRESS_MS) return;
    saidMs = performance.now();
    progress(`${pending} of ${build} are not ACTIVE yet`);
  });
  const active = seconds();
  const calls = await Promise.all(devices.map(callsOf));
  return {
    table: {
      columns: [`${build} load balancers, ${MEMBERS} members each`, 'figure'],
      rows: [
        ['all accepted after', accepted],
        ['all ACTIVE after', active],
        ['calls to device a', calls[0] ?? ''],
        ['calls to device b', calls[1] ?? ''],
        ['memory of the idle lab (resident)', `${figure(idle.nowMib)} MiB`],
        ['peak memory of the lab (resident)', `${figure(memoryOf(lab.pid).peakMib)} MiB`],
      ],
    },
    notes: [
      `Each load balancer is one request with an HTTP listener, a pool, ${MEMBERS} members and an HTTP monitor; ${USERS} ` +
        'users, one tenant, two devices. The lab runs from its sources, which costs some memory beside that of `npm run build`.',
    ],
  };
}
