// Services that are applied one after the other, and the same again while something goes wrong at a request of each: in the
// end the device holds what it held without.
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { expect } from 'vitest';
import { configurationOf } from './configuration.ts';
import { allReady, type Lab } from './lab.ts';

/** Requests that faults count. */
export const WRITES = '^/mgmt/(tm/(ltm|sys|transaction|util)|shared/file-transfer)';

export type FaultAt = (after: number) => object;

/** The same fault, once, at one request. */
const once =
  (kind: string): FaultAt =>
  (after) => ({ kind, count: 1, after, match: { path: WRITES } });

/** What can go wrong with a device at any request. */
export const DEVICE_FAULTS: readonly (readonly [string, FaultAt])[] = [
  ['is busy at', once('unavailable')],
  ['loses the connection before', once('reset-before')],
  ['loses the connection after', once('reset-after')],
  ['forgets its tokens at', once('expire-tokens')],
  ['goes away for good at', (after) => ({ kind: 'reset-before', after })],
];

interface Chapter {
  service: ServiceDefinition;
  /** Configuration afterwards, without any fault. */
  expected: unknown;
  /** That it takes without any fault. */
  requests: number;
}

export class Story {
  readonly #lab: Lab;
  readonly chapters: readonly Chapter[];

  private constructor(lab: Lab, chapters: readonly Chapter[]) {
    this.#lab = lab;
    this.chapters = chapters;
  }

  /** Tells it once without a fault. */
  static async of(lab: Lab, services: readonly ServiceDefinition[]): Promise<Story> {
    const [device] = lab.devices;
    if (device === undefined) throw new Error('There is no device.');
    const chapters: Chapter[] = [];
    for (const service of services) {
      await device.forgetCalls();
      await applyUntilTaken(lab, service);
      const requests = (await device.calls()).length;
      chapters.push({ service, requests, expected: await configurationOf(device) });
    }
    return new Story(lab, chapters);
  }

  /** Each service with the fault at each of its requests. Starts and ends with an empty device. */
  async withFaultAtEveryRequest(fault: FaultAt): Promise<void> {
    const device = this.#lab.devices[0]!;
    const most = Math.max(...this.chapters.map(({ requests }) => requests));
    for (let after = 0; after < most; after += 1) {
      for (const [index, { service, expected, requests }] of this.chapters.entries()) {
        if (after < requests) await device.fault(fault(after));
        await applyUntilTaken(this.#lab, service);
        await device.clearFaults();
        const what = `after service ${index} with a fault at request ${after}`;
        expect(await configurationOf(device), what).toEqual(expected);
      }
    }
  }

  /** Each service with an agent that dies at each of its requests, and another that goes on. */
  async withAgentsDyingAtEveryRequest(): Promise<void> {
    const device = this.#lab.devices[0]!;
    const most = Math.max(...this.chapters.map(({ requests }) => requests));
    for (let after = 0; after < most; after += 1) {
      for (const [index, { service, expected, requests }] of this.chapters.entries()) {
        if (after < requests) await dieAt(this.#lab, service, after);
        await applyUntilTaken(this.#lab, service);
        const what = `after service ${index} with a death at request ${after}`;
        expect(await configurationOf(device), what).toEqual(expected);
      }
    }
  }
}

/** The agent stops while the device works on a request, which lands late; another agent starts. */
async function dieAt(lab: Lab, service: ServiceDefinition, after: number): Promise<void> {
  const device = lab.devices[0]!;
  const dying = new AbortController();
  const slow = { kind: 'latency', duration_ms: 200, count: 1 };
  await device.fault({ ...slow, after, match: { path: WRITES } });
  const work = lab.driver.applyService(service, dying.signal).catch(() => undefined);
  await Promise.race([work, device.untilFaultStrikes()]);
  dying.abort(new Error('killed'));
  await work;
  await device.clearFaults();
  await lab.restartDriver();
}

/** As the agent manager does: again, as long as no device can take it. */
export async function applyUntilTaken(lab: Lab, service: ServiceDefinition): Promise<void> {
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    try {
      const outcome = await lab.apply(service);
      const reports = Object.values(outcome.objects).flatMap((kind) => Object.values(kind));
      expect(reports.filter((report) => report.provisioning_status === 'ERROR')).toEqual([]);
      return;
    } catch (error) {
      if (!(error instanceof LbaasError && error.kind === 'unavailable')) throw error;
      await lab.devices[0]!.clearFaults();
      await allReady(lab.driver, 1);
    }
  }
  throw new Error('Nobody took the change.');
}
