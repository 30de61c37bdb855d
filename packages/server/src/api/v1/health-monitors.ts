// /lb/health_monitors, and their association with pools.
import {
  associated,
  type V1Monitor,
  type V1MonitorAttributes,
} from '../../service/lbaas-v1/v1-monitor-service.ts';
import { param, type Call, type Route } from '../shared/http-call.ts';
import { checkChangeable, checkCreatable, checkReadable } from '../shared/neutron/access.ts';
import {
  CHANGEABLE,
  optional,
  required,
  shown,
  type Changed,
} from '../shared/neutron/attribute-map.ts';
import {
  boolean,
  integer,
  InvalidValue,
  matching,
  nonNegative,
  oneOf,
  text,
  uuid,
} from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { unwrapBody } from '../shared/neutron/parse-body.ts';
import { badRequest } from '../shared/neutron/request-error.ts';
import { itemAnswer } from '../shared/neutron/resource-calls.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { statusDescription, statusOf } from './status.ts';
import { listViews, owner, type V1Api } from './v1-api.ts';

const EXPECTED_CODES = /^(\d{3}(\s*,\s*\d{3})*|\d{3}-\d{3})$/;

const spec = {
  singular: 'health_monitor',
  plural: 'health_monitors',
  attributes: {
    id: shown,
    type: required(oneOf(['PING', 'TCP', 'HTTP', 'HTTPS'])),
    delay: required(nonNegative, CHANGEABLE),
    timeout: required(nonNegative, CHANGEABLE),
    max_retries: required(integer(1, 10), CHANGEABLE),
    http_method: optional(text(16), 'GET', CHANGEABLE),
    url_path: optional(text(255), '/', CHANGEABLE),
    expected_codes: optional(matching(EXPECTED_CODES, 64), '200', CHANGEABLE),
    admin_state_up: optional(boolean, true, CHANGEABLE),
    pools: shown,
    status: shown,
    status_description: shown,
  },
};
const filters: FilterTypes = {
  id: 'text',
  tenant_id: 'text',
  project_id: 'text',
  type: 'text',
  delay: 'integer',
  timeout: 'integer',
  max_retries: 'integer',
  http_method: 'text',
  url_path: 'text',
  expected_codes: 'text',
  admin_state_up: 'boolean',
};

export function healthMonitorRoutes(api: V1Api): Route[] {
  const { monitors } = api.v1;
  return resourceRoutes(api, {
    ...{ path: '/lb/health_monitors', kind: 'healthmonitors', spec, filters },
    view: monitorView,
    row: ({ monitor }: V1Monitor) => monitor,
    list: (call, request) =>
      listViews(api, call, { kind: 'healthmonitors', request }, async (where) =>
        (await monitors.list(where)).map(monitorView),
      ),
    find: (call) => monitors.get(param(call, 'id')),
    create: async (call, { projectId, input }) => {
      checkCreatable(api, call, 'healthmonitors', projectId);
      return monitors.create(projectId, speaksHttp(input.type) ? input : { ...input, ...NO_HTTP });
    },
    undo: (_call, id) => monitors.delete(id),
    update: (_call, { monitor: { id, type } }, input) => monitors.update(id, fitting(type, input)),
    remove: ({ monitor }) => monitors.delete(monitor.id),
  });
}

export function associationRoutes(api: V1Api): Route[] {
  const { monitors } = api.v1;
  const poolOf = async (call: Call, verb: 'read' | 'put') => {
    const { pool } = await api.v1.pools.get(param(call, 'pool'));
    if (verb === 'read') checkReadable(api, call, 'pools', pool);
    else checkChangeable(api, call, 'pools', pool, verb);
    return pool;
  };
  return [
    {
      path: '/lb/pools/:pool/health_monitors',
      methods: {
        POST: async (call) => {
          const id = monitorIdIn(unwrapBody(call.body, 'health_monitor'));
          const pool = await poolOf(call, 'put');
          const { monitor } = await monitors.get(id);
          checkReadable(api, call, 'healthmonitors', monitor);
          await monitors.associate(pool, id);
          // What v1 answers is stripped of everything.
          return { status: 201, body: { health_monitor: {} } };
        },
      },
    },
    {
      path: '/lb/pools/:pool/health_monitors/:id',
      methods: {
        GET: async (call) => {
          const pool = await poolOf(call, 'read');
          const found = await monitors.get(param(call, 'id'));
          associated(found, pool);
          return itemAnswer('health_monitor', owner(found.monitor), call);
        },
        DELETE: async (call) => {
          const pool = await poolOf(call, 'put');
          await monitors.disassociate(pool, param(call, 'id'));
          return { status: 204 };
        },
      },
    },
  ];
}

function monitorIdIn(given: Record<string, unknown>): string {
  const unknown = Object.keys(given).filter(
    (name) => !['id', 'tenant_id', 'project_id'].includes(name),
  );
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
  if (given.id === undefined) {
    throw badRequest("Failed to parse request. Required attribute 'id' not specified");
  }
  try {
    return uuid(given.id);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw badRequest(`Invalid input for id. Reason: ${error.message}.`);
  }
}

const NO_HTTP = { http_method: null, url_path: null, expected_codes: null };

function speaksHttp(type: string): boolean {
  return type === 'HTTP' || type === 'HTTPS';
}

/** Attributes that the type does not use are taken and dropped. */
function fitting(
  type: string,
  input: Changed<typeof spec.attributes>,
): Partial<V1MonitorAttributes> {
  return speaksHttp(type) ? input : { ...input, ...NO_HTTP };
}

function monitorView({ monitor, rows }: V1Monitor): View {
  const { http_method, url_path, expected_codes } = monitor;
  return {
    id: monitor.id,
    ...owner(monitor),
    type: monitor.type,
    delay: monitor.delay,
    timeout: monitor.timeout,
    max_retries: monitor.max_retries,
    ...(speaksHttp(monitor.type) ? { http_method, url_path, expected_codes } : {}),
    admin_state_up: monitor.admin_state_up,
    pools: rows.map((row) => ({
      pool_id: row.pool_id,
      status: statusOf(row),
      status_description: statusDescription(row),
    })),
  };
}
