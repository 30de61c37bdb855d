// From compiled objects to the variables and tables of an application service. A pool and its listener are compiled as
// for object by object, so both deployment modes mean the same by the same attribute.
import {
  isFields,
  isSameValue,
  keyOf,
  nameOf,
  type DeviceObject,
  type Fields,
  type Value,
} from '../object-types/device-object.ts';
import { asList, asText } from '../object-types/property.ts';
import { TEMPLATE_VERSION } from './implementation.ts';

export interface ServiceVariables {
  variables: Readonly<Record<string, string>>;
  tables: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

/** The parts of one application service, compiled. */
export interface PoolObjects {
  pool: DeviceObject;
  members: readonly DeviceObject[];
  /** All of them have to succeed. */
  monitors: readonly DeviceObject[];
  /** Virtual server, and what else its listener compiled to; undefined: no listener, or none with a pool. */
  front:
    | { virtual: DeviceObject; others: readonly DeviceObject[]; address: string; cookie: string }
    | undefined;
}

/** The template decides itself whether ratios count, by the table. */
const METHODS: Readonly<Record<string, string>> = {
  'ratio-member': 'round-robin',
  'ratio-least-connections-member': 'least-connections-member',
};

const text = ({ properties }: DeviceObject, name: string): string => asText(properties[name]);

function poolVariables(pool: DeviceObject, [monitor]: readonly DeviceObject[]): Fields {
  const method = text(pool, 'loadBalancingMode');
  const spare = text(pool, 'minActiveMembers');
  return {
    // Services made with an older script differ from this, and are run again.
    lbaas__version: String(TEMPLATE_VERSION),
    pool__lb_method: METHODS[method] ?? method,
    ...(spare === '0' ? {} : { pool__min_active_members: spare }),
    // F5's template wants it beside the table; ours looks at the table.
    ...(monitor === undefined ? {} : { pool__monitor: monitorType(monitor) }),
  };
}

function monitorType({ type }: DeviceObject): string {
  const plain = type.replace(/^monitor-/, '');
  return plain === 'gateway-icmp' ? 'ping' : plain;
}

/** The only monitor of a pool is called after the service and its type, by the template. */
function monitorRow(monitor: DeviceObject, isOnly: boolean): Record<string, string> {
  const { send, recv } = monitor.properties;
  return said({
    name: isOnly ? '' : nameOf(monitor.path),
    type: monitorType(monitor),
    interval: text(monitor, 'interval'),
    timeout: text(monitor, 'timeout'),
    send_string: typeof send === 'string' ? send : '',
    recv_string: typeof recv === 'string' ? recv : '',
  });
}

function memberRow(member: DeviceObject): Record<string, string> {
  return said({
    addr: text(member, 'address'),
    port: /\d+$/.exec(member.path)?.[0] ?? '',
    connection_limit: '0',
    ratio: text(member, 'ratio'),
    priority_group: text(member, 'priorityGroup'),
    state: member.properties['session'] === true ? 'enabled' : 'drain-disabled',
  });
}

/** In order of their names, without what is not set, as they read back. */
function said(row: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(row).filter(([, value]) => value !== '');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function translation(value: Value | undefined): string {
  const { type, pool } = isFields(value) ? value : {};
  return type === 'snat' ? asText(pool) : asText(type);
}

function vlan(value: Value | undefined): string {
  const { all, vlans } = isFields(value) ? value : {};
  return all === true ? '' : asText(asList(vlans)[0]);
}

const SOURCE_ADDRESS = '/Common/source_addr';
const COOKIE = '/Common/cookie';

function persistence({ virtual, others, cookie }: NonNullable<PoolObjects['front']>): Fields {
  const path = text(virtual, 'persist');
  const own = others.find((one) => one.path === path && one.type.startsWith('persistence-'));
  if (path === '') return { vip__persist: 'none' };
  if (path === COOKIE) return { vip__persist: 'http-cookie' };
  if (own?.type === 'persistence-universal') {
    return { vip__persist: 'app-cookie', vip__cookie: cookie };
  }
  if (path === SOURCE_ADDRESS) return { vip__persist: 'source-ip' };
  return {
    vip__persist: 'source-ip',
    vip__persist_timeout: asText(own?.properties['timeout']),
    vip__persist_mask: asText(own?.properties['mask']),
  };
}

function vipVariables(front: NonNullable<PoolObjects['front']>): Fields {
  const { virtual, address } = front;
  const limit = text(virtual, 'connectionLimit');
  const isHttp = asList(virtual.properties['profiles']).some(
    (use) => isFields(use) && nameOf(asText(use['name'])) === 'http',
  );
  const fallback = virtual.properties['fallbackPersistence'] ?? null;
  return {
    vip__addr: address,
    vip__mask: text(virtual, 'mask'),
    vip__port: /\d+$/.exec(text(virtual, 'destination'))?.[0] ?? '',
    vip__protocol: isHttp ? 'http' : 'tcp',
    vip__state: virtual.properties['enabled'] === true ? 'enabled' : 'disabled',
    vip__snat_pool: translation(virtual.properties['sourceAddressTranslation']),
    vip__vlan: vlan(virtual.properties['vlans']),
    // What members are told of clients, the API decides.
    vip__x_forwarded_for: 'disabled',
    ...(limit === '0' ? {} : { vip__connection_limit: limit }),
    ...(isSameValue(fallback, null) ? {} : { vip__fallback_persist: 'source-ip' }),
    ...persistence(front),
  };
}

function byName(objects: readonly DeviceObject[]): DeviceObject[] {
  return [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export function serviceVariables(objects: PoolObjects): ServiceVariables {
  const { pool, members, monitors, front } = objects;
  const vip = front === undefined ? { vip__state: 'delete' } : vipVariables(front);
  const variables = { ...poolVariables(pool, monitors), ...vip } as Record<string, string>;
  const rows = byName(monitors).map((monitor) => monitorRow(monitor, monitors.length === 1));
  return {
    variables: said(variables),
    tables: {
      ...(members.length === 0 ? {} : { pool__members: byName(members).map(memberRow) }),
      ...(monitors.length === 0 ? {} : { pool__monitors: rows }),
    },
  };
}
