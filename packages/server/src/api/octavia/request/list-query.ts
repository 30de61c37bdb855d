// Query parameters of lists: filters, tags, order, page. Everything that is not a known parameter is a filter.
import { badRequest, routingFault } from './request-error.ts';
import type { ListCondition, ListRequest } from '../../../service/reading/listing.ts';

/** Attribute -> how its filter value is read. Also the attributes to sort by. */
export type FilterTypes = Readonly<Record<string, 'text' | 'integer' | 'boolean' | 'time'>>;

/** Items of a page at most. @see Octavia pagination_max_limit */
const PAGE_LIMIT_MAX = 1000;

const NOT_FILTERS = new Set([
  'limit',
  'marker',
  'page_reverse',
  'sort',
  'sort_key',
  'sort_dir',
  'fields',
  'tags',
  'tags-any',
  'not-tags',
  'not-tags-any',
  'project_id',
]);
/** Database spellings that Octavia lets through. */
const ALIASES: Readonly<Record<string, string>> = {
  enabled: 'admin_state_up',
  load_balancer_id: 'loadbalancer_id',
};
const TRUE_WORDS = ['t', 'true', 'on', 'yes', 'y', '1'];

/** @throws LbaasError kind `bad_request` */
export function parseListQuery(query: URLSearchParams, filters: FilterTypes): ListRequest {
  const limit = parseLimit(query.get('limit'));
  const marker = query.get('marker');
  const tags = tagLists(query);
  return {
    where: parseFilters(query, filters),
    sort: parseSort(query, filters),
    ...tags,
    ...(limit === undefined ? {} : { limit }),
    ...(marker === null ? {} : { marker }),
    pageReverse: query.get('page_reverse') === 'True',
  };
}

/** Undefined: no limit. */
export function parseLimit(given: string | null): number | undefined {
  if (given === null) return PAGE_LIMIT_MAX;
  if (given === 'infinite') return undefined;
  if (!/^\s*[+-]?\d+\s*$/.test(given)) {
    throw routingFault('bad_request', `Supplied pagination limit '${given}' is not valid.`);
  }
  const limit = Number(given);
  return limit < 1 ? undefined : Math.min(limit, PAGE_LIMIT_MAX);
}

function parseFilters(query: URLSearchParams, filters: FilterTypes): Record<string, ListCondition> {
  const where: Record<string, ListCondition> = {};
  for (const [name, value] of query) {
    if (NOT_FILTERS.has(name)) continue;
    const attribute = ALIASES[name] ?? name;
    const type = Object.hasOwn(filters, attribute) ? filters[attribute] : undefined;
    if (type === undefined || Object.hasOwn(where, attribute)) {
      throw badRequest('One or more arguments are either duplicate or invalid');
    }
    where[attribute] = condition(type, value);
  }
  return where;
}

function condition(type: FilterTypes[string], value: string): ListCondition {
  if (type === 'boolean') return TRUE_WORDS.includes(value.trim().toLowerCase());
  if (type === 'time') return momentsWithin(value);
  // A text that no number equals: finds nothing.
  if (type === 'integer') return /^-?\d{1,15}$/.test(value) ? Number(value) : [];
  return value;
}

const MILLISECONDS = 1000;

/** Clients see whole seconds, rows hold milliseconds: a second is the thousand moments in it. */
function momentsWithin(second: string): string[] {
  const whole = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)$/.exec(second);
  if (whole === null) return [];
  const [, day = '', time = ''] = whole;
  return Array.from(
    { length: MILLISECONDS },
    (_, ms) => `${day}T${time}.${String(ms).padStart(3, '0')}Z`,
  );
}

function tagLists(
  query: URLSearchParams,
): Pick<ListRequest, 'tags' | 'tagsAny' | 'notTags' | 'notTagsAny'> {
  const list = (name: string): string[] => query.getAll(name).flatMap((value) => value.split(','));
  return {
    tags: list('tags'),
    tagsAny: list('tags-any'),
    notTags: list('not-tags'),
    notTagsAny: list('not-tags-any'),
  };
}

type Sort = NonNullable<ListRequest['sort']>;

function parseSort(query: URLSearchParams, filters: FilterTypes): Sort {
  return sortPairs(query).map(([name, direction]) => {
    const dir = direction.toLowerCase();
    if (dir !== 'asc' && dir !== 'desc') {
      throw routingFault('bad_request', `Supplied sort direction '${dir}' is not valid.`);
    }
    const key = ALIASES[name] ?? name;
    if (!Object.hasOwn(filters, key)) {
      throw badRequest(`Supplied sort key '${name}' is not valid.`);
    }
    return { key, dir };
  });
}

function sortPairs(query: URLSearchParams): [string, string][] {
  const sort = query.get('sort');
  if (sort) {
    return sort.split(',').map((part) => {
      const [key = '', direction = 'asc', ...rest] = part.split(':');
      if (rest.length > 0) {
        throw routingFault('bad_request', `Supplied sort key '${part}' is not valid.`);
      }
      return [key, direction];
    });
  }
  const directions = query.get('sort_dir')?.split(',') ?? [];
  const keys = query.get('sort_key') || undefined;
  return (keys?.split(',') ?? []).map((key, index) => [key, directions[index] ?? 'asc']);
}
