// Sends the steps of a plan to one device.
// Invariants: after a crash anywhere in here the next plan, made from a read-back, finishes the work; what a
// crash leaves behind is unreferenced, so it carries no traffic.
import {
  isDeviceError,
  type BigIpClient,
  type Command,
  type DeviceError,
} from '@f5-lbaas/bigip-client';
import type { Step } from '../plan/step.ts';
import { batchesOf, type Batch } from './batches.ts';
import { commandOf, undoOf } from './commands.ts';

export type ApplyResult =
  | {
      kind: 'done';
      /** Removals that the device refused and that were to be left then. */
      left: readonly Step[];
    }
  | {
      kind: 'refused';
      error: DeviceError;
      /** Sent alone and refused; undefined when a whole transaction was. */
      step: Step | undefined;
      /** Not in effect: the refused ones and all that were to follow. */
      missing: readonly Step[];
      /** The device is as it was before the plan. */
      unchanged: boolean;
    };

type Refusal = Extract<ApplyResult, { kind: 'refused' }>;

const REFUSALS = ['refused', 'forbidden', 'in_use', 'absent', 'exists'] as const;

interface Sender {
  client: BigIpClient;
  signal: AbortSignal;
}

async function send({ client, signal }: Sender, command: Command): Promise<void> {
  const { method, path, body = {} } = command;
  if (method === 'POST') await client.create(path, body, signal);
  else if (method === 'DELETE') await client.remove(path, signal);
  else await client.modify(path, body, signal);
}

/** @returns the refusal, or undefined when the device took it. @throws DeviceError of the other kinds */
async function refusalOf(work: Promise<void>): Promise<DeviceError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (isDeviceError(error, ...REFUSALS)) return error;
    throw error;
  }
}

/** Takes steps back, the last first. True when the device is as it was before them. */
async function takeBack(sender: Sender, steps: readonly Step[]): Promise<boolean> {
  for (const step of steps.toReversed()) {
    const command = undoOf(step);
    if (command === undefined) return false;
    if ((await refusalOf(send(sender, command))) !== undefined) return false;
  }
  return true;
}

async function sendOneByOne(
  sender: Sender,
  batch: Batch,
  left: Step[],
): Promise<(Omit<Refusal, 'unchanged'> & { done: readonly Step[] }) | undefined> {
  for (const [index, step] of batch.steps.entries()) {
    const error = await refusalOf(send(sender, commandOf(step)));
    if (error !== undefined && batch.tolerant && error.kind !== 'absent') left.push(step);
    if (error === undefined || batch.tolerant) continue;
    const done = batch.steps.slice(0, index);
    return { kind: 'refused', error, step, missing: batch.steps.slice(index), done };
  }
  return undefined;
}

async function sendBatch(
  sender: Sender,
  batch: Batch,
  left: Step[],
): Promise<(Omit<Refusal, 'unchanged'> & { done: readonly Step[] }) | undefined> {
  if (batch.mode !== 'atomic') return sendOneByOne(sender, batch, left);
  const commands = batch.steps.map(commandOf);
  const error = await refusalOf(sender.client.transaction(commands, sender.signal));
  if (error === undefined) return undefined;
  return { kind: 'refused', error, step: undefined, missing: batch.steps, done: [] };
}

/**
 * @throws DeviceError `unreachable`, `not_ready`, `unauthenticated`: ask again later;
 *   `unknown_outcome`: read the partition again before anything else
 */
export async function applySteps(
  client: BigIpClient,
  steps: readonly Step[],
  signal: AbortSignal,
): Promise<ApplyResult> {
  const sender = { client, signal };
  const batches = batchesOf(steps);
  const applied: Step[] = [];
  const left: Step[] = [];
  for (const [index, batch] of batches.entries()) {
    const refusal = await sendBatch(sender, batch, left);
    if (refusal === undefined) {
      applied.push(...batch.steps);
      continue;
    }
    const { done, ...rest } = refusal;
    const later = batches.slice(index + 1).flatMap((next) => next.steps);
    const isReversible = batch.mode !== 'plain' || done.length === 0;
    // A partition made for nothing goes with what was taken back.
    const undoable = [...applied.filter(({ phase }) => phase === 'partition'), ...done];
    const isWhole = applied.every(({ phase }) => phase === 'partition');
    const unchanged = isReversible && isWhole && (await takeBack(sender, undoable));
    const missing = [...(unchanged ? undoable : []), ...rest.missing, ...later];
    return { ...rest, missing, unchanged };
  }
  return { kind: 'done', left };
}
