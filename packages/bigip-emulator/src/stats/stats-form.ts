// The shape of statistics: entries keyed by links, leaves with `value` or `description` (iControl REST 7.1).
import type { JsonObject } from '../json.ts';

/** Numbers become `{value}`, texts `{description}`. */
export function leaves(values: Readonly<Record<string, number | string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? { value } : { description: value },
    ]),
  );
}

export function nestedStats(kind: string, selfLink: string, entries: JsonObject): JsonObject {
  return { nestedStats: { kind, selfLink, entries } };
}

/** Status bodies such as `cm/sync-status` and `sys/version`: one entry `/0` that clients index. */
export function statusBody(path: string, version: string, entries: JsonObject): JsonObject {
  const leaf = path.split('/').at(-1) ?? '';
  return {
    kind: `tm:${path.replaceAll('/', ':')}:${leaf}stats`,
    selfLink: `https://localhost/mgmt/tm/${path}?ver=${version}`,
    entries: { [`https://localhost/mgmt/tm/${path}/0`]: { nestedStats: { entries } } },
  };
}
