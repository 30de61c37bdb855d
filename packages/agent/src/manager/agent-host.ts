// The name under which an agent is known: scheduler, message queues and port bindings all use it.
import { createHash } from 'node:crypto';

/** RFC 4122 name space for domain names. */
const NAMESPACE_DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** Name-based UUID, version 5. */
function uuid5(name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(NAMESPACE_DNS.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-');
}

export interface AgentHostParts {
  /** Fixed name, e.g. because an SDN controller must know it. */
  agentId?: string;
  /** `host` of the process, usually the machine's name. */
  host: string;
  environmentPrefix: string;
  deviceHosts: readonly string[];
}

/**
 * `<host>:<uuid of environment and first device>`: equal for the same devices, different for two agents on one
 * machine that drive different ones.
 * @see f5-openstack-agent `agent_manager.py`
 */
export function agentHostOf(parts: AgentHostParts): string {
  if (parts.agentId !== undefined && parts.agentId !== '') return parts.agentId;
  const [firstDevice = ''] = parts.deviceHosts.map((name) => name.trim()).sort();
  const { environmentPrefix } = parts;
  const name = environmentPrefix === '' ? firstDevice : `${environmentPrefix}.${firstDevice}`;
  return `${parts.host}:${uuid5(name)}`;
}
