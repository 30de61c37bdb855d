// Runs playbooks of Debian's f5networks.f5_modules collection against an emulated device.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { RunningDevice } from '../../src/index.ts';

/** Why the playbooks cannot run here; undefined when they can. */
export function missingAnsible(): string | undefined {
  const found = spawnSync('ansible-doc', ['--list', 'f5networks.f5_modules', '-t', 'module'], {
    encoding: 'utf8',
    env: environment(),
  });
  if (found.error !== undefined) return 'ansible is not installed';
  return found.stdout.includes('bigip_pool')
    ? undefined
    : 'the collection f5networks.f5_modules is not installed';
}

/** What one playbook did, task by task; loops count as one task per item. */
export interface PlaybookResult {
  failed: string[];
  changed: string[];
  unchanged: string[];
  facts: Record<string, unknown>;
}

interface TaskResult {
  changed?: boolean;
  failed?: boolean;
  msg?: unknown;
  module_stderr?: string;
  item?: unknown;
  results?: TaskResult[];
  [name: string]: unknown;
}

interface Report {
  plays: { tasks: { task: { name: string }; hosts: Record<string, TaskResult> }[] }[];
}

/** Debian's ansible runs under Debian's Python, whatever comes first in PATH. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `/usr/bin:${process.env['PATH'] ?? ''}` };
}

export interface PlaybookRun {
  device: RunningDevice;
  /** Relative to this directory: `pools/present.yml`. */
  playbook: string;
  variables: Record<string, unknown>;
}

export async function runPlaybook(run: PlaybookRun): Promise<PlaybookResult> {
  const { device, playbook, variables } = run;
  const { hostname, port } = new URL(device.url);
  const extra = JSON.stringify({ ...variables, device: device.name });
  const args = [
    '-i',
    'localhost,',
    '-c',
    'local',
    '-e',
    extra,
    join(import.meta.dirname, playbook),
  ];
  const child = spawn('ansible-playbook', args, {
    env: {
      ...environment(),
      ANSIBLE_LOCALHOST_WARNING: 'false',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_PIPELINING: '1',
      ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
      ANSIBLE_STDOUT_CALLBACK: 'ansible.posix.json',
      F5_PASSWORD: device.password,
      F5_SERVER: hostname,
      F5_SERVER_PORT: port,
      F5_TELEMETRY_OFF: 'yes',
      F5_USER: device.username,
      F5_VALIDATE_CERTS: 'no',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return summary(reportOf(output, errors));
}

function reportOf(output: string, errors: string): Report {
  const start = output.indexOf('{\n');
  const end = output.lastIndexOf('\n}');
  if (start < 0 || end < 0) throw new Error(`ansible-playbook: ${output}${errors}`);
  return JSON.parse(output.slice(start, end + 2)) as Report;
}

function summary({ plays }: Report): PlaybookResult {
  const result: PlaybookResult = { failed: [], changed: [], unchanged: [], facts: {} };
  const tasks = plays.flatMap((play) => play.tasks);
  for (const { task, hosts } of tasks) {
    for (const host of Object.values(hosts)) {
      for (const one of host.results ?? [host]) note(task.name, one, result);
    }
  }
  return result;
}

function note(task: string, one: TaskResult, result: PlaybookResult): void {
  const name = one.item === undefined ? task : `${task} ${JSON.stringify(one.item)}`;
  if (one.failed === true) {
    result.failed.push(`${name}: ${JSON.stringify(one.msg)} ${one.module_stderr ?? ''}`);
  } else if (one.changed === true) result.changed.push(name);
  else result.unchanged.push(name);
  Object.assign(result.facts, one);
}
