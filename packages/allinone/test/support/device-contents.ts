// What a device must hold, derived from what the API shows, and what it holds: as sorted lines to compare.
import { at, listAt, textAt } from './json.ts';
import type { DeviceDoor } from './device-door.ts';
import type { LabApi } from './lab-api.ts';

const MODES: Record<string, string> = {
  ROUND_ROBIN: 'round-robin',
  LEAST_CONNECTIONS: 'least-connections-member',
};

const poolLine = (path: string, mode: string, members: readonly string[]): string =>
  `ltm/pool ${path} ${mode} ${[...members].sort().join(' ')}`;
const virtualLine = (path: string, limit: number): string => `ltm/virtual ${path} limit ${limit}`;

/**
 * @param api an administrator's: it sees every project
 * @param prefix of partitions and objects
 */
export async function expectedContents(api: LabApi, prefix = 'Project_'): Promise<string[]> {
  const list = async (kind: string): Promise<unknown[]> =>
    listAt((await api.send('GET', kind)).body, kind);
  const folderOf = (item: unknown): string => `/${prefix}${textAt(item, 'project_id')}`;
  const pathOf = (item: unknown): string => `${folderOf(item)}/${prefix}${textAt(item, 'id')}`;
  const lines = new Set<string>();
  for (const item of await list('loadbalancers')) {
    lines.add(`sys/folder ${folderOf(item)}`);
    lines.add(`ltm/virtual-address ${pathOf(item)}`);
  }
  for (const item of await list('listeners')) {
    lines.add(virtualLine(pathOf(item), Math.max(0, Number(at(item, 'connection_limit')))));
  }
  for (const item of await list('healthmonitors')) lines.add(`ltm/monitor/http ${pathOf(item)}`);
  for (const pool of await list('pools')) {
    const { body } = await api.send('GET', `pools/${textAt(pool, 'id')}/members`);
    const members = listAt(body, 'members');
    for (const member of members)
      lines.add(`ltm/node ${folderOf(pool)}/${textAt(member, 'address')}`);
    const names = members.map(
      (one) => `${textAt(one, 'address')}:${String(at(one, 'protocol_port'))}`,
    );
    lines.add(poolLine(pathOf(pool), MODES[textAt(pool, 'lb_algorithm')] ?? '?', names));
  }
  return [...lines].sort();
}

export async function actualContents(device: DeviceDoor): Promise<string[]> {
  const objects = await device.ownObjects();
  const details = new Map<string, string>();
  for (const item of await device.list('ltm/virtual')) {
    const path = textAt(item, 'fullPath');
    details.set(`ltm/virtual ${path}`, virtualLine(path, Number(at(item, 'connectionLimit'))));
  }
  for (const item of await device.list('ltm/pool?expandSubcollections=true')) {
    const path = textAt(item, 'fullPath');
    const members = at(item, 'membersReference.items');
    const names = (Array.isArray(members) ? members : []).map((one) => textAt(one, 'name'));
    details.set(`ltm/pool ${path}`, poolLine(path, textAt(item, 'loadBalancingMode'), names));
  }
  return objects.map((object) => details.get(object) ?? object).sort();
}
