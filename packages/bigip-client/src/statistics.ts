// Statistics bodies: entries nested under keys that differ between versions, so they are walked, not indexed.
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** One statistics object: `clientside.bitsIn` -> 4096, `status.availabilityState` -> `available`. */
export type StatisticsFields = ReadonlyMap<string, string | number>;

function leaf(value: JsonValue): string | number | undefined {
  if (!isJsonObject(value)) return undefined;
  const { value: number, description: text } = value;
  if (typeof number === 'number') return number;
  return typeof text === 'string' ? text : undefined;
}

function nestedEntries(value: JsonValue): JsonObject | undefined {
  const nested = isJsonObject(value) ? value['nestedStats'] : undefined;
  const entries = isJsonObject(nested) ? nested['entries'] : undefined;
  return isJsonObject(entries) ? entries : undefined;
}

function collect(entries: JsonObject, into: StatisticsFields[]): void {
  const fields = new Map<string, string | number>();
  for (const [name, value] of Object.entries(entries)) {
    const nested = nestedEntries(value);
    if (nested !== undefined) collect(nested, into);
    const plain = leaf(value);
    if (plain !== undefined) fields.set(name, plain);
  }
  if (fields.size > 0) into.push(fields);
}

/** Every statistics object in the body of `.../stats`, `cm/sync-status` and the like, at any depth. */
export function statisticsOf(body: JsonObject): StatisticsFields[] {
  const found: StatisticsFields[] = [];
  const entries = body['entries'];
  if (isJsonObject(entries)) collect(entries, found);
  return found;
}
