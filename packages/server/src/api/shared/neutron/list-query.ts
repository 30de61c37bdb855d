// Query parameters of Neutron's lists: filters by attribute, fields, order, pages.
// @see neutron `api/api_common.py`
import type { ListCondition, ListRequest } from '../../../service/reading/listing.ts';
import type { Call } from '../http-call.ts';
import { badRequest, neutronError } from './request-error.ts';

/** Attribute -> how its filter value is read. Also the attributes to sort by. */
export type FilterTypes = Readonly<Record<string, 'text' | 'integer' | 'boolean'>>;
export type View = Record<string, unknown>;

const TRUE_WORDS = ['true', '1'];
const FALSE_WORDS = ['false', '0'];

/** Attributes that clients name differently from the rows. */
const ROW_NAMES: Readonly<Record<string, string>> = { tenant_id: 'project_id' };

/** Filters of unknown names are ignored, as Neutron does. @throws LbaasError kind `bad_request` */
export function parseListQuery(query: URLSearchParams, filters: FilterTypes): ListRequest {
  const limit = parseLimit(query.get('limit'));
  const marker = query.get('marker');
  return {
    where: parseFilters(query, filters),
    sort: parseSort(query, filters),
    ...(limit === undefined ? {} : { limit }),
    ...(marker === null || marker === '' ? {} : { marker }),
    pageReverse: query.get('page_reverse')?.toLowerCase() === 'true',
  };
}

function parseLimit(given: string | null): number | undefined {
  if (given === null || given === '') return undefined;
  const limit = /^[+-]?\d{1,9}$/.test(given) ? Number(given) : -1;
  if (limit >= 0) return limit === 0 ? undefined : limit;
  const message = `Invalid input for operation: limit must be an integer 0 or greater and not '${given}'.`;
  throw neutronError('bad_request', 'HTTPBadRequest', message);
}

function parseFilters(query: URLSearchParams, filters: FilterTypes): Record<string, ListCondition> {
  const where: Record<string, ListCondition> = {};
  for (const name of new Set(query.keys())) {
    const type = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (type === undefined) continue;
    const values = query.getAll(name).map((value) => readFilter(type, value));
    const known = values.filter((value) => value !== undefined);
    const column = ROW_NAMES[name] ?? name;
    const [only] = known;
    const both = known.some((value) => typeof value === 'boolean') && new Set(known).size > 1;
    if (both) continue;
    where[column] =
      known.length === 1 && only !== undefined
        ? only
        : typeof only === 'boolean'
          ? only
          : known.filter((value) => typeof value !== 'boolean');
  }
  return where;
}

/** Undefined: a value that nothing has. */
function readFilter(
  type: FilterTypes[string],
  value: string,
): string | number | boolean | undefined {
  if (type === 'integer') return /^[+-]?\d{1,15}$/.test(value) ? Number(value) : undefined;
  if (type === 'text') return value;
  const word = value.toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  if (FALSE_WORDS.includes(word)) return false;
  const message = `Invalid input for operation: '${value}' cannot be converted to boolean.`;
  throw neutronError('bad_request', 'InvalidInput', message);
}

function parseSort(query: URLSearchParams, filters: FilterTypes): NonNullable<ListRequest['sort']> {
  const keys = query.getAll('sort_key').filter((key) => key !== '');
  const directions = query.getAll('sort_dir').filter((direction) => direction !== '');
  if (keys.length !== directions.length) {
    throw badRequest('The number of sort_keys and sort_dirs must be same');
  }
  return keys.map((key, index) => {
    if (!Object.hasOwn(filters, key)) {
      throw badRequest(`${key} is invalid attribute for sort_keys`);
    }
    const dir = directions[index]?.toLowerCase();
    if (dir !== 'asc' && dir !== 'desc') {
      throw badRequest('[asc, desc] are the only valid sort directions');
    }
    return { key: ROW_NAMES[key] ?? key, dir };
  });
}

/** With `fields` (repeatable) only those that were named. */
export function pickFields(view: View, query: URLSearchParams): View {
  const wanted = query.getAll('fields').filter((field) => field !== '');
  if (wanted.length === 0) return view;
  return Object.fromEntries(Object.entries(view).filter(([name]) => wanted.includes(name)));
}

/** `{"<plural>": [...]}`, with `<plural>_links` when a limit was asked for. */
export function pageBody(
  plural: string,
  views: readonly View[],
  call: Pick<Call, 'query' | 'url'>,
  request: Pick<ListRequest, 'limit' | 'marker'>,
): View {
  const links = pageLinks(
    views.map((view) => String(view.id)),
    call,
    request,
  );
  return {
    [plural]: views.map((view) => pickFields(view, call.query)),
    ...(links.length === 0 ? {} : { [`${plural}_links`]: links }),
  };
}

function pageLinks(
  ids: readonly string[],
  call: Pick<Call, 'query' | 'url'>,
  { limit, marker }: Pick<ListRequest, 'limit' | 'marker'>,
): { rel: string; href: string }[] {
  const [first, last] = [ids[0], ids.at(-1)];
  if (limit === undefined || first === undefined || last === undefined) return [];
  const link = (rel: string, id: string): { rel: string; href: string } => {
    const query = new URLSearchParams(call.query);
    query.set('marker', id);
    query.delete('page_reverse');
    if (rel === 'previous') query.set('page_reverse', 'True');
    return { rel, href: `${call.url}?${query.toString()}` };
  };
  return [
    ...(ids.length < limit ? [] : [link('next', last)]),
    ...(marker === undefined ? [] : [link('previous', first)]),
  ];
}
