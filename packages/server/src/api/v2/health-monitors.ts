// /lbaas/healthmonitors
import type { HealthMonitor } from '@f5-lbaas/model';

import { param, type Route } from '../shared/http-call.ts';
import {
  checkCreatable,
  checkReadable,
  withinReach,
  type NeutronApi,
} from '../shared/neutron/access.ts';
import {
  CHANGEABLE,
  optional,
  required,
  shown,
  unspecified,
  type Created,
} from '../shared/neutron/attribute-map.ts';
import {
  boolean,
  integer,
  matching,
  nonNegative,
  nullable,
  oneOf,
  text,
  uuid,
} from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { owner, references } from './references.ts';

const HTTP_METHODS = [
  ...(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH'] as const),
] as const;
/** @see neutron-lbaas SUPPORTED_URL_PATH, without its nested repetition */
const URL_PATH = /^(\/([a-zA-Z0-9\-._~!$&'()*+,;=:@]|%[a-fA-F0-9]{2})*)+$/;
const EXPECTED_CODES = /^(\d{3}(\s*,\s*\d{3})*|\d{3}-\d{3})$/;

/** Without its pool. */
export const plainMonitorAttributes = {
  type: required(oneOf(['PING', 'TCP', 'HTTP', 'HTTPS'])),
  delay: required(nonNegative, CHANGEABLE),
  timeout: required(nonNegative, CHANGEABLE),
  max_retries: required(integer(1, 10), CHANGEABLE),
  max_retries_down: optional(integer(1, 10), 3, CHANGEABLE),
  http_method: unspecified(oneOf(HTTP_METHODS), CHANGEABLE),
  url_path: unspecified(nullable(matching(URL_PATH, 255)), CHANGEABLE),
  expected_codes: unspecified(matching(EXPECTED_CODES, 64), CHANGEABLE),
  admin_state_up: optional(boolean, true, CHANGEABLE),
  name: optional(text(255), '', CHANGEABLE),
};
const spec = {
  singular: 'healthmonitor',
  plural: 'healthmonitors',
  attributes: { id: shown, pools: shown, pool_id: required(uuid), ...plainMonitorAttributes },
};
type NewMonitor = Created<typeof plainMonitorAttributes>;

const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  tenant_id: 'text',
  project_id: 'text',
  pool_id: 'text',
  type: 'text',
  delay: 'integer',
  timeout: 'integer',
  max_retries: 'integer',
  max_retries_down: 'integer',
  http_method: 'text',
  url_path: 'text',
  expected_codes: 'text',
  admin_state_up: 'boolean',
};

export function healthMonitorRoutes(api: NeutronApi): Route[] {
  const { healthmonitors, pools } = api.service;
  return resourceRoutes(api, {
    ...{ path: '/lbaas/healthmonitors', kind: 'healthmonitors', spec, filters },
    view: healthMonitorView,
    row: (monitor: HealthMonitor) => monitor,
    list: async (call, request) => {
      const reach = withinReach(api, call, 'healthmonitors', request);
      return (await healthmonitors.list(reach)).map(healthMonitorView);
    },
    find: (call) => healthmonitors.get(param(call, 'id')),
    create: async (call, { input: { pool_id, ...input } }) => {
      const { pool } = await pools.get(pool_id);
      checkReadable(api, call, 'pools', pool);
      checkCreatable(api, call, 'healthmonitors', pool.project_id);
      return healthmonitors.create(pool, withoutUnfit(input));
    },
    undo: (_call, id) => api.undo.healthmonitors.delete(id),
    update: (_call, { id, type }, input) =>
      healthmonitors.update(id, withoutUnfit({ ...input, type })),
    remove: ({ id }) => healthmonitors.delete(id),
  });
}

function speaksHttp(type: string): boolean {
  return type === 'HTTP' || type === 'HTTPS';
}

/** neutron-lbaas takes the HTTP attributes with every type, and uses them with two. */
export function withoutUnfit<
  Input extends { type: string } & Partial<
    Pick<NewMonitor, 'http_method' | 'url_path' | 'expected_codes'>
  >,
>(input: Input): Input {
  if (speaksHttp(input.type)) return input;
  return { ...input, http_method: undefined, url_path: undefined, expected_codes: undefined };
}

export function healthMonitorView(row: HealthMonitor): View {
  const { http_method, url_path, expected_codes } = row;
  return {
    id: row.id,
    ...owner(row),
    name: row.name,
    pools: references([row.pool_id]),
    type: row.type,
    delay: row.delay,
    timeout: row.timeout,
    max_retries: row.max_retries,
    max_retries_down: row.max_retries_down,
    ...(speaksHttp(row.type) ? { http_method, url_path, expected_codes } : {}),
    admin_state_up: row.admin_state_up,
  };
}
