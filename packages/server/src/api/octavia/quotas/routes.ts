// /quotas
import { param, type Call, type Route } from '../../shared/http-call.ts';
import { authorise, listedProject, type OctaviaApi } from '../access.ts';
import { pageLinks, pickFields } from '../page.ts';
import { parseLimit } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { routingFault } from '../request/request-error.ts';
import { updateBody } from './schema.ts';
import { quotaView } from './view.ts';

export function quotaRoutes(api: OctaviaApi): Route[] {
  const { quotas } = api.service;

  return [
    {
      path: '/quotas',
      itemParameter: 'project_id',
      methods: { GET: (call) => listQuotas(api, call) },
    },
    {
      path: '/quotas/:project_id',
      methods: {
        GET: async (call) => {
          const projectId = param(call, 'project_id');
          authorise(api, call, 'quota:get_one', projectId);
          const view = pickFields(quotaView(await quotas.get(projectId)), call.query);
          return { status: 200, body: { quota: view } };
        },
        PUT: async (call) => {
          const input = parseBody(updateBody, call.body);
          const projectId = param(call, 'project_id');
          authorise(api, call, 'quota:put', projectId);
          const quota = await quotas.set(projectId, {
            ...input,
            loadbalancer: input.load_balancer ?? input.loadbalancer,
            healthmonitor: input.health_monitor ?? input.healthmonitor,
          });
          return { status: 202, body: { quota: quotaView(quota) } };
        },
        DELETE: async (call) => {
          const projectId = param(call, 'project_id');
          authorise(api, call, 'quota:delete', projectId);
          await quotas.reset(projectId);
          return { status: 202 };
        },
      },
    },
    {
      path: '/quotas/:project_id/default',
      methods: {
        GET: (call) => {
          const projectId = param(call, 'project_id');
          authorise(api, call, 'quota:get_defaults', projectId);
          const view = quotaView({ projectId, limits: quotas.defaults() });
          return { status: 200, body: { quota: pickFields(view, call.query) } };
        },
      },
    },
  ];
}

/** One row per project, so pages are cut here. */
async function listQuotas(api: OctaviaApi, call: Call) {
  const project = listedProject(api, call, 'quota');
  const limit = parseLimit(call.query.get('limit'));
  const marker = call.query.get('marker') ?? undefined;
  const all = (await api.service.quotas.list()).filter(
    ({ projectId }) => project === undefined || projectId === project,
  );
  const start = marker === undefined ? 0 : 1 + all.findIndex((q) => q.projectId === marker);
  if (marker !== undefined && start === 0) {
    throw routingFault('bad_request', `Supplied pagination marker '${marker}' is not valid.`);
  }
  const page = all.slice(start, limit === undefined ? undefined : start + limit);
  const links = pageLinks(
    page.map((quota) => quota.projectId),
    call,
    { ...(limit === undefined ? {} : { limit }), ...(marker === undefined ? {} : { marker }) },
  );
  const views = page.map((quota) => pickFields(quotaView(quota), call.query));
  return { status: 200, body: { quotas: views, quotas_links: links } };
}
