// The five requests that every resource answers alike: list and create on the collection; show, change and remove
// on an item. A resource says what is its own: attributes, filters, view, and the calls of the service.
import type { ResourceKind } from '@f5-lbaas/model';

import type { ListRequest } from '../../../service/reading/listing.ts';
import type { Call, Route } from '../http-call.ts';
import { checkChangeable, checkReadable, type NeutronApi } from './access.ts';
import type { AttributeMap, Changed, Created } from './attribute-map.ts';
import { pageBody, parseListQuery, type FilterTypes, type View } from './list-query.ts';
import { parseUpdate, type OwnedInput, type ResourceSpec } from './parse-body.ts';
import { createAnswer, itemAnswer } from './resource-calls.ts';

/** `Found` is what the service answers for one object, with whatever its view and its changes need. */
export interface Resource<Map extends AttributeMap, Found> {
  /** Of the collection; an item is below it at `/:id`. */
  path: string;
  kind: ResourceKind;
  spec: ResourceSpec<Map>;
  filters: FilterTypes;
  view(found: Found): View;
  /** Whom permissions are checked against. */
  row(found: Found): { id: string; project_id: string };
  /** Only what the caller may see. */
  list(call: Call, request: ListRequest): Promise<View[]>;
  /** @throws LbaasError kind `not_found`, also when the caller may not read what it is in */
  find(call: Call): Promise<Found>;
  /** Checks that the caller may create. */
  create(call: Call, item: OwnedInput<Created<Map>>): Promise<Found>;
  /** Takes back one of several that were created in the same request. */
  undo(call: Call, id: string): Promise<void>;
  update(call: Call, found: Found, input: Changed<Map>): Promise<Found>;
  remove(found: Found): Promise<void>;
}

export function resourceRoutes<Map extends AttributeMap, Found>(
  api: Pick<NeutronApi, 'policy'>,
  resource: Resource<Map, Found>,
): Route[] {
  const { kind, spec } = resource;
  const changeable = async (call: Call, verb: 'put' | 'delete'): Promise<Found> => {
    const found = await resource.find(call);
    checkChangeable(api, call, kind, resource.row(found), verb);
    return found;
  };
  return [
    {
      path: resource.path,
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, resource.filters);
          const views = await resource.list(call, request);
          return { status: 200, body: pageBody(spec.plural, views, call, request) };
        },
        POST: (call) =>
          createAnswer(
            spec,
            call,
            async (item) => resource.view(await resource.create(call, item)),
            (id) => resource.undo(call, id),
          ),
      },
    },
    {
      path: `${resource.path}/:id`,
      methods: {
        GET: async (call) => {
          const found = await resource.find(call);
          checkReadable(api, call, kind, resource.row(found));
          return itemAnswer(spec.singular, resource.view(found), call);
        },
        PUT: async (call) => {
          const input = parseUpdate(spec, call.body);
          const found = await changeable(call, 'put');
          const updated = await resource.update(call, found, input);
          return { status: 200, body: { [spec.singular]: resource.view(updated) } };
        },
        DELETE: async (call) => {
          await resource.remove(await changeable(call, 'delete'));
          return { status: 204 };
        },
      },
    },
  ];
}
