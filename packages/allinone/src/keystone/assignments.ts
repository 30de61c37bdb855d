// `GET /v3/role_assignments`: who holds which role where.
import { DEFAULT_DOMAIN, type Directory, type Named, projectsOf, rolesOn } from './directory.ts';

/** Query parameters that select assignments; all optional, all must match. */
export type AssignmentFilter = Record<string, string | undefined>;

function withDomain(item: Named): Record<string, unknown> {
  return { ...item, domain: DEFAULT_DOMAIN };
}

export function assignmentViews(
  directory: Directory,
  filter: AssignmentFilter,
  identityUrl: string,
): Record<string, unknown>[] {
  const wanted = (key: string, id: string): boolean =>
    filter[key] === undefined || filter[key] === id;
  const named = filter['include_names'] !== undefined && filter['include_names'] !== 'False';
  const grants = directory.users.flatMap((user) =>
    projectsOf(directory, user).flatMap((project) =>
      rolesOn(directory, user, project).map((role) => ({ user, project, role })),
    ),
  );
  return grants
    .filter(({ user }) => wanted('user.id', user.id))
    .filter(({ project }) => wanted('scope.project.id', project.id))
    .filter(({ role }) => wanted('role.id', role.id))
    .map(({ user, project, role }) => ({
      user: named ? withDomain({ id: user.id, name: user.name }) : { id: user.id },
      role: named ? role : { id: role.id },
      scope: { project: named ? withDomain(project) : { id: project.id } },
      links: {
        assignment: `${identityUrl}/projects/${project.id}/users/${user.id}/roles/${role.id}`,
      },
    }));
}
