// Read-only listings of domain, projects, users, roles and assignments, as far as clients look names up.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiFault } from '../http/api-fault.ts';
import { originOf } from '../http/rest-app.ts';
import { requireIdentity } from './auth-routes.ts';
import { assignmentViews } from './assignments.ts';
import type { CatalogEntry } from './catalog.ts';
import { DEFAULT_DOMAIN, type Directory, findNamed, type Named, projectsOf } from './directory.ts';
import type { Authenticate, Identity } from './identity.ts';
import { domainView, listView, projectView, roleView, userView } from './views.ts';

export interface DirectoryRoutesDeps {
  directory: Directory;
  authenticate: Authenticate;
  catalog: CatalogEntry[];
}

interface Listing {
  key: string;
  /** Keystone's policy name in the 403 message, e.g. `project`. */
  singular: string;
  items(): Named[];
  view(item: Named, identityUrl: string): Record<string, unknown>;
  /** What a tenant may see besides an administrator. */
  visible(item: Named, identity: Identity): boolean;
}

type Query = Record<string, string | undefined>;

function listingsOf(directory: Directory): Listing[] {
  const userById = new Map(directory.users.map((user) => [user.id, user]));
  return [
    {
      key: 'projects',
      singular: 'project',
      items: () => directory.projects,
      view: projectView,
      visible: (item, identity) =>
        projectsOf(directory, identity.user).some((project) => project.id === item.id),
    },
    {
      key: 'users',
      singular: 'user',
      items: () => directory.users,
      view: (item, url) => {
        const user = userById.get(item.id);
        return user === undefined ? {} : userView(user, url);
      },
      visible: (item, identity) => item.id === identity.user.id,
    },
    {
      key: 'roles',
      singular: 'role',
      items: () => directory.roles,
      view: roleView,
      visible: () => false,
    },
    {
      key: 'domains',
      singular: 'domain',
      items: () => [DEFAULT_DOMAIN],
      view: (_item, url) => domainView(url),
      visible: () => true,
    },
  ];
}

function forbidden(action: string): ApiFault {
  return new ApiFault(
    403,
    `You are not authorized to perform the requested action: identity:${action}.`,
  );
}

function identityUrl(request: FastifyRequest): string {
  return `${originOf(request)}/v3`;
}

function addListing(app: FastifyInstance, listing: Listing, authenticate: Authenticate): void {
  const { key, singular } = listing;
  app.get<{ Querystring: Query }>(`/v3/${key}`, (request) => {
    if (!requireIdentity(authenticate, request).isAdmin) throw forbidden(`list_${key}`);
    const { name, domain_id: domainId, enabled } = request.query;
    const items = listing
      .items()
      .filter((item) => name === undefined || item.name === name)
      .filter(() => domainId === undefined || domainId === DEFAULT_DOMAIN.id)
      .filter(() => enabled === undefined || !/^(false|0)$/i.test(enabled));
    const base = identityUrl(request);
    const views = items.map((item) => listing.view(item, base));
    return listView(key, views, `${originOf(request)}${request.url}`);
  });
  app.get<{ Params: { id: string } }>(`/v3/${key}/:id`, (request) => {
    const identity = requireIdentity(authenticate, request);
    const item = findNamed(listing.items(), { id: request.params.id });
    const mayLook = identity.isAdmin || (item !== undefined && listing.visible(item, identity));
    if (!mayLook) throw forbidden(`get_${singular}`);
    if (item === undefined) {
      throw new ApiFault(404, `Could not find ${singular}: ${request.params.id}.`);
    }
    return { [singular]: listing.view(item, identityUrl(request)) };
  });
}

export function addDirectoryRoutes(app: FastifyInstance, deps: DirectoryRoutesDeps): void {
  const { directory, authenticate, catalog } = deps;
  for (const listing of listingsOf(directory)) addListing(app, listing, authenticate);

  app.get<{ Params: { id: string } }>('/v3/users/:id/projects', (request) => {
    const identity = requireIdentity(authenticate, request);
    const user = findNamed(directory.users, { id: request.params.id });
    if (!identity.isAdmin && user?.id !== identity.user.id) throw forbidden('list_user_projects');
    if (user === undefined) throw new ApiFault(404, `Could not find user: ${request.params.id}.`);
    const views = projectsOf(directory, user).map((p) => projectView(p, identityUrl(request)));
    return listView('projects', views, `${originOf(request)}${request.url}`);
  });
  app.get<{ Querystring: Query }>('/v3/role_assignments', (request) => {
    const identity = requireIdentity(authenticate, request);
    const own = request.query['user.id'] === identity.user.id;
    if (!identity.isAdmin && !own) throw forbidden('list_role_assignments');
    const views = assignmentViews(directory, request.query, identityUrl(request));
    return listView('role_assignments', views, `${originOf(request)}${request.url}`);
  });
  app.get('/v3/services', (request) => {
    if (!requireIdentity(authenticate, request).isAdmin) throw forbidden('list_services');
    const services = catalog.map(({ id, type, name }) => ({ id, type, name, enabled: true }));
    return listView('services', services, `${originOf(request)}${request.url}`);
  });
  app.get('/v3/endpoints', (request) => {
    if (!requireIdentity(authenticate, request).isAdmin) throw forbidden('list_endpoints');
    const endpoints = catalog.flatMap((service) =>
      service.endpoints.map((endpoint) => ({ ...endpoint, service_id: service.id, enabled: true })),
    );
    return listView('endpoints', endpoints, `${originOf(request)}${request.url}`);
  });
}
