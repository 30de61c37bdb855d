// The oslo.messaging envelope, version 2.0: the message as JSON text inside a JSON object.
// @see oslo.messaging `oslo_messaging/_drivers/common.py` serialize_msg, deserialize_msg
import { MalformedMessageError } from '../errors.ts';

const VERSION_KEY = 'oslo.version';
const MESSAGE_KEY = 'oslo.message';
const ENVELOPE_VERSION = '2.0';

export type Message = Record<string, unknown>;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the body as it goes to the broker, JSON text */
export function encodeEnvelope(message: Message): string {
  return JSON.stringify({
    [VERSION_KEY]: ENVELOPE_VERSION,
    [MESSAGE_KEY]: JSON.stringify(message),
  });
}

/**
 * @param body JSON text; a body without envelope keys is a message of protocol 1.0 and taken as it is
 * @throws MalformedMessageError not JSON, not an object, or an envelope of an incompatible version
 */
export function decodeEnvelope(body: string): Message {
  const outer = parseObject(body, 'Message body');
  if (!(VERSION_KEY in outer) && !(MESSAGE_KEY in outer)) return outer;
  const version = outer[VERSION_KEY];
  if (!isCompatible(version)) {
    throw new MalformedMessageError(
      `Envelope version '${String(version)}' is not compatible with ${ENVELOPE_VERSION}.`,
    );
  }
  const inner = outer[MESSAGE_KEY];
  if (typeof inner !== 'string') {
    throw new MalformedMessageError(`'${MESSAGE_KEY}' is not a JSON string.`);
  }
  return parseObject(inner, `'${MESSAGE_KEY}'`);
}

/** Same major version, minor not newer than ours. */
function isCompatible(version: unknown): boolean {
  if (typeof version !== 'string') return false;
  const [major, minor] = version.split('.').map(Number);
  const [ownMajor, ownMinor] = ENVELOPE_VERSION.split('.').map(Number);
  return major === ownMajor && (minor ?? 0) <= (ownMinor ?? 0);
}

function parseObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedMessageError(`${what} is not JSON.`);
  }
  if (!isObject(value)) throw new MalformedMessageError(`${what} is not a JSON object.`);
  return value;
}
