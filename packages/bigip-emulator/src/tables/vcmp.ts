// vcmp/guest and vcmp/virtual-disk on a vCMP host (iControl REST 6.22). Other devices refuse the URI.
import { configurationError } from '../errors.ts';
import { asString } from '../json.ts';
import { defineType } from '../schema/define-type.ts';
import { choice, constant, integer, text } from '../schema/fields.ts';
import { referenceList } from '../schema/reference-fields.ts';
import { nameKey } from '../schema/schema.ts';
import type { Field, ObjectType, RuleContext } from '../schema/types.ts';
import type { ConfigRecord } from '../store/record.ts';

const slots = (): Field => ({ parse: (input) => input, default: [1] });

/** A deployed guest has a virtual disk; it stays when the guest goes. */
function ensureDisk(guest: ConfigRecord, context: RuleContext): void {
  const disk = asString(guest.fields['virtualDisk']) ?? `${guest.name}.img`;
  if (guest.fields['virtualDisk'] === undefined) context.update(guest, { virtualDisk: disk });
  const isDeployed =
    guest.fields['state'] === 'deployed' || guest.fields['state'] === 'provisioned';
  const name = `${disk}/1`;
  if (!isDeployed || context.store.hasName(nameKey('vcmp/virtual-disk', name))) return;
  context.create('vcmp/virtual-disk', [], { name });
}

const guestType = defineType({
  path: 'vcmp/guest',
  className: 'vcmp guest',
  naming: 'plain',
  syncs: 'never',
  description: false,
  fields: {
    allowedSlots: slots(),
    assignedSlots: slots(),
    bootPriority: integer(0, 65535, { default: 65535 }),
    coresPerSlot: integer(1, 64, { default: 2 }),
    hostname: text(),
    initialImage: text(),
    managementGw: text(),
    managementIp: text(),
    managementNetwork: choice(['bridged', 'isolated', 'host-only'], { default: 'bridged' }),
    minSlots: integer(1, 8, { default: 1 }),
    slots: integer(1, 8, { default: 1 }),
    sslMode: choice(['shared', 'dedicated', 'none'], { default: 'shared' }),
    state: choice(['configured', 'provisioned', 'deployed'], { default: 'configured' }),
    virtualDisk: text(),
    vlans: referenceList('vlan'),
  },
  rules: {
    created: ensureDisk,
    changed: (record, _before, context) => ensureDisk(record, context),
  },
});

const diskType = defineType({
  path: 'vcmp/virtual-disk',
  className: 'virtual disk',
  naming: 'plain',
  syncs: 'never',
  description: false,
  refuses: ['POST'],
  fields: { operatingSystem: constant('unknown') },
  rules: {
    beforeRemove: (record, { store }) => {
      const disk = record.name.split('/')[0];
      const user = store.list('vcmp/guest').find(({ fields }) => fields['virtualDisk'] === disk);
      if (user !== undefined) {
        throw configurationError(
          `Virtual disk (${record.name}) is in use by vcmp guest (${user.name}).`,
        );
      }
    },
  },
});

export const vcmpTypes: ObjectType[] = [guestType, diskType];
