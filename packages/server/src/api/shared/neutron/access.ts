// Permission checks of Neutron's APIs. The rules are those of the load-balancing policy, whichever API asks; the
// answers are Neutron's: what one may not see does not exist.
import type { ResourceKind } from '@f5-lbaas/model';

import type { Policy, RuleName } from '../../../policy/policy.ts';
import { noSuch } from '../../../service/change/state-gate.ts';
import type { LbaasService } from '../../../service/lbaas-service.ts';
import type { ListRequest } from '../../../service/reading/listing.ts';
import type { Call } from '../http-call.ts';
import { policyNotAuthorized } from './request-error.ts';

/** What handlers work with. */
export interface NeutronApi {
  service: LbaasService;
  /** The same without waiting for pending changes: takes back a part of a request whose rest was refused. */
  undo: LbaasService;
  policy: Policy;
}

type Type =
  'loadbalancer' | 'listener' | 'pool' | 'member' | 'healthmonitor' | 'l7policy' | 'l7rule';

const TYPES: Record<ResourceKind, Type> = {
  loadbalancers: 'loadbalancer',
  listeners: 'listener',
  pools: 'pool',
  members: 'member',
  healthmonitors: 'healthmonitor',
  l7policies: 'l7policy',
  l7rules: 'l7rule',
};

type Caller = Pick<Call, 'identity'>;
type Rights = Pick<NeutronApi, 'policy'>;

/** @throws not found unless the caller may read the object */
export function checkReadable(
  { policy }: Rights,
  { identity }: Caller,
  kind: ResourceKind,
  row: { id: string; project_id: string },
): void {
  if (policy.allows(identity, `${TYPES[kind]}:get_one`, row.project_id)) return;
  throw noSuch(kind, row.id);
}

/** @throws not found when the caller may not even read the object, else forbidden */
export function checkChangeable(
  api: Rights,
  call: Caller,
  kind: ResourceKind,
  row: { id: string; project_id: string },
  verb: 'put' | 'delete',
): void {
  checkReadable(api, call, kind, row);
  if (api.policy.allows(call.identity, `${TYPES[kind]}:${verb}`, row.project_id)) return;
  throw policyNotAuthorized(`${verb === 'put' ? 'update' : 'delete'}_${TYPES[kind]}`);
}

/** @throws forbidden */
export function checkCreatable(
  { policy }: Rights,
  { identity }: Caller,
  kind: ResourceKind,
  projectId: string,
): void {
  if (policy.allows(identity, `${TYPES[kind]}:post`, projectId)) return;
  throw policyNotAuthorized(`create_${TYPES[kind]}`);
}

/** @throws forbidden, in the name of Neutron's rule `action` */
export function checkAllowed(
  { policy }: Rights,
  { identity }: Caller,
  rule: RuleName,
  projectId: string | null,
  action: string,
): void {
  if (!policy.allows(identity, rule, projectId)) throw policyNotAuthorized(action);
}

/** Narrows a list to what the caller may see: everything, or the own project's. */
export function withinReach(
  { policy }: Rights,
  { identity }: Caller,
  kind: ResourceKind,
  request: ListRequest,
): ListRequest {
  const type = TYPES[kind];
  // Members and rules have no global rule of their own: whoever sees all pools sees all members.
  const global = policy.allows(identity, `${type}:get_all-global`, null);
  if (global) return request;
  const own = identity.projectId;
  const asked = request.where?.project_id;
  const named =
    asked === undefined ||
    asked === own ||
    (Array.isArray(asked) && own !== null && asked.includes(own));
  const visible =
    own !== null && named && policy.allows(identity, `${type}:get_all`, own) ? own : [];
  return { ...request, where: { ...request.where, project_id: visible } };
}
