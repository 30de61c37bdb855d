// What the server and the agent know of messaging. Two implementations, one contract suite:
// `memory` (in-process; messages are serialised, nothing is shared by reference) and `amqp` (RabbitMQ, oslo.messaging).

/** JSON values only: whatever is sent has gone through a serialiser. */
export type RpcArgs = Record<string, unknown>;

/** Request context, e.g. `{ project_id, user_id, request_id }`. Never carries a token. */
export type RpcContext = Record<string, unknown>;

export type RpcHandler = (args: RpcArgs, context: RpcContext) => Promise<unknown>;

/** Method name on the wire -> handler. */
export type RpcEndpoint = Record<string, RpcHandler>;

export interface CallOptions {
  context?: RpcContext;
  /** RPC API version on the wire. @default '1.0' */
  version?: string;
  /** @default 60000 */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export type CastOptions = Omit<CallOptions, 'timeoutMs'>;

export interface RpcServer {
  /** Stops taking messages, waits for running handlers. Safe to repeat. */
  stop(): Promise<void>;
}

export interface RpcTransport {
  /**
   * Publishes and does not wait for a consumer. Resolves when the broker has taken the message.
   * @throws RpcUnavailableError the transport cannot take it now, or did not learn whether the broker has it
   */
  cast(topic: string, method: string, args: RpcArgs, options?: CastOptions): Promise<void>;
  /** Cast to every consumer of the topic. */
  fanout(topic: string, method: string, args: RpcArgs, options?: CastOptions): Promise<void>;
  /**
   * @throws RpcTimeoutError no answer within the time
   * @throws RpcRemoteError the other side's handler failed
   * @throws RpcUnavailableError the transport cannot take it now
   */
  call(topic: string, method: string, args: RpcArgs, options?: CallOptions): Promise<unknown>;
  /**
   * Consumes a topic's queue, competing with other consumers of the same topic, and the topic's fanout.
   * A handler's error answers a call with a failure, and is logged for a cast.
   */
  serve(topic: string, endpoint: RpcEndpoint, options?: ServeOptions): Promise<RpcServer>;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Server name: also consumes the queue `<topic>.<server>`. */
  server?: string;
  /** Messages handled at once. @default 16 */
  concurrency?: number;
}
