// What handlers of all resources do alike: create one or several, and word an answer.
import type { Answer, Call } from '../http-call.ts';
import type { AttributeMap, Created } from './attribute-map.ts';
import { pickFields, type View } from './list-query.ts';
import { parseCreate, type OwnedInput, type ResourceSpec } from './parse-body.ts';

/** `{"<singular>": {...}}` with the fields that were asked for. */
export function itemAnswer(singular: string, view: View, call: Pick<Call, 'query'>): Answer {
  return { status: 200, body: { [singular]: pickFields(view, call.query) } };
}

/**
 * Creates what the body holds. Of several, those before one that is refused are removed again.
 * @param undo removes an object that was just made
 */
export async function createAnswer<Map extends AttributeMap>(
  spec: ResourceSpec<Map>,
  call: Call,
  create: (item: OwnedInput<Created<Map>>) => Promise<View>,
  undo: (id: string) => Promise<void>,
): Promise<Answer> {
  const { isBulk, items } = parseCreate(spec, call.body, call.identity);
  const made: View[] = [];
  try {
    for (const item of items) made.push(await create(item));
  } catch (error) {
    for (const view of made.reverse()) await undo(String(view.id));
    throw error;
  }
  const body = isBulk ? { [spec.plural]: made } : { [spec.singular]: made[0] };
  return { status: 201, body };
}
