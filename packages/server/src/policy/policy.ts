// Who may do what: the rules `os_load-balancer_api:<type>:<action>` over roles and project ownership.
import type { Identity } from './identity.ts';

/**
 * default: Keystone's roles (reader, member, admin) or the load-balancer_* roles.
 * advanced: load-balancer_* roles only (and admin). keystone: Keystone's roles only.
 * admin-or-owner: whoever holds a role on the project, and admin.
 */
export const POLICY_MODES = ['default', 'advanced', 'keystone', 'admin-or-owner'] as const;
export type PolicyMode = (typeof POLICY_MODES)[number];

type Rule =
  | 'read'
  | 'read-global'
  | 'write'
  | 'read-quota'
  | 'read-quota-global'
  | 'write-quota'
  | 'admin'
  | 'read-or-service';

type Base =
  | 'admin'
  | 'global_observer'
  | 'member_and_owner'
  | 'observer_and_owner'
  | 'quota_admin'
  | 'service';

const COMPOSITION: Record<Rule, readonly Base[]> = {
  read: ['observer_and_owner', 'global_observer', 'member_and_owner', 'admin'],
  'read-or-service': [
    'observer_and_owner',
    'global_observer',
    'member_and_owner',
    'admin',
    'service',
  ],
  'read-global': ['global_observer', 'admin'],
  write: ['member_and_owner', 'admin'],
  'read-quota': [
    'observer_and_owner',
    'global_observer',
    'member_and_owner',
    'admin',
    'quota_admin',
  ],
  'read-quota-global': ['global_observer', 'quota_admin', 'admin'],
  'write-quota': ['quota_admin', 'admin'],
  admin: ['admin'],
};

const OWNED: readonly Base[] = ['member_and_owner', 'observer_and_owner'];

const KEYSTONE_ROLES: Record<Base, readonly string[]> = {
  admin: ['admin'],
  global_observer: ['admin'],
  member_and_owner: ['member'],
  observer_and_owner: ['reader'],
  quota_admin: ['admin'],
  service: ['service'],
};

const LOAD_BALANCER_ROLES: Record<Base, readonly string[]> = {
  admin: ['admin', 'load-balancer_admin'],
  global_observer: ['load-balancer_global_observer'],
  member_and_owner: ['load-balancer_member'],
  observer_and_owner: ['load-balancer_observer'],
  quota_admin: ['load-balancer_quota_admin'],
  service: ['service'],
};

/** Types whose objects belong to a project and whose reading and writing follow the same pattern. */
type TreeType =
  'loadbalancer' | 'listener' | 'pool' | 'member' | 'healthmonitor' | 'l7policy' | 'l7rule';
type TreeAction = 'get_all' | 'get_all-global' | 'get_one' | 'post' | 'put' | 'delete';

/** Name of a rule without the prefix `os_load-balancer_api:`. */
export type RuleName =
  | `${TreeType}:${TreeAction}`
  | 'loadbalancer:get_stats'
  | 'loadbalancer:get_status'
  | 'loadbalancer:put_failover'
  | 'loadbalancer:post:vip_sg_ids'
  | 'loadbalancer:put:vip_sg_ids'
  | 'listener:get_stats'
  | 'quota:get_all'
  | 'quota:get_all-global'
  | 'quota:get_one'
  | 'quota:get_defaults'
  | 'quota:put'
  | 'quota:delete'
  | 'provider:get_all'
  | 'provider-flavor:get_all'
  | 'provider-availability-zone:get_all'
  | 'agent:get_one'
  | 'operator:read';

const TREE_ACTIONS: Record<string, Rule> = {
  get_all: 'read',
  'get_all-global': 'read-global',
  get_one: 'read',
  get_stats: 'read',
  get_status: 'read',
  post: 'write',
  put: 'write',
  delete: 'write',
  'post:vip_sg_ids': 'write',
  'put:vip_sg_ids': 'write',
  put_failover: 'admin',
};

const OTHERS: Partial<Record<RuleName, Rule>> = {
  'member:get_all': 'read-or-service',
  'quota:get_all': 'read-quota',
  'quota:get_all-global': 'read-quota-global',
  'quota:get_one': 'read-quota',
  'quota:get_defaults': 'read-quota',
  'quota:put': 'write-quota',
  'quota:delete': 'write-quota',
  'provider:get_all': 'read',
  'provider-flavor:get_all': 'admin',
  'provider-availability-zone:get_all': 'admin',
  'operator:read': 'admin',
};

function ruleFor(name: RuleName): Rule {
  const separator = name.indexOf(':');
  return OTHERS[name] ?? TREE_ACTIONS[name.slice(separator + 1)] ?? 'admin';
}

export class Policy {
  readonly #mode: PolicyMode;

  constructor(mode: PolicyMode) {
    this.#mode = mode;
  }

  /** @param projectId project that owns the object in question */
  allows(identity: Identity, name: RuleName, projectId: string | null): boolean {
    return COMPOSITION[ruleFor(name)].some((base) => this.#holds(identity, base, projectId));
  }

  #holds(identity: Identity, base: Base, projectId: string | null): boolean {
    const owns = identity.projectId !== null && identity.projectId === projectId;
    if (OWNED.includes(base) && !owns) return false;
    if (this.#mode === 'admin-or-owner') {
      return OWNED.includes(base) || identity.roles.includes('admin');
    }
    const keystone = this.#mode !== 'advanced' && hasAny(identity, KEYSTONE_ROLES[base]);
    return keystone || (this.#mode !== 'keystone' && hasAny(identity, LOAD_BALANCER_ROLES[base]));
  }
}

function hasAny(identity: Identity, roles: readonly string[]): boolean {
  return roles.some((role) => identity.roles.includes(role));
}
