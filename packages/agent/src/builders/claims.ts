// Which device objects may exist for a service, staying or not, and whom they stand for.
import type { ServiceDefinition, ServiceMember } from '@f5-lbaas/model';
import {
  additionalVipPath,
  applicationServicePath,
  LISTENER_PARTS,
  listenerPartPath,
  type ListenerPart,
  secretFilePath,
  wrapperPolicyPath,
} from '../adapters/names.ts';
import { materialRefsOf } from '../certificates/material-refs.ts';
import type { Claims } from '../compile/compiled-service.ts';
import { l7PoliciesOf, l7RulesOf, type ServiceView } from '../compile/service-view.ts';
import { memberRef } from '../config-managers/member/member.ts';
import { memberMonitorName, MONITOR_TYPES } from '../config-managers/monitor/monitor.ts';
import { ownersOfPoolService } from '../iapp/units.ts';
import { keyOf, type ObjectKey, type Owner } from '../object-types/device-object.ts';

/** The L7 objects that are being changed; the listener when none is. They share one device object. */
function l7OwnersOf(service: ServiceDefinition, listenerId: string): Owner[] {
  const policies = l7PoliciesOf(service).filter((policy) => policy.listener_id === listenerId);
  const ids = new Set(policies.map(({ id }) => id));
  const rules = l7RulesOf(service).filter((rule) => ids.has(rule.policy_id));
  const isSettled = ({ provisioning_status: status }: { provisioning_status: string }): boolean =>
    status === 'ACTIVE' || status === 'DELETED';
  const owners = [
    ...policies
      .filter((one) => !isSettled(one))
      .map(({ id }): Owner => ({ kind: 'l7policies', id })),
    ...rules.filter((one) => !isSettled(one)).map(({ id }): Owner => ({ kind: 'l7rules', id })),
  ];
  return owners.length === 0 ? [{ kind: 'listeners', id: listenerId }] : owners;
}

/** Files belong to all that need them: a file that the device refuses is an error of each. */
function claimFiles(
  service: ServiceDefinition,
  { partition, context }: ServiceView,
  claims: Map<ObjectKey, Owner[]>,
): void {
  for (const { ref, files, owner } of materialRefsOf(service)) {
    for (const [part, type] of files) {
      const key = keyOf({ type, path: secretFilePath(partition, context.prefix, ref, part) });
      claims.set(key, [...(claims.get(key) ?? []), owner]);
    }
  }
}

/** It has one, or may have had one before this change. */
function mayHaveOwnMonitor(member: ServiceMember): boolean {
  const hasOwn = member.monitor_address !== null || member.monitor_port !== null;
  return hasOwn || member.provisioning_status !== 'ACTIVE';
}

/** Where what stands for something at each VIP is, whether the VIP has an address or not. */
function pathsOfVips(
  { loadbalancer }: ServiceDefinition,
  { path }: ServiceView,
): ((id: string) => string)[] {
  const additional = loadbalancer.additional_vips.map(
    ({ subnet_id: subnet }) =>
      (id: string): string =>
        additionalVipPath(path(id), subnet),
  );
  return [path, ...additional];
}

function claimListeners(
  service: ServiceDefinition,
  view: ServiceView,
  claims: Map<ObjectKey, Owner[]>,
): void {
  const { partition, context } = view;
  for (const { id } of service.listeners) {
    const owners: Owner[] = [{ kind: 'listeners', id }];
    for (const at of pathsOfVips(service, view)) {
      claims.set(keyOf({ type: 'virtual', path: at(id) }), owners);
    }
    for (const part of Object.keys(LISTENER_PARTS) as ListenerPart[]) {
      const at = listenerPartPath(partition, context.prefix, part, id);
      const carriers = part === 'l7_rules' ? l7OwnersOf(service, id) : owners;
      for (const type of LISTENER_PARTS[part]) claims.set(keyOf({ type, path: at }), carriers);
    }
    const policy = wrapperPolicyPath(partition, id);
    claims.set(keyOf({ type: 'policy', path: policy }), l7OwnersOf(service, id));
  }
}

export function claimsOf(service: ServiceDefinition, view: ServiceView): Claims {
  const { path } = view;
  const lb = service.loadbalancer;
  const monitorTypes = [...new Set(Object.values(MONITOR_TYPES))];
  const monitorIdsOf = ({ pool_id }: ServiceMember): string[] =>
    service.healthmonitors.filter((one) => one.pool_id === pool_id).map(({ id }) => id);
  const claims = new Map<ObjectKey, Owner[]>();
  for (const at of pathsOfVips(service, view)) {
    const key = keyOf({ type: 'virtual-address', path: at(lb.id) });
    claims.set(key, [{ kind: 'loadbalancers', id: lb.id }]);
  }
  claimListeners(service, view, claims);
  for (const { id } of service.pools) {
    claims.set(keyOf({ type: 'pool', path: path(id) }), [{ kind: 'pools', id }]);
    // In either deployment mode: what the other one has left is to go.
    const application = applicationServicePath(view.partition, view.context.prefix, id);
    claims.set(
      keyOf({ type: 'application-service', path: application }),
      ownersOfPoolService(service, id),
    );
  }
  for (const { id } of service.healthmonitors) {
    for (const type of monitorTypes) {
      claims.set(keyOf({ type, path: path(id) }), [{ kind: 'healthmonitors', id }]);
    }
  }
  for (const member of service.members.filter(mayHaveOwnMonitor)) {
    const names = [
      member.id,
      ...monitorIdsOf(member).map((id) => memberMonitorName(member.id, id)),
    ];
    for (const [name, type] of names.flatMap((one) => monitorTypes.map((t) => [one, t] as const))) {
      claims.set(keyOf({ type, path: path(name) }), [{ kind: 'members', id: member.id }]);
    }
  }
  // A member may have been replaced by another of the same address and port: the one that stays is the owner.
  const staying = new Set(view.pools.flatMap((pool) => view.membersOf(pool.id)));
  const order = [...service.members.filter((member) => !staying.has(member)), ...staying];
  for (const member of order) {
    claims.set(keyOf(memberRef(view, member)), [{ kind: 'members', id: member.id }]);
  }
  claimFiles(service, view, claims);
  return claims;
}
