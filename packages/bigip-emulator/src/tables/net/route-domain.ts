// net/route-domain (iControl REST 6.8).
import { scalarText } from '../../json.ts';
import { configurationError, mcpError } from '../../errors.ts';
import { defineType } from '../../schema/define-type.ts';
import { choice, integer, text, textList } from '../../schema/fields.ts';
import { reference, referenceList, ROUTE_DOMAIN_ID } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { vlansOf } from './route-domain-vlans.ts';

/** VLANs that this route domain now lists leave the others (iControl REST 6.8). */
function takeVlans(record: ConfigRecord, context: RuleContext): void {
  const mine = new Set(vlansOf(record));
  for (const other of context.store.list('net/route-domain')) {
    if (other.fullPath === record.fullPath) continue;
    const rest = vlansOf(other).filter((vlan) => !mine.has(vlan));
    if (rest.length !== vlansOf(other).length) context.update(other, { vlans: rest });
  }
}

/** VLANs dropped from the list fall back to route domain 0. */
function returnVlans(record: ConfigRecord, before: ConfigRecord, context: RuleContext): void {
  const kept = new Set(vlansOf(record));
  const dropped = vlansOf(before).filter((vlan) => !kept.has(vlan));
  const zero = context.store.find(nameKey(ROUTE_DOMAIN_ID, '0'));
  if (zero === undefined || record.fields['id'] === 0) return;
  const back = dropped.filter((vlan) => context.store.hasName(nameKey('vlan', vlan)));
  if (back.length > 0) context.update(zero, { vlans: [...vlansOf(zero), ...back] });
}

export const routeDomainType: ObjectType = defineType({
  path: 'net/route-domain',
  className: 'route domain',
  // Each device has its own, with its own VLANs (F5 K13946).
  syncs: 'never',
  usedError: (record, by) => {
    if (by.type === 'auth/partition') {
      return configurationError(
        `Cannot delete route domain (${record.fullPath}), it is the default route domain for partition (${by.name}).`,
      );
    }
    return mcpError(
      '01070265:3',
      `The Route Domain (${record.fullPath}) cannot be deleted because it is in use by a ` +
        `${by.type === 'net/self' ? 'self IP' : by.type.split('/').slice(1).join(' ')} (${by.keys.join(' ')}).`,
    );
  },
  fields: {
    bwcPolicy: text(),
    connectionLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    flowEvictionPolicy: text(),
    fwEnforcedPolicy: text(),
    id: integer(0, 65534, { access: 'create-only' }),
    parent: reference('net/route-domain'),
    routingProtocol: textList(),
    servicePolicy: text(),
    strict: choice(['enabled', 'disabled'], { default: 'enabled' }),
    throughputCapacity: text({ default: 'infinite', parse: (input) => input }),
    vlans: referenceList('vlan', { crossPartition: true }),
  },
  unique: [
    {
      family: ROUTE_DOMAIN_ID,
      key: ({ fields }) => (typeof fields['id'] === 'number' ? String(fields['id']) : undefined),
      clash: (record) =>
        mcpError(
          '01070734:3',
          `Configuration error: Route domain ID (${scalarText(record.fields['id'])}) is already in use.`,
        ),
    },
  ],
  seeds: [{ name: '0', fields: { id: 0, vlans: ['/Common/http-tunnel', '/Common/socks-tunnel'] } }],
  keepsSeeds: true,
  rules: {
    prepare: (body) => {
      const name =
        scalarText(body['name'] ?? '')
          .split('/')
          .at(-1) ?? '';
      return body['id'] === undefined && /^\d+$/.test(name) ? { ...body, id: Number(name) } : body;
    },
    created: takeVlans,
    changed: (record, before, context) => {
      takeVlans(record, context);
      returnVlans(record, before, context);
    },
    removed: (record, context) => returnVlans({ ...record, fields: {} }, record, context),
    check: (record) => {
      if (record.fields['id'] === undefined)
        throw mcpError('01070734:3', 'Configuration error: Route domain id must be specified.');
    },
  },
});
