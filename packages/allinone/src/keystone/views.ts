// Bodies as Keystone v3 sends them.
import type { CatalogEntry } from './catalog.ts';
import { DEFAULT_DOMAIN, type Named, type User } from './directory.ts';
import type { Identity } from './identity.ts';

type Body = Record<string, unknown>;

/** Keystone prints microseconds: `2026-11-21T12:03:19.000000Z`. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** @param catalog undefined for unscoped tokens and for `?nocatalog` */
export function tokenView(identity: Identity, catalog: CatalogEntry[] | undefined): Body {
  const { claims, user, project, roles } = identity;
  const scope =
    project === undefined
      ? {}
      : {
          project: { id: project.id, name: project.name, domain: DEFAULT_DOMAIN },
          is_domain: false,
          roles,
          ...(catalog === undefined ? {} : { catalog }),
        };
  return {
    token: {
      methods: claims.methods,
      user: { id: user.id, name: user.name, domain: DEFAULT_DOMAIN, password_expires_at: null },
      audit_ids: [claims.jti],
      issued_at: timestamp(claims.issued_at_ms),
      expires_at: timestamp(claims.expires_at_ms),
      ...scope,
    },
  };
}

export function projectView(project: Named, identityUrl: string): Body {
  return {
    ...project,
    domain_id: DEFAULT_DOMAIN.id,
    parent_id: DEFAULT_DOMAIN.id,
    description: '',
    enabled: true,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${identityUrl}/projects/${project.id}` },
  };
}

/** Never shows the password. */
export function userView(user: User, identityUrl: string): Body {
  return {
    id: user.id,
    name: user.name,
    domain_id: DEFAULT_DOMAIN.id,
    enabled: true,
    password_expires_at: null,
    options: {},
    links: { self: `${identityUrl}/users/${user.id}` },
  };
}

export function roleView(role: Named, identityUrl: string): Body {
  return {
    ...role,
    domain_id: null,
    description: null,
    options: {},
    links: { self: `${identityUrl}/roles/${role.id}` },
  };
}

export function domainView(identityUrl: string): Body {
  return {
    ...DEFAULT_DOMAIN,
    description: 'The default domain',
    enabled: true,
    tags: [],
    options: {},
    links: { self: `${identityUrl}/domains/${DEFAULT_DOMAIN.id}` },
  };
}

/** @param url address of the request, for `links.self` */
export function listView(key: string, items: Body[], url: string): Body {
  return { [key]: items, links: { self: url, previous: null, next: null } };
}

export function versionView(origin: string): Body {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${origin}/v3/` }],
    'media-types': [
      { base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' },
    ],
  };
}
