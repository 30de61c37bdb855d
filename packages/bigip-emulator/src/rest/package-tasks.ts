// /mgmt/shared/iapp/package-management-tasks: queries for installed iApps LX packages. None are installed here.
import { randomUUID } from 'node:crypto';
import { restjavadError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { jsonBody } from './body.ts';
import { ok, type RestRequest, type RestResponse } from './request.ts';

/** Finished tasks that can still be read; older ones are forgotten. */
const TASKS_MAX = 100;
const PATH = 'shared/iapp/package-management-tasks';

export class PackageTasks {
  readonly #tasks = new Map<string, JsonObject>();

  /** @returns undefined for another path */
  handle(request: RestRequest): RestResponse | undefined {
    const path = request.segments.join('/');
    if (path === PATH && request.method === 'POST') return this.#start(jsonBody(request));
    if (!path.startsWith(`${PATH}/`) || request.method !== 'GET') return undefined;
    const id = request.segments.at(-1) ?? '';
    const task = this.#tasks.get(id);
    if (task === undefined) throw restjavadError(404, `Could not find resource ${id.slice(0, 60)}`);
    return ok(task);
  }

  #start(body: JsonObject): RestResponse {
    if (body['operation'] !== 'QUERY') {
      throw restjavadError(400, 'Only the operation QUERY is supported');
    }
    const id = randomUUID();
    const task = {
      id,
      operation: 'QUERY',
      kind: 'shared:iapp:package-management-tasks:iapppackagemanagementtaskstate',
      selfLink: `https://localhost/mgmt/${PATH}/${id}`,
    };
    this.#tasks.set(id, { ...task, status: 'FINISHED', queryResponse: [] });
    const oldest = this.#tasks.keys().next().value;
    if (this.#tasks.size > TASKS_MAX && oldest !== undefined) this.#tasks.delete(oldest);
    return { status: 202, body: { ...task, status: 'CREATED' } };
  }
}
