// Replies to calls. Old libraries send the result first and an empty reply with `ending` after it.
// @see oslo.messaging `oslo_messaging/_drivers/amqpdriver.py` AMQPIncomingMessage._send_reply
import { MalformedMessageError } from '../errors.ts';
import { encodeFailure } from './failure.ts';
import type { Message } from './envelope.ts';

/** What a handler came to: a JSON value, or an error. */
export type Outcome = { result: unknown } | { error: unknown };

export interface RpcReply {
  msgId: string;
  /** JSON value; null when there is none. */
  result: unknown;
  /** JSON text of a failure; null when there is none. */
  failure: unknown;
  /** No further reply follows for this call. */
  isLast: boolean;
}

export function encodeReply(msgId: string, uniqueId: string, outcome: Outcome): Message {
  return {
    result: 'result' in outcome ? (outcome.result ?? null) : null,
    failure: 'error' in outcome ? encodeFailure(outcome.error) : null,
    ending: true,
    _msg_id: msgId,
    _unique_id: uniqueId,
  };
}

/** @throws MalformedMessageError no `_msg_id` */
export function decodeReply(message: Message): RpcReply {
  const { _msg_id: msgId, result = null, failure = null, ending = false } = message;
  if (typeof msgId !== 'string') throw new MalformedMessageError("Reply has no '_msg_id'.");
  return { msgId, result, failure, isLast: ending === true };
}
