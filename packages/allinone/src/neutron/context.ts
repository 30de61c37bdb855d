// What a Neutron handler works with, and the attributes that every new or changed record gets.
import type { Clock, Random } from '@f5-lbaas/platform';
import type { JsonObject } from '../http/fields.ts';
import type { Identity } from '../keystone/identity.ts';
import { faults } from './faults.ts';
import type { NeutronRecord, NeutronStore } from './records.ts';

export interface NeutronContext {
  store: NeutronStore;
  clock: Clock;
  random: Random;
  identity: Identity;
}

function timestamp(clock: Clock): string {
  return `${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z`;
}

/**
 * The project that a new object belongs to: the caller's, or the one an administrator names.
 * @throws ApiFault 403 when a tenant names another project, 400 without any
 */
function ownerOf(context: NeutronContext, attributes: JsonObject): string {
  const { identity } = context;
  const asked = attributes['project_id'] ?? attributes['tenant_id'];
  const own = identity.project?.id;
  if (typeof asked === 'string' && asked !== '') {
    if (!identity.isAdmin && asked !== own) throw faults.forbidden('create:tenant_id');
    return asked;
  }
  if (own === undefined) throw faults.invalidInput('the token has no project');
  return own;
}

export function newRecord(context: NeutronContext, attributes: JsonObject): NeutronRecord {
  const project = ownerOf(context, attributes);
  const now = timestamp(context.clock);
  const text = (name: string): string => {
    const value = attributes[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    id: context.random.uuid(),
    name: text('name'),
    project_id: project,
    tenant_id: project,
    description: text('description'),
    tags: [],
    created_at: now,
    updated_at: now,
    revision_number: 1,
  };
}

/** Stamps a change. */
export function changedRecord<T extends NeutronRecord>(context: NeutronContext, record: T): T {
  return {
    ...record,
    updated_at: timestamp(context.clock),
    revision_number: record.revision_number + 1,
  };
}

/** @throws ApiFault 400 naming attributes that the resource does not have */
export function rejectUnknown(attributes: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(attributes).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw faults.unknownAttribute(unknown);
}
