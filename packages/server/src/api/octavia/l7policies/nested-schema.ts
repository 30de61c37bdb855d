// An L7 policy inside a load balancer that is created with everything below it.
import Type from 'typebox';

import { NewL7Rule } from '../l7rules/schema.ts';
import { NestedPool } from '../pools/nested-schema.ts';
import { attributes, optional } from '../request/attribute-types.ts';
import { Action, named, redirect, rest } from './attributes.ts';

export const NestedL7Policy = attributes({
  ...named,
  action: Action,
  redirect_pool: optional(NestedPool),
  ...redirect,
  ...rest,
  rules: optional(Type.Array(NewL7Rule)),
});
