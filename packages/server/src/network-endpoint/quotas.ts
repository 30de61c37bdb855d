// /v2.0/quotas/{project}: limits of load balancing beside those of the network. What is ours is kept here, the
// rest is Neutron's; a project's limits are the same whichever API asks.
import { param, type Answer, type Call, type Route } from '../api/shared/http-call.ts';
import { checkAllowed, type NeutronApi } from '../api/shared/neutron/access.ts';
import {
  Inconvertible,
  integer,
  INTEGER_MAX,
  InvalidValue,
  isDictionary,
} from '../api/shared/neutron/attribute-types.ts';
import { unwrapBody } from '../api/shared/neutron/parse-body.ts';
import { badRequest } from '../api/shared/neutron/request-error.ts';
import type { QuotaLimits } from '../service/settings.ts';
import { refusalIn, type NeutronDocuments } from './neutron-documents.ts';

/** Neutron's names; v1 has other ones for two of the limits. */
const NAMES: Readonly<Record<string, keyof QuotaLimits>> = {
  loadbalancer: 'loadbalancer',
  listener: 'listener',
  pool: 'pool',
  member: 'member',
  healthmonitor: 'healthmonitor',
  l7policy: 'l7policy',
  rule: 'l7rule',
  vip: 'listener',
  health_monitor: 'healthmonitor',
};
const readLimit = integer(-1, INTEGER_MAX);

/** `/quotas/tenant` asks who is asking. */
const SELF = ['tenant', 'project'];

export function quotaRoutes(api: NeutronApi, neutron: NeutronDocuments): Route[] {
  const { quotas } = api.service;
  const merged = async (call: Call, path: string, limits: QuotaLimits): Promise<Answer> => {
    const answer = await neutron.request(call, 'GET', path);
    const refusal = refusalIn(answer);
    if (refusal !== undefined) return refusal;
    const theirs = isDictionary(answer?.body) ? answer.body.quota : undefined;
    return {
      status: 200,
      body: { quota: { ...(isDictionary(theirs) ? theirs : {}), ...shownAs(limits) } },
    };
  };
  return [
    {
      path: '/quotas/:project',
      methods: {
        GET: async (call) => {
          const project = param(call, 'project');
          if (SELF.includes(project)) {
            const id = call.identity.projectId;
            return { status: 200, body: { [project]: { tenant_id: id, project_id: id } } };
          }
          checkAllowed(api, call, 'quota:get_one', project, 'get_quota');
          const { limits } = await quotas.get(project);
          return merged(call, pathOf(project), limits);
        },
        PUT: async (call) => {
          const project = param(call, 'project');
          const given = unwrapBody(call.body, 'quota');
          checkAllowed(api, call, 'quota:put', project, 'update_quota');
          const changes = ownChanges(given);
          const theirs = Object.fromEntries(
            Object.entries(given).filter(([name]) => !Object.hasOwn(NAMES, name)),
          );
          const answer = await passOn(neutron, call, project, theirs);
          const refusal = refusalIn(answer);
          if (refusal !== undefined) return refusal;
          const { limits } = await quotas.set(project, changes);
          return merged(call, pathOf(project), limits);
        },
        DELETE: async (call) => {
          const project = param(call, 'project');
          checkAllowed(api, call, 'quota:delete', project, 'delete_quota');
          const answer = await neutron.request(call, 'DELETE', pathOf(project));
          const refusal = refusalIn(answer);
          if (refusal !== undefined) return refusal;
          await quotas.clear(project);
          return { status: 204 };
        },
      },
    },
    {
      path: '/quotas/:project/default',
      methods: {
        GET: (call) => {
          const project = param(call, 'project');
          checkAllowed(api, call, 'quota:get_defaults', project, 'get_quota');
          return merged(call, `${pathOf(project)}/default`, quotas.defaults());
        },
      },
    },
  ];
}

function pathOf(project: string): string {
  return `/v2.0/quotas/${encodeURIComponent(project)}`;
}

/** Limits that are not ours, when there are any. @throws when nobody is there to know them */
async function passOn(
  neutron: NeutronDocuments,
  call: Call,
  project: string,
  theirs: Record<string, unknown>,
): Promise<Answer | undefined> {
  const names = Object.keys(theirs);
  if (names.length === 0) return undefined;
  const answer = await neutron.request(call, 'PUT', pathOf(project), { quota: theirs });
  if (answer === undefined) throw badRequest(`Unrecognized attribute(s) '${names.join(', ')}'`);
  return answer;
}

function ownChanges(given: Record<string, unknown>): Partial<QuotaLimits> {
  const changes: Partial<QuotaLimits> = {};
  for (const [name, value] of Object.entries(given)) {
    const key = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (key === undefined) continue;
    const limit = limitOf(name, value);
    // v1's name and v2's: which one is meant nobody could tell.
    if ((changes[key] ?? limit) !== limit) {
      const reason = `it is the same limit as '${otherNameOf(name)}', which differs`;
      throw badRequest(`Invalid input for ${name}. Reason: ${reason}.`);
    }
    changes[key] = limit;
  }
  return changes;
}

function limitOf(name: string, value: unknown): number {
  try {
    return readLimit(value);
  } catch (error) {
    if (!(error instanceof InvalidValue || error instanceof Inconvertible)) throw error;
    throw badRequest(`Invalid input for ${name}. Reason: ${error.message}.`);
  }
}

function otherNameOf(name: string): string {
  const [other = name] = Object.keys(NAMES).filter(
    (one) => one !== name && NAMES[one] === NAMES[name],
  );
  return other;
}

function shownAs(limits: QuotaLimits): Record<string, number> {
  return Object.fromEntries(Object.entries(NAMES).map(([name, key]) => [name, limits[key]]));
}
