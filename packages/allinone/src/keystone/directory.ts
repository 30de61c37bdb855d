// Who exists in the lab: domain, projects, roles, users with passwords and role assignments.
// Made once per data directory with random ids and passwords, then kept there.
import { randomBytes } from 'node:crypto';

export interface Named {
  id: string;
  name: string;
}

export interface User extends Named {
  password: string;
  /** Project name -> role names. */
  roles: Record<string, string[]>;
}

export interface Directory {
  projects: Named[];
  roles: Named[];
  users: User[];
  /** Signs tokens; hex. */
  signing_key: string;
  /** Of the administrator of the emulated devices. */
  device_password: string;
}

export const DEFAULT_DOMAIN: Named = { id: 'default', name: 'Default' };

/** The account that the load-balancer server itself uses. */
export const SERVICE_USER = { name: 'lbaas', project: 'service' } as const;

const ROLES = [
  'admin',
  'member',
  'reader',
  'service',
  'load-balancer_admin',
  'load-balancer_member',
  'load-balancer_observer',
  'load-balancer_global_observer',
  'load-balancer_quota_admin',
];
const PROJECTS = ['admin', 'service', 'lab', 'lab-other'];
const TENANT_ROLES = ['load-balancer_member', 'member', 'reader'];
const USERS: { name: string; roles: Record<string, string[]> }[] = [
  {
    name: 'admin',
    roles: {
      admin: ['admin', 'load-balancer_admin', 'member', 'reader'],
      lab: ['admin', 'load-balancer_admin'],
    },
  },
  { name: SERVICE_USER.name, roles: { [SERVICE_USER.project]: ['admin', 'service'] } },
  { name: 'lab', roles: { lab: TENANT_ROLES } },
  { name: 'lab-other', roles: { 'lab-other': TENANT_ROLES } },
  { name: 'lab-reader', roles: { lab: ['load-balancer_observer', 'reader'] } },
];

/** 32 hexadecimal digits, as Keystone's own ids. */
function newId(): string {
  return randomBytes(16).toString('hex');
}

function newPassword(): string {
  return randomBytes(12).toString('base64url');
}

export function createDirectory(): Directory {
  const named = (name: string): Named => ({ id: newId(), name });
  return {
    projects: PROJECTS.map(named),
    roles: ROLES.map(named),
    users: USERS.map((user) => ({
      ...named(user.name),
      password: newPassword(),
      roles: user.roles,
    })),
    signing_key: randomBytes(32).toString('hex'),
    device_password: newPassword(),
  };
}

/** By id or by name, as Keystone's lookups allow. */
export function findNamed<T extends Named>(
  items: readonly T[],
  ref: Partial<Named>,
): T | undefined {
  if (ref.id !== undefined) return items.find((item) => item.id === ref.id);
  return ref.name === undefined ? undefined : items.find((item) => item.name === ref.name);
}

/** Roles of a user on a project; empty when there is no assignment. */
export function rolesOn(directory: Directory, user: User, project: Named): Named[] {
  const names = user.roles[project.name] ?? [];
  return directory.roles.filter((role) => names.includes(role.name));
}

export function projectsOf(directory: Directory, user: User): Named[] {
  return directory.projects.filter((project) => rolesOn(directory, user, project).length > 0);
}
