// From a message body to the handler's outcome. The same for both transports.
import { createLimiter, type Logger } from '@f5-lbaas/platform';
import { NoSuchMethodError, UnsupportedVersionError } from './errors.ts';
import { decodeEnvelope } from './oslo/envelope.ts';
import type { Outcome } from './oslo/reply.ts';
import { decodeRequest, type ReplyAddress, type RpcRequest } from './oslo/request.ts';
import { createRecentIds } from './recent-ids.ts';
import type { RpcEndpoint } from './transport.ts';

/** Major version of the RPC API that endpoints here serve. */
const SERVED_MAJOR = '1';

export interface DispatchDeps {
  endpoint: RpcEndpoint;
  topic: string;
  logger: Logger;
  /** Messages handled at once, over all queues of the topic. */
  concurrency: number;
  /** Sends the outcome of a call back. Its failure is logged: the caller runs into its timeout and repeats. */
  reply(address: ReplyAddress, outcome: Outcome): Promise<void>;
}

/**
 * @returns what handles one message body. It never throws: a message that cannot be handled is logged and
 * dropped, since delivering it again would end the same way.
 */
export function createDispatcher(deps: DispatchDeps): (body: string) => Promise<void> {
  const recent = createRecentIds();
  const limiter = createLimiter(deps.concurrency);
  const handle = async (body: string): Promise<void> => {
    let request: RpcRequest;
    try {
      request = decodeRequest(decodeEnvelope(body));
    } catch (error) {
      deps.logger.error({ topic: deps.topic, err: error }, 'Dropped a message that is not RPC');
      return;
    }
    if (request.uniqueId !== undefined && recent.isDuplicate(request.uniqueId)) {
      deps.logger.debug(
        { topic: deps.topic, method: request.method },
        'Dropped a repeated message',
      );
      return;
    }
    await answer(deps, request, await runHandler(deps.endpoint, request));
  };
  return (body) => limiter.run(() => handle(body));
}

async function runHandler(endpoint: RpcEndpoint, request: RpcRequest): Promise<Outcome> {
  try {
    if (request.version.split('.')[0] !== SERVED_MAJOR) {
      throw new UnsupportedVersionError(request.version, request.method);
    }
    const handler = Object.hasOwn(endpoint, request.method) ? endpoint[request.method] : undefined;
    if (handler === undefined) throw new NoSuchMethodError(request.method);
    return { result: await handler(request.args, request.context) };
  } catch (error) {
    return { error };
  }
}

async function answer(deps: DispatchDeps, request: RpcRequest, outcome: Outcome): Promise<void> {
  const fields = { topic: deps.topic, method: request.method };
  if ('error' in outcome) {
    deps.logger.error({ ...fields, err: outcome.error }, 'RPC handler failed');
  }
  if (request.reply === undefined) return;
  try {
    await deps.reply(request.reply, outcome);
  } catch (error) {
    deps.logger.warn({ ...fields, err: error }, 'RPC reply was not sent; the caller will time out');
  }
}
