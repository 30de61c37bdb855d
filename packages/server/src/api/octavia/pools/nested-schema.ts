// A pool inside a load balancer that is created with everything below it: a definition or, by name, a reference.
import Type from 'typebox';

import { NestedHealthMonitor } from '../health-monitors/schema.ts';
import { NewMember } from '../members/schema.ts';
import { attributes, omissible, optional } from '../request/attribute-types.ts';
import { Algorithm, named, NewPersistence, Protocol, rest } from './attributes.ts';

export const NestedPool = attributes({
  ...named,
  protocol: omissible(Protocol),
  lb_algorithm: omissible(Algorithm),
  session_persistence: optional(NewPersistence),
  healthmonitor: optional(NestedHealthMonitor),
  members: optional(Type.Array(NewMember)),
  ...rest,
});
