// The API under load: reading one load balancer and a list of 100, accepting new ones, and how long one takes to be
// ACTIVE.
import { figure, measureLoad, type LoadResult, type ReportTable } from '@f5-lbaas/testkit';
import type { LabApi } from '../test/support/lab-api.ts';
import type { LabProcess } from '../test/support/lab-process.ts';
import { createMany, createWebService, settled } from './load-balancers.ts';

/** Users at the same time. */
const USERS = 8;
const LISTED = 100;
const POLL_MS = 2;
const COLUMNS = ['API of the lab', 'requests', 'per second', 'p50 ms', 'p99 ms', 'CPU ms each'];

export interface ApiSize {
  loadSeconds: number;
  accepted: number;
  activeRounds: number;
}

const row = (what: string, { times, perSecond, cpuMs }: LoadResult): string[] => [
  what,
  ...[times.count, perSecond, times.p50, times.p99, cpuMs].map(figure),
];

async function expectStatus(api: LabApi, status: number, ...request: Parameters<LabApi['send']>) {
  const answer = await api.send(...request);
  if (answer.status === status) return;
  throw new Error(`${request[0]} ${request[1]}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

export async function measureApi(
  lab: LabProcess,
  size: ApiSize,
  progress: (text: string) => void,
): Promise<{ table: ReportTable; notes: string[] }> {
  const api = lab.api();
  const { pid } = lab;
  const reading = (path: string): Promise<LoadResult> =>
    measureLoad({ users: USERS, until: { seconds: size.loadSeconds }, pid }, () =>
      expectStatus(api, 200, 'GET', path),
    );
  /** One after the other, each until it is ACTIVE. */
  const untilActive = (create: (n: number) => Promise<string>): Promise<LoadResult> =>
    measureLoad({ users: 1, until: { requests: size.activeRounds }, pid }, async (n) =>
      api.active(await create(n), { pollMs: POLL_MS }),
    );
  progress(`creating ${LISTED} load balancers to be read`);
  const ids = await createMany(LISTED, USERS, (n) => api.createLoadBalancer(`read-${n}`));
  await settled(api);

  progress(`reading for ${2 * size.loadSeconds} s`);
  const one = `loadbalancers/${ids[0] ?? ''}`;
  const rows = [
    row('GET one load balancer', await reading(one)),
    row(`GET a list of ${LISTED}`, await reading('loadbalancers')),
  ];
  progress(`${2 * size.activeRounds} times from POST to ACTIVE`);
  const plain = await untilActive((n) => api.createLoadBalancer(`plain-${n}`));
  const full = await untilActive((n) => createWebService(api, `full-${n}`, 10));
  progress(`POST of ${size.accepted} load balancers`);
  const load = { users: USERS, until: { requests: size.accepted } };
  const accepted = await measureLoad(load, (n) => api.createLoadBalancer(`accepted-${n}`));
  rows.push(
    row('POST a load balancer, until it is accepted', accepted),
    row('POST a load balancer, until it is ACTIVE', plain),
    row('POST one with listener, pool, 10 members, monitor, until ACTIVE', full),
  );
  progress('waiting until all of them are ACTIVE');
  await settled(api);
  return {
    table: { columns: COLUMNS, rows },
    notes: [
      `Rates: ${USERS} users, each asking again when answered, one keep-alive connection each. Times until ACTIVE: one ` +
        `user, the next when the last is ACTIVE, polled every ${POLL_MS} ms. CPU: of the lab, polling included. One tenant.`,
      'Server, agent, both emulated BIG-IPs and the stand-ins for Keystone and Neutron share one process, so accepting ' +
        'competes with applying what was accepted; the load generator is another process on the same machine.',
    ],
  };
}
