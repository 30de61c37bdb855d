// Permission checks of handlers: the rule by name, on the project that owns the object.
import { LbaasError } from '@f5-lbaas/model';

import type { Policy, RuleName } from '../../policy/policy.ts';
import type { LbaasService } from '../../service/lbaas-service.ts';
import type { ListRequest } from '../../service/reading/listing.ts';
import type { Call } from '../shared/http-call.ts';
import { forbidden, routingFault } from './request/request-error.ts';

/** What handlers work with. */
export interface OctaviaApi {
  service: LbaasService;
  policy: Policy;
}

/** @throws LbaasError kind `forbidden` */
export function authorise(
  api: Pick<OctaviaApi, 'policy'>,
  call: Pick<Call, 'identity'>,
  rule: RuleName,
  projectId: string | null,
): void {
  if (!api.policy.allows(call.identity, rule, projectId)) throw forbidden();
}

type ListedType = 'loadbalancer' | 'listener' | 'pool' | 'healthmonitor' | 'l7policy' | 'quota';

/**
 * Project whose objects a list shows; undefined = every project's, for those who may read globally.
 * @throws LbaasError kind `forbidden` for another project than one's own
 */
export function listedProject(api: OctaviaApi, call: Call, type: ListedType): string | undefined {
  const asked = call.query.get('project_id') ?? undefined;
  if (api.policy.allows(call.identity, `${type}:get_all-global`, asked ?? null)) return asked;
  const project = asked ?? call.identity.projectId;
  authorise(api, call, `${type}:get_all`, project);
  return project ?? undefined;
}

export function inProject(request: ListRequest, projectId: string | undefined): ListRequest {
  if (projectId === undefined) return request;
  return { ...request, where: { ...request.where, project_id: projectId } };
}

/** The object that a nested path is below; when it is unknown Octavia answers in the router's form. */
export async function parentOf<T>(lookUp: Promise<T>): Promise<T> {
  try {
    return await lookUp;
  } catch (error) {
    if (error instanceof LbaasError && error.kind === 'not_found') {
      throw routingFault('not_found', error.userMessage);
    }
    throw error;
  }
}
