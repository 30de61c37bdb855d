// How deep a body may be nested.

/** A fully populated load balancer has 10 levels. What is far deeper only exhausts the stack of whoever quotes it. */
const DEPTH_MAX = 64;

export function isTooDeep(value: unknown, levels = DEPTH_MAX): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}
