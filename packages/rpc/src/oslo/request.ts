// Requests (casts and calls) as oslo.messaging writes them: method, arguments, context keys and correlation.
// @see oslo.messaging `oslo_messaging/rpc/client.py`, `oslo_messaging/_drivers/amqpdriver.py`
import { MalformedMessageError } from '../errors.ts';
import type { RpcArgs, RpcContext } from '../transport.ts';
import { isObject, type Message } from './envelope.ts';

const CONTEXT_PREFIX = '_context_';

/** Where and under which id the caller waits. */
export interface ReplyAddress {
  msgId: string;
  replyQueue: string;
}

export interface RpcRequest {
  method: string;
  args: RpcArgs;
  /** RPC API version, e.g. `1.0`. */
  version: string;
  context: RpcContext;
  /** 32 hex digits, per send; equal ids are the same message delivered twice. Absent from some senders. */
  uniqueId?: string;
  /** Only for calls. */
  reply?: ReplyAddress;
}

/** Context keys that carry credentials; a receiver has no use for them. */
const CREDENTIAL_KEYS = new Set(['auth_token', 'auth_token_info', 'service_token', 'password']);

/** Every key of the context becomes `_context_<key>`; credentials are blanked, as the keys may be expected. */
function contextKeys(context: RpcContext): Message {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [
      `${CONTEXT_PREFIX}${key}`,
      CREDENTIAL_KEYS.has(key) ? null : value,
    ]),
  );
}

/**
 * Neutron's receivers build a context object from these; without any, old ones refuse the message.
 * An agent speaks for itself, hence admin without user.
 */
const AGENT_CONTEXT: RpcContext = {
  is_admin: true,
  user_id: null,
  project_id: null,
  tenant_id: null,
  roles: [],
  auth_token: null,
};

export function encodeRequest(request: RpcRequest): Message {
  const context = Object.keys(request.context).length === 0 ? AGENT_CONTEXT : request.context;
  return {
    method: request.method,
    args: request.args,
    version: request.version,
    ...(request.uniqueId !== undefined && { _unique_id: request.uniqueId }),
    ...(request.reply && { _msg_id: request.reply.msgId, _reply_q: request.reply.replyQueue }),
    ...contextKeys(context),
  };
}

/** @throws MalformedMessageError no method, or arguments that are not an object */
export function decodeRequest(message: Message): RpcRequest {
  const { method, args = {}, version = '1.0', _unique_id: uniqueId } = message;
  if (typeof method !== 'string' || method === '') {
    throw new MalformedMessageError("Request has no 'method'.");
  }
  if (!isObject(args)) throw new MalformedMessageError(`'args' of '${method}' is not an object.`);
  const reply = replyAddressOf(message);
  return {
    method,
    args,
    version: typeof version === 'string' ? version : '1.0',
    context: contextOf(message),
    ...(typeof uniqueId === 'string' && { uniqueId }),
    ...(reply && { reply }),
  };
}

function replyAddressOf(message: Message): ReplyAddress | undefined {
  const { _msg_id: msgId, _reply_q: replyQueue } = message;
  return typeof msgId === 'string' && typeof replyQueue === 'string'
    ? { msgId, replyQueue }
    : undefined;
}

function contextOf(message: Message): RpcContext {
  return Object.fromEntries(
    Object.entries(message)
      .filter(([key]) => key.startsWith(CONTEXT_PREFIX))
      .map(([key, value]) => [key.slice(CONTEXT_PREFIX.length), value]),
  );
}
