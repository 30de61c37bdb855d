// Monitors in the data plane's form.
import type { MonitorConfig } from '../data-plane/contract.ts';
import { asString, type Json } from '../json.ts';
import { splitPort } from '../schema/address.ts';
import { nameKey } from '../schema/schema.ts';
import type { ReadContext } from '../schema/types.ts';
import { parseMonitorRule } from '../tables/ltm/monitor-expression.ts';

const PROBED = ['http', 'https', 'tcp', 'tcp-half-open', 'udp', 'gateway-icmp', 'icmp'] as const;

function monitorType(path: string): MonitorConfig['type'] {
  const kind = path.slice('ltm/monitor/'.length);
  return PROBED.find((known) => known === kind) ?? 'other';
}

/** `*:*`, `*:80`, `*.80`, `10.0.0.1:80` */
function destination(text: string): MonitorConfig['destination'] {
  const split = splitPort(text.replace(/^\*[.:]/, '0.0.0.0:'));
  if (split === undefined) return { address: '*', port: '*' };
  const address = text.startsWith('*') ? '*' : split.host;
  return { address, port: split.port === 0 ? '*' : split.port };
}

function text(value: Json | undefined): string {
  return asString(value) ?? '';
}

function monitor(path: string, context: ReadContext): MonitorConfig | undefined {
  const record = context.store.find(nameKey('monitor', path));
  if (record === undefined) return undefined;
  const values = context.values(record);
  return {
    path,
    type: monitorType(record.type),
    intervalSeconds: Number(values['interval'] ?? 5),
    timeoutSeconds: Number(values['timeout'] ?? 16),
    upIntervalSeconds: Number(values['upInterval'] ?? 0),
    timeUntilUpSeconds: Number(values['timeUntilUp'] ?? 0),
    send: text(values['send']),
    recv: text(values['recv']),
    recvDisable: text(values['recvDisable']),
    reverse: values['reverse'] === 'enabled',
    destination: destination(text(values['destination']) || '*:*'),
    manualResume: values['manualResume'] === 'enabled',
    username: asString(values['username']) ?? null,
    password: asString(values['password']) ?? null,
  };
}

export interface ResolvedMonitors {
  monitors: MonitorConfig[];
  min: number | 'all';
}

export function resolveMonitors(
  expression: Json | undefined,
  context: ReadContext,
): ResolvedMonitors {
  const { paths, min } = parseMonitorRule(text(expression));
  return { monitors: paths.flatMap((path) => monitor(path, context) ?? []), min };
}
