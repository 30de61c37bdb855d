// Where objects live: iControl REST spells the full path `/A/B` as `~A~B` and escapes the rest.

/** `('/ltm/pool', '/T1/p1')` -> `/ltm/pool/~T1~p1`; `%` of a route domain becomes `%25`. */
export function itemPath(collection: string, fullPath: string): string {
  const id = encodeURIComponent(fullPath.replaceAll('/', '~')).replaceAll('%3A', ':');
  return `${collection}/${id}`;
}

/** `('/ltm/pool', '/T1/p1', 'members')` -> `/ltm/pool/~T1~p1/members` */
export function subcollectionPath(collection: string, fullPath: string, name: string): string {
  return `${itemPath(collection, fullPath)}/${name}`;
}

export interface ListOptions {
  /** Only objects of this partition and its folders. The only filter that the device knows. */
  partition?: string | undefined;
  /** Subcollections inline, e.g. `membersReference.items`. */
  expand?: boolean | undefined;
  select?: readonly string[] | undefined;
}

/** Query string of a collection read, `?` included; empty without options. */
export function listQuery(options: ListOptions): string {
  const terms = [
    ...(options.partition === undefined
      ? []
      : [`$filter=partition%20eq%20${encodeURIComponent(options.partition)}`]),
    ...(options.expand === true ? ['expandSubcollections=true'] : []),
    ...(options.select === undefined ? [] : [`$select=${options.select.join(',')}`]),
  ];
  return terms.length === 0 ? '' : `?${terms.join('&')}`;
}

/** Paths are below `/mgmt/tm` unless they start with `/mgmt/`. */
export function absolutePath(path: string): string {
  return path.startsWith('/mgmt/') ? path : `/mgmt/tm${path}`;
}
