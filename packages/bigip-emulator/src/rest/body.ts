// Reads a JSON body and refuses what a device refuses before it looks at the content (iControl REST 1.2).
import { API_ERROR_PARSE, API_ERROR_VALIDATION, DeviceError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { RestRequest } from './request.ts';

const DEPTH_MAX = 40;
const MARKUP = /<\s*(script|iframe|img|svg|object|embed|html|body|a\s+href)\b/i;
/** iRules and templates may hold markup; everything else may not. */
const MAY_HOLD_MARKUP = new Set([
  'apiAnonymous',
  'implementation',
  'presentation',
  'htmlHelp',
  'recv',
  'send',
  'value',
  'content',
  'data',
]);

function invalidJson(): DeviceError {
  return new DeviceError(400, 'Found invalid JSON body in the request.', {
    apiError: API_ERROR_PARSE,
    headers: { Connection: 'close' },
  });
}

function markupError(): DeviceError {
  return new DeviceError(400, 'HTML Tag-like Content in the Request URL/Body', {
    apiError: API_ERROR_VALIDATION,
  });
}

function check(value: Json, depth: number): void {
  if (depth > DEPTH_MAX) throw invalidJson();
  if (typeof value === 'string') {
    if (MARKUP.test(value)) throw markupError();
  } else if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (!MAY_HOLD_MARKUP.has(key)) check(item, depth + 1);
    }
  }
}

/** @throws DeviceError for a body that is no JSON object */
export function jsonBody(request: RestRequest): JsonObject {
  if (request.body.length === 0) return {};
  const type = String(request.headers['content-type'] ?? '');
  if (!type.toLowerCase().startsWith('application/json')) {
    throw new DeviceError(415, `Unsupported Content-Type: ${type.slice(0, 100)}`, {
      apiError: API_ERROR_PARSE,
    });
  }
  const parsed = parse(request.body);
  check(parsed, 0);
  return parsed;
}

function parse(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalidJson();
  }
  if (!isJsonObject(value)) throw invalidJson();
  return value;
}
