// Quota attributes as requests carry them; two limits have two spellings.
import { attributes, integer, optional } from '../request/attribute-types.ts';
import { bodySpec } from '../request/parse-body.ts';

/** -1 = unlimited; null = back to the default. */
const Limit = optional(integer(-1, 2_000_000_000));

export const updateBody = bodySpec(
  'quotas',
  'quota',
  attributes({
    loadbalancer: Limit,
    load_balancer: Limit,
    listener: Limit,
    member: Limit,
    pool: Limit,
    healthmonitor: Limit,
    health_monitor: Limit,
    l7policy: Limit,
    l7rule: Limit,
  }),
);
