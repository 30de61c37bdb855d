// Processes of the benchmark: haproxy as member and as the proxy to compare with, the emulator, and what they cost.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '../../test/data-plane/fixtures.ts';

export interface Process {
  port: number;
  pid: number;
}

/** Something a client of the benchmark talks to. */
export interface Endpoint extends Process {
  name: string;
}

export class Rig {
  readonly #children: ChildProcess[] = [];
  readonly #main: string;
  #folder: string | null = null;

  /** @param main script that plays the roles given to start() */
  constructor(main: string) {
    this.#main = main;
  }

  /** One thread, as the emulator has one. */
  async haproxy(mode: 'http' | 'tcp', frontend: string): Promise<Process> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'data-plane-bench-'));
    const port = await freePort();
    const file = join(this.#folder, `${port}.cfg`);
    const sections = [
      'global\n nbthread 1\n maxconn 4000',
      `defaults\n mode ${mode}\n timeout connect 5s\n timeout client 60s\n timeout server 60s`,
      `frontend f\n bind 127.0.0.1:${port}\n ${frontend}\n`,
    ];
    await writeFile(file, sections.join('\n'));
    return this.#start('haproxy', ['-q', '-db', '-f', file], port);
  }

  /** The main script again; it is told its role, the port to listen on, and `args`. */
  async role(name: string, ...args: (string | number)[]): Promise<Process> {
    const port = await freePort();
    const flags = ['--conditions=@f5-lbaas/source', '--import', 'tsx'];
    const words = [...flags, ...profiling(name), this.#main, name, port, ...args].map(String);
    return this.#start(process.execPath, words, port);
  }

  async #start(command: string, args: string[], port: number): Promise<Process> {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
    this.#children.push(child);
    await Promise.race([failed, until(`port ${port} answers`, () => isListening(port), 20_000)]);
    return { port, pid: child.pid ?? 0 };
  }

  kill(): void {
    for (const child of this.#children) child.kill();
  }

  async stop(): Promise<void> {
    this.kill();
    if (this.#folder !== null) await rm(this.#folder, { recursive: true });
  }
}

/** `PROFILE=folder npm run bench:data-plane` writes CPU profiles of the emulator there. */
function profiling(role: string): string[] {
  const folder = process.env['PROFILE'];
  return folder === undefined || role !== 'virtual'
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
