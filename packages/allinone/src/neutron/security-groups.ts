// Security groups by name and id only: the lab filters no packets, so groups have no rules of their own.
import type { JsonObject } from '../http/fields.ts';
import { changedRecord, type NeutronContext, newRecord, rejectUnknown } from './context.ts';
import type { NeutronRecord } from './records.ts';

export const SECURITY_GROUP_ATTRIBUTES = [
  ...['id', 'name', 'description', 'project_id', 'tenant_id', 'tags', 'created_at', 'updated_at'],
  ...['revision_number', 'security_group_rules', 'stateful', 'shared'],
];

const FIXED: JsonObject = { security_group_rules: [], stateful: true, shared: false };

/** Every project has a group `default`, made when it is first needed. */
export function defaultSecurityGroupId(context: NeutronContext, projectId: string): string {
  const existing = context.store
    .list('security_groups')
    .find((group) => group.project_id === projectId && group.name === 'default');
  if (existing !== undefined) return existing.id;
  const group = {
    ...FIXED,
    ...newRecord(context, { name: 'default', description: 'Default security group' }),
    project_id: projectId,
    tenant_id: projectId,
  };
  context.store.put('security_groups', group);
  return group.id;
}

export function createSecurityGroup(
  context: NeutronContext,
  attributes: JsonObject,
): NeutronRecord {
  rejectUnknown(attributes, ['name', 'description', 'project_id', 'tenant_id', 'stateful']);
  const group = { ...FIXED, ...newRecord(context, attributes) };
  context.store.put('security_groups', group);
  return group;
}

export function updateSecurityGroup(
  context: NeutronContext,
  group: NeutronRecord,
  changes: JsonObject,
): NeutronRecord {
  rejectUnknown(changes, ['name', 'description', 'stateful']);
  const changed = changedRecord(context, { ...group, ...changes });
  context.store.put('security_groups', changed);
  return changed;
}

export function deleteSecurityGroup(context: NeutronContext, group: NeutronRecord): void {
  context.store.remove({ kind: 'security_groups', id: group.id });
}
