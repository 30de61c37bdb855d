// Brings one device to what a service compiles to: load, plan, apply; again from a fresh read when in doubt.
import { DeviceError, isDeviceError } from '@f5-lbaas/bigip-client';
import type { Logger } from '@f5-lbaas/platform';
import { applySteps, type ApplyResult } from '../apply/apply-steps.ts';
import { withUploads, type FileContents } from '../apply/uploads.ts';
import { attributeRefusal } from '../apply/attribute-refusal.ts';
import { ownerOfName } from '../adapters/names.ts';
import type { CompiledService } from '../compile/compiled-service.ts';
import type { DeviceObject, Owner } from '../object-types/device-object.ts';
import { claimedBy, desiredPartition, ownerKey, type OwnerKey } from '../plan/desired-partition.ts';
import { planSteps } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Device } from './device.ts';

export interface ProvisionTask {
  compiled: CompiledService;
  /** Of the files that the service refers to. @default none */
  files?: FileContents | undefined;
  prefix: string;
  /**
   * Owners that were in error before. One that is refused again is left out, so that an old mistake does not
   * hold up what changed now.
   */
  knownBad: ReadonlySet<OwnerKey>;
  /** Nothing is sent; the result tells what would be. */
  isDryRun?: boolean;
  logger: Logger;
}

export interface ProvisionResult {
  /** Why something is not on the device as it should be, by owner. */
  failures: ReadonlyMap<OwnerKey, string>;
  /** Something went, so networks may be in use no more. */
  hasRemoved: boolean;
  /** What differed when it was first looked at, as the steps that remove the difference. */
  planned: readonly Step[];
}

const ROUNDS_MAX = 4;
const NO_FILES: FileContents = new Map();

type Refusal = Extract<ApplyResult, { kind: 'refused' }>;

/** What scripts of F5's template end with although they have done their work; two blanks. */
const DONE_ALL_THE_SAME = 'The monitor rule  was not found';

/** The known state did not fit: someone else wrote, something was lost, or it is in effect already. */
function isStale({ error }: Refusal): boolean {
  const mayBeDone = error.deviceMessage.includes(DONE_ALL_THE_SAME);
  return error.kind === 'absent' || error.kind === 'exists' || mayBeDone;
}

function ownersByName(prefix: string, object: DeviceObject): Owner[] {
  const owner = ownerOfName(prefix, object);
  return owner === undefined ? [] : [owner];
}

class Provisioning {
  readonly #device: Device;
  readonly #task: ProvisionTask;
  readonly #signal: AbortSignal;
  readonly #withheld = new Set<OwnerKey>();
  readonly #failures = new Map<OwnerKey, string>();
  readonly #rereadFor = new Set<string>();
  #hasRemoved = false;
  #planned: readonly Step[] | undefined;

  constructor(device: Device, task: ProvisionTask, signal: AbortSignal) {
    this.#device = device;
    this.#task = task;
    this.#signal = signal;
    for (const { owner, keepsOld } of task.compiled.problems) {
      if (keepsOld === true) this.#withheld.add(ownerKey(owner));
    }
    for (const owner of task.compiled.untouched ?? []) this.#withheld.add(ownerKey(owner));
  }

  async run(): Promise<ProvisionResult> {
    const { partition } = this.#task.compiled;
    let inDoubt: DeviceError | undefined;
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      try {
        if (await this.#round()) return this.#result();
      } catch (error) {
        this.#device.cache.drop(partition);
        if (!isDeviceError(error, 'unknown_outcome')) throw error;
        inDoubt = error;
      }
    }
    throw (
      inDoubt ??
      new DeviceError({
        kind: 'not_ready',
        message: 'The device contradicts what was read from it.',
        request: `Partition ${partition}`,
      })
    );
  }

  #result(): ProvisionResult {
    return {
      failures: this.#failures,
      hasRemoved: this.#hasRemoved,
      planned: this.#planned ?? [],
    };
  }

  /** True when nothing is left to do. */
  async #round(): Promise<boolean> {
    const { compiled, prefix, isDryRun = false, logger } = this.#task;
    const { cache, client, host } = this.#device;
    const contents = await cache.load(client, compiled.partition, this.#signal);
    const current = contents.around(compiled);
    const desired = desiredPartition(current, compiled, this.#withheld);
    const steps = planSteps(
      current,
      desired,
      (object) => claimedBy(object, compiled.claims) ?? ownersByName(prefix, object),
    );
    this.#planned ??= steps;
    if (steps.length === 0 || isDryRun) return true;
    this.#hasRemoved ||= steps.some(({ action }) => action === 'remove');
    logger.debug({ device: host, partition: compiled.partition, steps: steps.length }, 'Applying.');
    const result = await this.#apply(steps);
    if (result.kind === 'refused') return this.#refused(result);
    cache.note(compiled.partition, current, desired);
    return true;
  }

  async #apply(steps: readonly Step[]): Promise<ApplyResult> {
    const { client } = this.#device;
    const to = { client, signal: this.#signal };
    try {
      return await withUploads(to, steps, this.#task.files ?? NO_FILES, () =>
        applySteps(client, steps, this.#signal),
      );
    } finally {
      this.#device.noteChange();
    }
  }

  #refused(refusal: Refusal): boolean {
    const { compiled, knownBad, logger } = this.#task;
    const { error } = refusal;
    const message = error.deviceMessage;
    if (!refusal.unchanged) this.#device.cache.drop(compiled.partition);
    if (isStale(refusal) && !this.#rereadFor.has(message)) {
      this.#rereadFor.add(message);
      this.#device.cache.drop(compiled.partition);
      return false;
    }
    logger.warn(
      { device: this.#device.host, partition: compiled.partition, err: error },
      'Refused.',
    );
    const { culprits, reasons } = attributeRefusal({ ...refusal, message });
    const old = culprits.filter((owner) => knownBad.has(ownerKey(owner)));
    const newlyWithheld = old.filter((owner) => !this.#withheld.has(ownerKey(owner)));
    if (newlyWithheld.length > 0 && newlyWithheld.length === culprits.length) {
      for (const owner of newlyWithheld) {
        this.#withheld.add(ownerKey(owner));
        this.#failures.set(ownerKey(owner), message);
      }
      return false;
    }
    for (const [key, reason] of reasons) {
      if (!this.#failures.has(key)) this.#failures.set(key, reason);
    }
    return true;
  }
}

/** @throws DeviceError when the device cannot take changes now; the signal's reason when aborted */
export function provision(
  device: Device,
  task: ProvisionTask,
  signal: AbortSignal,
): Promise<ProvisionResult> {
  return new Provisioning(device, task, signal).run();
}
