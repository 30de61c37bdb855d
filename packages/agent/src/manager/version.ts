// Which of two service definitions of one load balancer is newer.
import type { ServiceDefinition } from '@f5-lbaas/model';

/** A service definition with the moment at which the agent learnt of it (a counter, not a time). */
export interface Versioned {
  service: ServiceDefinition;
  /** Taken before the definition was asked for, or when its message arrived. */
  stamp: number;
}

/**
 * Positive when `a` is newer. Revisions decide where both carry one; otherwise (F5's Python driver) the order
 * of arrival.
 */
export function compareVersions(a: Versioned, b: Versioned): number {
  const [left, right] = [a.service.revision, b.service.revision];
  if (left !== undefined && right !== undefined) return left - right;
  return a.stamp - b.stamp;
}
