// Long id lists in pieces, so that statements and query strings stay within everybody's limits.
import type { ResourceKind, ResourceKinds } from '@f5-lbaas/model';
import type { Repositories } from '@f5-lbaas/storage';

const LISTED_AT_ONCE = 500;

export function chunksOf<Item>(items: readonly Item[], size = LISTED_AT_ONCE): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}

/** Rows of a kind whose `column` is one of the values; order is not defined. */
export async function listByValues<K extends ResourceKind>(
  repositories: Pick<Repositories, 'resource'>,
  kind: K,
  column: keyof ResourceKinds[K] & string,
  values: readonly string[],
): Promise<ResourceKinds[K][]> {
  const rows: ResourceKinds[K][] = [];
  for (const chunk of chunksOf([...new Set(values)])) {
    rows.push(...(await repositories.resource(kind).list({ where: { [column]: chunk } })));
  }
  return rows;
}
