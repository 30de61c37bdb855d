// Debian's `openstack` command against a lab: one process per call, as its users have it.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { CloudName } from './lab-api.ts';
import type { Finished } from './lab-process.ts';

/** With the plug-in for load balancers (packages python3-openstackclient and python3-octaviaclient). */
export function hasOpenstackClient(): boolean {
  const { status } = spawnSync('openstack', ['loadbalancer', 'list', '--help'], {
    stdio: 'ignore',
  });
  return status === 0;
}

export class OpenstackCommand {
  readonly #env: NodeJS.ProcessEnv;

  constructor(dataDir: string, cloud: CloudName) {
    // Variables of the caller's own cloud would win over the file.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('OS_'));
    this.#env = {
      ...Object.fromEntries(own),
      OS_CLIENT_CONFIG_FILE: join(dataDir, 'clouds.yaml'),
      OS_CLOUD: cloud,
    };
  }

  /** @param words behind `openstack loadbalancer` */
  run(...words: string[]): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const child = spawn('openstack', ['loadbalancer', ...words], {
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

  /** Must succeed. @returns what it prints as JSON; undefined when it prints nothing */
  async json(...words: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(...words, '-f', 'json');
    if (code === 0) return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    throw new Error(`openstack loadbalancer ${words.join(' ')} ended with ${code}: ${stderr}`);
  }
}
