// A page of a list as a body: the items with the wanted fields, and links to the neighbouring pages.
import type { Call } from '../shared/http-call.ts';
import type { ListRequest } from '../../service/reading/listing.ts';

export type View = Record<string, unknown>;

/** With `fields` (repeatable) only those that were named. */
export function pickFields(view: View, query: URLSearchParams): View {
  const wanted = query.getAll('fields');
  if (wanted.length === 0) return view;
  return Object.fromEntries(Object.entries(view).filter(([name]) => wanted.includes(name)));
}

/** `{"<plural>": [...], "<plural>_links": [...]}` */
export function pageBody(
  plural: string,
  views: readonly View[],
  call: Pick<Call, 'query' | 'url'>,
  request: Pick<ListRequest, 'limit' | 'marker'>,
): View {
  const ids = views.map((view) => String(view.id));
  return {
    [plural]: views.map((view) => pickFields(view, call.query)),
    [`${plural}_links`]: pageLinks(ids, call, request),
  };
}

/** Filters, fields and directions are not carried over: that is how Octavia's links are. */
export function pageLinks(
  ids: readonly string[],
  call: Pick<Call, 'query' | 'url'>,
  request: Pick<ListRequest, 'limit' | 'marker'>,
): { href: string; rel: string }[] {
  const [first, last] = [ids[0], ids.at(-1)];
  const { limit } = request;
  if (first === undefined || last === undefined || limit === undefined) return [];
  const carried = ['sort', 'sort_key'].flatMap((name) => {
    const value = call.query.get(name);
    return value ? [`${name}=${value}`] : [];
  });
  const href = (...extra: string[]): string =>
    `${call.url}?${[`limit=${limit}`, ...carried, ...extra].join('&')}`;
  const links: { href: string; rel: string }[] = [];
  if (request.marker !== undefined) {
    links.push({ href: href(`marker=${first}`, 'page_reverse=True'), rel: 'previous' });
  }
  // A full page may be the last one; then the next is empty.
  if (ids.length >= limit) links.push({ href: href(`marker=${last}`), rel: 'next' });
  return links;
}
