// Debian's `neutron` command against a lab: one process per call, as users of Neutron's own load balancing have it.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readCloud, readLabJson } from '../../src/lab/lab-description.ts';
import type { CloudName } from './lab-api.ts';
import type { Finished } from './lab-process.ts';

/** Package python3-neutronclient. */
export function hasNeutronClient(): boolean {
  return spawnSync('neutron', ['--version'], { stdio: 'ignore' }).status === 0;
}

export class NeutronCommand {
  readonly #env: NodeJS.ProcessEnv;
  /** Commands that were run, without their arguments. */
  readonly used: Set<string>;

  constructor(dataDir: string, cloud: CloudName, used = new Set<string>()) {
    const { username, password, project } = readCloud(join(dataDir, 'clouds.yaml'), cloud);
    // Variables of the caller's own cloud must not get in the way.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('OS_'));
    this.used = used;
    this.#env = {
      ...Object.fromEntries(own),
      OS_AUTH_URL: readLabJson(join(dataDir, 'lab.json')).auth_url,
      OS_USERNAME: username,
      OS_PASSWORD: password,
      OS_PROJECT_NAME: project,
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_DOMAIN_NAME: 'Default',
    };
  }

  /** All commands of the client that begin so. */
  known(prefix: string): string[] {
    const { stdout } = spawnSync('neutron', ['--help'], { encoding: 'utf8' });
    const names = stdout.split('\n').map((line) => line.trim().split(/\s/, 1)[0] ?? '');
    return names.filter((name) => name.startsWith(prefix));
  }

  run(command: string, ...words: string[]): Promise<Finished> {
    this.used.add(command);
    return new Promise((resolve, reject) => {
      const child = spawn('neutron', [command, ...words], {
        env: this.#env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** Must succeed. @returns what it prints */
  async done(command: string, ...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, ...words);
    if (code === 0) return stdout;
    throw new Error(`neutron ${command} ${words.join(' ')} ended with ${code}: ${stderr}`);
  }

  /** Must succeed. @returns what it prints as JSON */
  async json(command: string, ...words: string[]): Promise<unknown> {
    return JSON.parse(await this.done(command, ...words, '-f', 'json'));
  }

  /** Must fail. @returns its words */
  async refused(command: string, ...words: string[]): Promise<string> {
    const { code, stderr } = await this.run(command, ...words);
    if (code === 0) throw new Error(`neutron ${command} ${words.join(' ')} was not refused`);
    return stderr;
  }
}
