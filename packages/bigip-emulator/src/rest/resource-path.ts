// From the segments of a URI to a collection or an object of the configuration (iControl REST 2.1).
import { pathOfSegment } from '../engine/identity.ts';
import { notFound, type DeviceError } from '../errors.ts';
import type { Schema } from '../schema/schema.ts';
import type { ObjectType } from '../schema/types.ts';
import { splitPort } from '../schema/address.ts';

export interface ResourcePath {
  type: ObjectType;
  /** Full paths of the parents, and of the object itself unless this is a collection. */
  keys: string[];
  isCollection: boolean;
  /** `/stats` at the end. */
  isStats: boolean;
}

const DEPTH_MAX = 6;

function topType(
  schema: Schema,
  segments: readonly string[],
): { type: ObjectType; used: number } | undefined {
  for (let used = 1; used <= Math.min(DEPTH_MAX, segments.length); used += 1) {
    const type = schema.find(segments.slice(0, used).join('/'));
    if (type !== undefined) return { type, used };
  }
  return undefined;
}

/** @param segments decoded, after `/mgmt/tm`; undefined when they lead to no type */
export function parseResourcePath(
  schema: Schema,
  segments: readonly string[],
): ResourcePath | undefined {
  const top = topType(schema, segments);
  if (top === undefined) return undefined;
  let { type } = top;
  const rest = segments.slice(top.used);
  const isStats = rest.at(-1) === 'stats' && rest.length > 0;
  if (isStats) rest.pop();
  if (type.naming === 'singleton') {
    return rest.length === 0 ? { type, keys: [''], isCollection: false, isStats } : undefined;
  }
  const keys: string[] = [];
  for (let index = 0; index < rest.length; index += 1) {
    const segment = rest[index] ?? '';
    if (index % 2 === 0) {
      keys.push(pathOfSegment(type, segment));
      continue;
    }
    const sub = type.subcollections.find(({ property }) => property === segment);
    if (sub === undefined) return undefined;
    type = sub;
  }
  return { type, keys, isCollection: rest.length % 2 === 0, isStats };
}

/** Parts of a compound id as messages list them: `/T1/p1 /T1/10.1.1.1 80`. */
function messageId(type: ObjectType, keys: readonly string[]): string {
  if (type.path !== 'ltm/pool/members') return keys.join(' ');
  const own = keys.at(-1) ?? '';
  const slash = own.lastIndexOf('/') + 1;
  const split = splitPort(own.slice(slash));
  const node = split === undefined ? own : `${own.slice(0, slash)}${split.host} ${split.port}`;
  return [...keys.slice(0, -1), node].join(' ');
}

export function missingResource({ type, keys }: Pick<ResourcePath, 'type' | 'keys'>): DeviceError {
  return notFound(type.className, messageId(type, keys));
}
