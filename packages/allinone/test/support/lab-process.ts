// A lab as its user runs it: a process of its own, which tests stop, kill and start again.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeviceDoor } from './device-door.ts';
import { freePortBase } from './free-ports.ts';
import { type CloudName, LabApi } from './lab-api.ts';
import { waitUntil, type WaitOptions } from './wait-until.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const NODE_FLAGS = ['--conditions=@f5-lbaas/source', '--import', 'tsx'];
export const COMMAND = [...NODE_FLAGS, join(ROOT, 'packages/cli/src/main.ts')];
/** The installed command; needs `npm run build`. */
export const BUILT = join(ROOT, 'packages/cli/bin/f5-lbaas.mjs');
export const DEMO = [...NODE_FLAGS, join(ROOT, 'packages/allinone/src/demo/main.ts')];

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';
/** How the lab is started: as the README says, without npm in between, or as `npm run build` made it. */
type StartedBy = 'npm start' | 'node' | 'built';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  child: ChildProcess;
  /** What it has written so far. */
  output(): { stdout: string; stderr: string };
  /** @throws Error with its words when it ends before it says `text`, or does not say it in time */
  waitForOutput(text: string, options?: WaitOptions): Promise<void>;
  finished: Promise<Finished>;
}

/** Runs a command in the source tree, as leader of a process group, so that a signal reaches all of it. */
export function runCommand(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): RunningCommand {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const onExit = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', onExit);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => {
      process.removeListener('exit', onExit);
      resolve({ code, stdout, stderr });
    });
  });
  const waitForOutput = async (text: string, options?: WaitOptions): Promise<void> => {
    const isSaid = (): boolean => stdout.includes(text);
    const ended = finished.then(({ code }) => {
      if (!isSaid()) throw new Error(`It ended with ${code ?? 'a signal'}:\n${stdout}${stderr}`);
    });
    const said = waitUntil(`it says '${text}'`, isSaid, { pollMs: 50, ...options });
    await Promise.race([said, ended]).catch((cause: unknown) => {
      throw new Error(`'${text}' was not said:\n${stdout}${stderr}`, { cause });
    });
  };
  return { child, output: () => ({ stdout, stderr }), waitForOutput, finished };
}

export function runNode(args: readonly string[], env?: Record<string, string>): RunningCommand {
  return runCommand(process.execPath, args, env);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Like a terminal's Ctrl-C: to the command and to everything that it started. */
export function signalGroup(child: ChildProcess, signal: EndSignal): void {
  if (child.pid === undefined || !isRunning(child)) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export class LabProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-lab-'));
  readonly portBase: number;
  readonly #startedBy: StartedBy;
  #command: RunningCommand | undefined;
  #isAskedToEnd = false;

  private constructor(portBase: number, startedBy: StartedBy) {
    this.portBase = portBase;
    this.#startedBy = startedBy;
  }

  /** Not started yet. */
  static async create(startedBy: StartedBy = 'node'): Promise<LabProcess> {
    return new LabProcess(await freePortBase(), startedBy);
  }

  /** @throws Error when it does not run */
  get pid(): number {
    const pid = this.#command?.child.pid;
    if (pid === undefined) throw new Error('The lab has not been started.');
    return pid;
  }

  get flags(): string[] {
    return ['--data-dir', this.dataDir, '--port-base', String(this.portBase)];
  }

  /** Resolves when it says that it is ready. @throws Error with its words when it ends instead */
  async start(...flags: string[]): Promise<void> {
    const all = [...this.flags, ...flags];
    const commands: Record<StartedBy, () => RunningCommand> = {
      'npm start': () => runCommand('npm', ['start', '--', ...all]),
      node: () => runNode([...COMMAND, 'lab', ...all]),
      built: () => runNode([BUILT, 'lab', ...all]),
    };
    const command = commands[this.#startedBy]();
    this.#command = command;
    this.#isAskedToEnd = false;
    await command.waitForOutput('The lab is ready.', { timeoutMs: 60_000 });
  }

  /** Ctrl-C. */
  async stop(): Promise<Finished> {
    return this.#end('SIGINT');
  }

  async kill(): Promise<Finished> {
    return this.#end('SIGKILL');
  }

  /** Ends it and forgets its data. @throws Error with its words when it had ended by itself */
  async remove(): Promise<void> {
    const wasRunning = this.#command === undefined || isRunning(this.#command.child);
    const isAsked = this.#isAskedToEnd;
    const { code, stderr } = await this.kill();
    if (process.env['KEEP_LAB'] === undefined)
      rmSync(this.dataDir, { recursive: true, force: true });
    if (!wasRunning && !isAsked)
      throw new Error(`The lab ended by itself with ${code ?? 'a signal'}: ${stderr}`);
  }

  api(cloud?: CloudName): LabApi {
    return new LabApi(this.dataDir, cloud);
  }

  /** First one is the active one. */
  devices(): DeviceDoor[] {
    const { lab } = this.api();
    return [0, 1].map((index) => new DeviceDoor(lab, index));
  }

  async #end(signal: EndSignal): Promise<Finished> {
    const command = this.#command;
    if (command === undefined) return { code: null, stdout: '', stderr: '' };
    this.#isAskedToEnd = true;
    signalGroup(command.child, signal);
    return command.finished;
  }
}
