// What a caller can meet when it sends a message or waits for an answer.
import { LbaasError, type ErrorKind } from '@f5-lbaas/model';

/** No answer within the time; whether the other side acted is unknown. */
export class RpcTimeoutError extends LbaasError {
  constructor(topic: string, method: string, timeoutMs: number) {
    super(
      'unavailable',
      'ERR_RPC_TIMEOUT',
      `No answer to '${method}' on topic '${topic}' within ${timeoutMs} ms.`,
      { context: { topic, method, timeout_ms: timeoutMs } },
    );
    this.name = 'RpcTimeoutError';
  }
}

/** The transport cannot take the message now, e.g. the broker is unreachable, or the transport is closed. */
export class RpcUnavailableError extends LbaasError {
  constructor(message: string, cause?: unknown) {
    super('unavailable', 'ERR_RPC_UNAVAILABLE', message, { cause });
    this.name = 'RpcUnavailableError';
  }
}

export interface RemoteFailure {
  /** Exception class on the other side, e.g. `NoSuchMethod`, `LbaasError`. */
  className: string;
  /** Its module, e.g. `oslo_messaging.rpc.dispatcher`; empty when unknown. */
  moduleName: string;
  message: string;
  /** Kind and code, when the other side is ours. */
  kind?: ErrorKind;
  code?: string;
}

/** The other side's handler failed. `kind` is that of the remote error when it is ours, else `bug`. */
export class RpcRemoteError extends LbaasError {
  readonly className: string;
  readonly moduleName: string;

  constructor(method: string, failure: RemoteFailure) {
    super(
      failure.kind ?? 'bug',
      failure.code ?? 'ERR_RPC_REMOTE',
      `'${method}' failed on the other side: ${failure.className}: ${failure.message}`,
      { context: { method, remote_class: failure.className, remote_module: failure.moduleName } },
    );
    this.name = 'RpcRemoteError';
    this.className = failure.className;
    this.moduleName = failure.moduleName;
  }
}

/** Answered to a caller that asks for a method the endpoint does not have. */
export class NoSuchMethodError extends LbaasError {
  constructor(method: string) {
    super(
      'unsupported',
      'ERR_RPC_NO_SUCH_METHOD',
      `Endpoint does not support RPC method ${method}.`,
    );
    this.name = 'NoSuchMethodError';
  }
}

/** Answered to a caller that asks for another major version of the RPC API than `1`. */
export class UnsupportedVersionError extends LbaasError {
  constructor(version: string, method: string) {
    super(
      'unsupported',
      'ERR_RPC_UNSUPPORTED_VERSION',
      `Endpoint does not support RPC version ${version}. Attempted method: ${method}.`,
    );
    this.name = 'UnsupportedVersionError';
  }
}

/** What arrived is not a message of this protocol. It is logged and dropped: sending it again cannot help. */
export class MalformedMessageError extends LbaasError {
  constructor(message: string) {
    super('bad_request', 'ERR_RPC_MALFORMED_MESSAGE', message);
    this.name = 'MalformedMessageError';
  }
}
