// Which route domain a VLAN or tunnel is in: always exactly one (iControl REST 6.2, 6.8).
import { isStringArray } from '../../json.ts';
import { ROUTE_DOMAIN_ID } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { RuleContext } from '../../schema/types.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import type { ConfigRecord } from '../../store/record.ts';

export function vlansOf(routeDomain: ConfigRecord): string[] {
  const vlans = routeDomain.fields['vlans'];
  return isStringArray(vlans) ? vlans : [];
}

function routeDomainById(store: ConfigStore, id: number): ConfigRecord | undefined {
  return store.find(nameKey(ROUTE_DOMAIN_ID, String(id)));
}

/** Number of the route domain that lists a VLAN or tunnel. */
export function routeDomainOfVlan(store: ConfigStore, vlan: string): number | undefined {
  const owner = store
    .referrers(nameKey('vlan', vlan))
    .find(({ type }) => type === 'net/route-domain');
  const id = owner?.fields['id'];
  return typeof id === 'number' ? id : undefined;
}

/** A new VLAN or tunnel is in its partition's default route domain. */
export function joinDefaultRouteDomain(vlan: ConfigRecord, context: RuleContext): void {
  if (routeDomainOfVlan(context.store, vlan.fullPath) !== undefined) return;
  const id = context.read.defaultRouteDomain(vlan);
  const routeDomain = routeDomainById(context.store, id);
  if (routeDomain === undefined) return;
  context.update(routeDomain, { vlans: [...vlansOf(routeDomain), vlan.fullPath] });
}

export function leaveRouteDomains(vlan: ConfigRecord, context: RuleContext): void {
  for (const record of context.store.list('net/route-domain')) {
    const vlans = vlansOf(record);
    if (!vlans.includes(vlan.fullPath)) continue;
    context.update(record, { vlans: vlans.filter((path) => path !== vlan.fullPath) });
  }
}
