// JSON as the device sends it, and the few checks that turn it into something typed.

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** An object of the device, or any other JSON object that it answers. */
export type DeviceItem = JsonObject;

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `undefined` when the text is not JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

export function textField(item: JsonValue | undefined, name: string): string | undefined {
  const value = isJsonObject(item) ? item[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function numberField(item: JsonValue | undefined, name: string): number | undefined {
  const value = isJsonObject(item) ? item[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** `items` of a collection; the device leaves the key out when there are none. */
export function collectionItems(body: JsonValue | undefined): DeviceItem[] {
  const items = isJsonObject(body) ? body['items'] : undefined;
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}
