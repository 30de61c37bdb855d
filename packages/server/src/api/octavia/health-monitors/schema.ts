// Health monitor attributes as requests carry them.
import { HEALTH_MONITOR_TYPES } from '@f5-lbaas/model';

import {
  attributes,
  Bool,
  integer,
  Name,
  omissible,
  oneOf,
  optional,
  Tags,
  text,
  UrlPath,
  Uuid,
} from '../request/attribute-types.ts';
import type { FilterTypes } from '../request/list-query.ts';
import { bodySpec } from '../request/parse-body.ts';

/** @see Octavia api v2 health monitor types */
const HTTP_METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'TRACE',
  'OPTIONS',
  'CONNECT',
  'PATCH',
] as const;
const HTTP_VERSIONS = [1.0, 1.1] as const;
/** A list of codes, or one range. */
const EXPECTED_CODES = '^(\\d{3}(\\s*,\\s*\\d{3})*)$|^(\\d{3}-\\d{3})$';
const DOMAIN_NAME = '^(?=.{1,253}\\.?$)(?:(?!-|[^.]+_)[A-Za-z0-9-_]{1,63}(?<!-)(?:\\.|$))+$';

const Seconds = integer(0, 2_147_483_647);
const Retries = integer(1, 10);

const http = {
  http_method: optional(oneOf(HTTP_METHODS)),
  url_path: optional(UrlPath),
  expected_codes: optional(text(64, { pattern: EXPECTED_CODES })),
  admin_state_up: optional(Bool),
};
const rest = {
  tags: optional(Tags),
  http_version: optional(oneOf(HTTP_VERSIONS)),
  domain_name: optional(text(255, { minLength: 1, pattern: DOMAIN_NAME })),
};
const created = {
  name: optional(Name),
  type: oneOf(HEALTH_MONITOR_TYPES),
  delay: Seconds,
  timeout: Seconds,
  max_retries_down: optional(Retries),
  max_retries: Retries,
  ...http,
};

/** Inside a load balancer that is created with everything below it. */
export const NestedHealthMonitor = attributes({ ...created, ...rest });

export const createBody = bodySpec(
  'health_monitor_',
  'healthmonitor',
  attributes({
    ...created,
    project_id: optional(text(36)),
    tenant_id: optional(text(36)),
    pool_id: Uuid,
    ...rest,
  }),
);

export const updateBody = bodySpec(
  'health_monitor_',
  'healthmonitor',
  attributes({
    name: optional(Name),
    delay: omissible(Seconds),
    timeout: omissible(Seconds),
    max_retries_down: optional(Retries),
    max_retries: omissible(Retries),
    ...http,
    ...rest,
  }),
);

export const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  type: 'text',
  delay: 'integer',
  timeout: 'integer',
  max_retries: 'integer',
  max_retries_down: 'integer',
  http_method: 'text',
  url_path: 'text',
  expected_codes: 'text',
  admin_state_up: 'boolean',
  project_id: 'text',
  pool_id: 'text',
  provisioning_status: 'text',
  operating_status: 'text',
  created_at: 'time',
  updated_at: 'time',
  domain_name: 'text',
};
