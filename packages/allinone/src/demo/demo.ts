// The demo: two servers behind a load balancer, one of them stops, and no request is lost afterwards.
import { LbaasError } from '@f5-lbaas/model';
import type { Clock, HttpClient } from '@f5-lbaas/platform';
import type { CloudEntry, LabDescription } from '../lab/lab-description.ts';
import { LAB_ADDRESS } from '../lab/port-map.ts';
import { type Backend, startBackend } from './backend.ts';
import { DemoLoadBalancer, type LoadBalancerDeps, removeLoadBalancer } from './load-balancer.ts';
import { connect } from './openstack-client.ts';
import type { Terminal } from './terminal.ts';
import { sendRequests, type TrafficReport } from './traffic.ts';

export interface DemoOptions {
  lab: LabDescription;
  cloud: CloudEntry;
  http: HttpClient;
  terminal: Terminal;
  clock: Clock;
  /** Requests in each round. */
  requests: number;
  /** Ends the demo early; what it made is cleaned up nevertheless. */
  signal: AbortSignal;
}

/** Above the ports that only root may listen on. */
const LISTENER_PORT = 8080;
const CLEANUP_TIMEOUT_MS = 60_000;

interface Stage {
  loadBalancer: DemoLoadBalancer;
  poolId: string;
  /** In the order of the backends. */
  members: StagedMember[];
}

interface StagedMember {
  id: string;
  backend: Backend;
}

/** Runs `change` and waits until the load balancer takes changes again. */
async function step<T>(
  terminal: Terminal,
  text: string,
  loadBalancer: DemoLoadBalancer,
  change: () => Promise<T>,
): Promise<T> {
  return terminal.waiting(text, async (state) => {
    const result = await change();
    await loadBalancer.waitUntilActive(state);
    return result;
  });
}

async function build(
  options: DemoOptions,
  loadBalancer: DemoLoadBalancer,
  backends: readonly Backend[],
): Promise<Stage> {
  const { terminal, lab } = options;
  const run = <T>(text: string, change: () => Promise<T>): Promise<T> =>
    step(terminal, text, loadBalancer, change);
  await run(`load balancer ${loadBalancer.id}`, () => Promise.resolve());
  const listenerId = await run(`listener HTTP ${LISTENER_PORT}`, () =>
    loadBalancer.addListener(LISTENER_PORT),
  );
  const poolId = await run('pool ROUND_ROBIN', () => loadBalancer.addPool(listenerId));
  const members: StagedMember[] = [];
  for (const backend of backends) {
    const { name, port } = backend;
    const member = { name, address: LAB_ADDRESS, port, subnetId: lab.subnets.members };
    const id = await run(`member ${name}, ${LAB_ADDRESS}:${port}`, () =>
      loadBalancer.addMember(poolId, member),
    );
    members.push({ id, backend });
  }
  await run('health monitor HTTP, every second', () => loadBalancer.addMonitor(poolId));
  return { loadBalancer, poolId, members };
}

function show(terminal: Terminal, url: string, count: number, report: TrafficReport): void {
  const text = `${count} requests to ${url}: ${report.failures.length} failed`;
  if (report.failures.length === 0) terminal.done(text);
  else terminal.problem(`${text} (first: ${report.failures[0] ?? ''})`);
  terminal.bars(new Map([...report.answers].sort(([a], [b]) => a.localeCompare(b))));
}

/** @throws LbaasError when a request of this round failed */
async function round(options: DemoOptions, url: string): Promise<TrafficReport> {
  const { http, terminal, requests: count, signal } = options;
  const report = await sendRequests({ http, url, count, signal });
  show(terminal, url, count, report);
  if (report.failures.length > 0) {
    throw new LbaasError('unavailable', 'ERR_DEMO', 'Requests through the VIP failed.');
  }
  return report;
}

function waitForMember(
  options: DemoOptions,
  stage: Stage,
  member: StagedMember,
  text: string,
  wanted: (status: string) => boolean,
): Promise<void> {
  return options.terminal.waiting(text, (state) =>
    stage.loadBalancer.waitForMember(stage.poolId, member.id, wanted, state),
  );
}

async function showSpread(options: DemoOptions, stage: Stage, url: string): Promise<void> {
  options.terminal.heading('Traffic through the VIP');
  for (const member of stage.members) {
    const text = `member ${member.backend.name} becomes`;
    await waitForMember(options, stage, member, text, (status) => status === 'ONLINE');
  }
  await round(options, url);
}

async function showFailure(options: DemoOptions, stage: Stage, url: string): Promise<void> {
  const [leaving] = stage.members;
  if (leaving === undefined) return;
  const { name } = leaving.backend;
  options.terminal.heading(`Stopping ${name}`);
  await leaving.backend.stop();
  const text = `member ${name} leaves ONLINE:`;
  await waitForMember(options, stage, leaving, text, (status) => status !== 'ONLINE');
  const report = await round(options, url);
  if (report.answers.has(name)) {
    throw new LbaasError('unavailable', 'ERR_DEMO', `The stopped ${name} still got requests.`);
  }
}

/** Cleaning up has its own deadline: the signal that ended the demo must not end this. */
async function cleanUp(
  options: DemoOptions,
  deps: (signal: AbortSignal) => Promise<LoadBalancerDeps>,
  id: string,
): Promise<void> {
  const { terminal } = options;
  terminal.heading('Cleaning up');
  await terminal.waiting('load balancer and all below it deleted', async () => {
    const cleanup = await deps(AbortSignal.timeout(CLEANUP_TIMEOUT_MS));
    await removeLoadBalancer(cleanup, id);
  });
}

/**
 * @throws LbaasError with a sentence for the user when something is not as it should be; the signal's reason
 * when aborted. Everything that was made is removed in each case.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { terminal, lab, cloud, http, clock } = options;
  const deps = async (signal: AbortSignal): Promise<LoadBalancerDeps> => ({
    client: await connect({ http, lab, cloud, signal }),
    clock,
    signal,
  });
  terminal.heading(`Load balancing through ${lab.load_balancer_url}`);
  const backends = [await startBackend('server-1'), await startBackend('server-2')];
  let loadBalancer: DemoLoadBalancer | undefined;
  try {
    for (const { name, port } of backends)
      terminal.done(`${name} listens on ${LAB_ADDRESS}:${port}`);
    loadBalancer = await DemoLoadBalancer.create(
      await deps(options.signal),
      'demo',
      lab.subnets.vip,
    );
    const stage = await build(options, loadBalancer, backends);
    const url = `http://${loadBalancer.address}:${LISTENER_PORT}/`;
    await showSpread(options, stage, url);
    await showFailure(options, stage, url);
  } finally {
    if (loadBalancer !== undefined) await cleanUp(options, deps, loadBalancer.id);
    await Promise.all(backends.map((backend) => backend.stop()));
  }
}
