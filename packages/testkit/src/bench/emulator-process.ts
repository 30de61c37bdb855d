// One emulated BIG-IP as its user starts it, a process of its own with a data directory: for benchmarks that must not
// measure themselves.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient, type HttpClient, type HttpRequest } from '@f5-lbaas/platform';
import { waitFor } from '../wait-for.ts';
import { memoryOf } from './machine.ts';

const COMMAND = join(import.meta.dirname, '../../../cli/src/main.ts');
const NODE_FLAGS = ['--conditions=@f5-lbaas/source', '--import', 'tsx'];
const DEVICE = 'bigip.bench';
const LOGIN = { username: 'admin', password: 'admin' };
const START_MS = 300_000;

export class EmulatorProcess {
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-bench-'));
  #child: ChildProcess | undefined;
  #http: HttpClient | undefined;
  #url = '';
  #controlUrl = '';
  #caPem = '';
  #token = '';

  /** @returns milliseconds until it answered a request */
  async start(): Promise<number> {
    const startMs = performance.now();
    const args = ['emulator', '--listen', '127.0.0.1:0', '--devices', DEVICE];
    const child = spawn(
      process.execPath,
      [...NODE_FLAGS, COMMAND, ...args, '--data-dir', this.#dataDir],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child = child;
    process.once('exit', () => child.kill('SIGKILL'));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const hasSaidAll = (): boolean => child.exitCode !== null || text.includes('END CERTIFICATE');
    await waitFor(hasSaidAll, { what: 'the emulator to be ready', timeoutMs: START_MS, pollMs: 5 });
    if (child.exitCode !== null) throw new Error(`The emulator ended with ${child.exitCode}.`);
    this.#url = /https:\/\/\S+/.exec(text)?.[0] ?? '';
    this.#controlUrl = /http:\/\/\S+/.exec(text)?.[0] ?? '';
    this.#caPem = text.slice(text.indexOf('-----BEGIN'));
    this.#http = createHttpClient({
      tls: { ca: this.#caPem },
      ...{
        serverName: DEVICE,
        connections: 32,
        connectTimeoutMs: 60_000,
        requestTimeoutMs: 120_000,
      },
    });
    this.#token = await this.#login();
    await this.send('GET', '/mgmt/tm/sys/version');
    return performance.now() - startMs;
  }

  /** @param path from `/mgmt` on @throws Error for any answer but 200 @returns the body */
  async send(method: HttpRequest['method'], path: string, body?: unknown): Promise<string> {
    if (this.#http === undefined) throw new Error('It has not been started.');
    const answer = await this.#http.request({
      ...{ method, url: this.#url + path },
      headers: { 'x-f5-auth-token': this.#token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.body}`);
    return answer.body;
  }

  /** How an agent connects to it. */
  get connection(): { host: string; port: number; tls: { ca: string } } & typeof LOGIN {
    const port = Number(new URL(this.#url).port);
    return { host: '127.0.0.1', port, ...LOGIN, tls: { ca: this.#caPem } };
  }

  /** Requests since the last call. The device keeps the newest 10,000, so `writes` may be less than there were. */
  async takeRequests(): Promise<{ total: number; writes: number }> {
    const answer = await fetch(`${this.#controlUrl}/requests`);
    const log = (await answer.json()) as { total: number; requests: { method: string }[] };
    await fetch(`${this.#controlUrl}/requests`, { method: 'DELETE' });
    const writes = log.requests.filter(({ method }) => method !== 'GET').length;
    return { total: log.total, writes };
  }

  memory(): ReturnType<typeof memoryOf> {
    return memoryOf(this.pid);
  }

  /** @throws Error when it does not run */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('The emulator has not been started.');
    return pid;
  }

  /** Snapshot and journal. */
  stateMib(): number {
    const directory = join(this.#dataDir, DEVICE);
    const bytes = readdirSync(directory).map((file) => statSync(join(directory, file)).size);
    return bytes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await this.#http?.close();
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #login(): Promise<string> {
    const login = { ...LOGIN, loginProviderName: 'tmos' };
    const body = await this.send('POST', '/mgmt/shared/authn/login', login);
    return (JSON.parse(body) as { token: { token: string } }).token.token;
  }
}
