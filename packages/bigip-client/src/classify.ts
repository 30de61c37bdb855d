// What an answer means. Three layers of the device answer in three shapes (HTML; JSON; JSON with `apiError`),
// and only the last one is a statement about the configuration.
// @see F5 iControl REST user guide; messages as recorded from TMOS 11.6 to 17.1
import type { DeviceErrorKind } from './errors.ts';
import { isJsonObject, parseJson, textField, type JsonValue } from './json.ts';

type AnswerKind =
  | 'ok'
  /** Says so on its own account: may be repeated at once as it had no effect. */
  | 'not_ready'
  /** The device lost the request half-way: the effect is unknown. */
  | 'interrupted'
  | Extract<
      DeviceErrorKind,
      'absent' | 'exists' | 'in_use' | 'refused' | 'forbidden' | 'unauthenticated'
    >;

export interface Answer {
  kind: AnswerKind;
  status: number;
  /** Parsed body; undefined when empty or not JSON. */
  json: JsonValue | undefined;
  message: string;
  mcpCode: string | undefined;
}

const ASYNC_TASK = 32964609;
const MCPD_LOST = 32768001;
const MESSAGE_CHARS_MAX = 500;

const IN_USE_CODES = new Set([
  '01070265',
  '01070110',
  '01070083',
  '01070320',
  '01070344',
  '0107082a',
]);
const IN_USE_TEXT = /\bin use\b|\bis (still )?referenced\b/;
const BUSY_TEXT =
  /not registered|can't get object count from mcpd|configuration has not yet loaded|no user authentication header/i;
const MCP_CODE = /^(?:transaction failed:)?\s*([0-9a-f]{8}):\d+:/i;

function isInUse(message: string, mcpCode: string | undefined): boolean {
  return (mcpCode !== undefined && IN_USE_CODES.has(mcpCode)) || IN_USE_TEXT.test(message);
}

function kindOfError(status: number, message: string, mcpCode: string | undefined): AnswerKind {
  if (status === 409 || mcpCode === '01020066') return 'exists';
  if (status === 404 || mcpCode === '01020036') return 'absent';
  if (status === 403 || mcpCode === '01070822') return 'forbidden';
  if (status === 401) return 'unauthenticated';
  if (isInUse(message, mcpCode)) return 'in_use';
  return status >= 500 ? 'interrupted' : 'refused';
}

function kindOfJson(
  status: number,
  json: JsonValue,
  message: string,
  mcpCode?: string,
): AnswerKind {
  const apiError = isJsonObject(json) ? json['apiError'] : undefined;
  if (apiError === MCPD_LOST || message.includes('AsyncContext timeout')) return 'interrupted';
  if (status === 503 || apiError === ASYNC_TASK || BUSY_TEXT.test(message)) return 'not_ready';
  // TMOS 11 leaves `apiError` out of some errors; the code in the message vouches for those.
  const aboutConfiguration = apiError !== undefined || mcpCode !== undefined;
  if (status === 404 && !aboutConfiguration) return 'not_ready';
  return kindOfError(status, message, mcpCode);
}

function kindOfPage(status: number): AnswerKind {
  if (status === 401) return 'unauthenticated';
  // A proxy in front gave up waiting: the request may still be running behind it.
  if (status === 502 || status === 504) return 'interrupted';
  return status >= 500 || status === 404 ? 'not_ready' : 'refused';
}

function pageText(body: string): string {
  const text = body
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text === '' ? 'empty answer' : text;
}

export function classify(status: number, body: string): Answer {
  const json = body === '' ? undefined : parseJson(body);
  const text = textField(json, 'message') ?? pageText(body);
  const message = text.slice(0, MESSAGE_CHARS_MAX);
  const mcpCode = MCP_CODE.exec(message)?.[1]?.toLowerCase();
  if (status >= 200 && status < 300) return { kind: 'ok', status, json, message: '', mcpCode };
  const kind = json === undefined ? kindOfPage(status) : kindOfJson(status, json, message, mcpCode);
  return { kind, status, json, message, mcpCode };
}
