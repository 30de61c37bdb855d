// Neutron's server and another of its agents as a Python process with oslo.messaging.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { RpcTransport } from '@f5-lbaas/rpc';
import { waitFor } from '@f5-lbaas/testkit';

const PYTHON = '/usr/bin/python3';
const PROGRAM = fileURLToPath(new URL('./neutron-peer.py', import.meta.url));

export interface HeardMessage {
  method: string;
  args?: Record<string, unknown>;
  host?: string | null;
  context?: Record<string, unknown>;
}

/** Why it cannot be used; undefined when it can. */
export function missingOslo(): string | undefined {
  const probe = spawnSync(PYTHON, ['-c', 'import oslo_messaging'], { timeout: 20_000 });
  return probe.status === 0 ? undefined : 'python3-oslo.messaging is not installed.';
}

export class NeutronPeer {
  readonly heard: HeardMessage[] = [];
  readonly #process: ChildProcess;

  /**
   * @param version RPC API version of its `q-plugin`
   * @param ending of the names of all its topics
   */
  constructor(url: string, exchange: string, version: string, ending: string) {
    this.#process = spawn(PYTHON, [PROGRAM, url, exchange, version, ending], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const lines = createInterface({ input: this.#process.stdout! });
    lines.on('line', (line) => this.heard.push(JSON.parse(line) as HeardMessage));
  }

  ready(): Promise<unknown> {
    return waitFor(() => this.of('ready').length > 0, { what: 'Neutron', timeoutMs: 20_000 });
  }

  of(method: string): HeardMessage[] {
    return this.heard.filter((message) => message.method === method);
  }

  /** @param host to one agent instead of all */
  say(method: string, fdb_entries: unknown, host?: string): void {
    const line = JSON.stringify({ method, fdb_entries, host: host ?? null });
    this.#process.stdin!.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    this.#process.stdin!.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

/** Neutron's topics get an ending, so that a Neutron on the same broker takes no part. @param used collects their names */
export function withOwnTopics(
  transport: RpcTransport,
  ending: string,
  used: Set<string>,
): RpcTransport {
  const own = (topic: string): string => {
    if (!topic.startsWith('q-')) return topic;
    used.add(topic);
    return topic + ending;
  };
  return {
    cast: (topic, ...rest) => transport.cast(own(topic), ...rest),
    fanout: (topic, ...rest) => transport.fanout(own(topic), ...rest),
    call: (topic, ...rest) => transport.call(own(topic), ...rest),
    serve: (topic, ...rest) => transport.serve(own(topic), ...rest),
    close: () => transport.close(),
  };
}
