// Exceptions on the wire: a JSON string inside the reply.
// @see oslo.messaging `oslo_messaging/_drivers/common.py` serialize_remote_exception
import { LbaasError, type ErrorKind } from '@f5-lbaas/model';
import { NoSuchMethodError, UnsupportedVersionError, type RemoteFailure } from '../errors.ts';
import { isObject } from './envelope.ts';

/** Python callers recreate only exceptions of modules they know; these they all know. */
const DISPATCHER_MODULE = 'oslo_messaging.rpc.dispatcher';
const OWN_MODULE = 'f5_lbaas.errors';

const ERROR_KINDS: ReadonlySet<string> = new Set<ErrorKind>([
  'bad_request',
  'not_found',
  'conflict',
  'unauthenticated',
  'forbidden',
  'quota',
  'unavailable',
  'unsupported',
  'device',
  'bug',
]);

interface PythonClass {
  class: string;
  module: string;
}

function pythonClassOf(error: unknown): PythonClass {
  if (error instanceof NoSuchMethodError)
    return { class: 'NoSuchMethod', module: DISPATCHER_MODULE };
  if (error instanceof UnsupportedVersionError) {
    return { class: 'UnsupportedVersion', module: DISPATCHER_MODULE };
  }
  return { class: error instanceof Error ? error.name : 'Error', module: OWN_MODULE };
}

/** @returns JSON text for the `failure` key of a reply; no stack, which may name paths and values */
export function encodeFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const own = error instanceof LbaasError ? { kind: error.kind, code: error.code } : {};
  return JSON.stringify({
    ...pythonClassOf(error),
    message,
    tb: [message],
    args: [message],
    // Recreated as keyword arguments where the class is known, so only our own module may carry any.
    kwargs: pythonClassOf(error).module === OWN_MODULE ? own : {},
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads the `failure` of a reply; a failure that cannot be read is still one. */
export function decodeFailure(failure: unknown): RemoteFailure {
  const parsed = parseFailure(failure);
  const kwargs = isObject(parsed.kwargs) ? parsed.kwargs : {};
  const kind = text(kwargs.kind);
  return {
    className: text(parsed.class) || 'RemoteError',
    moduleName: text(parsed.module),
    message: text(parsed.message) || 'no message',
    ...(isErrorKind(kind) && { kind }),
    ...(typeof kwargs.code === 'string' && { code: kwargs.code }),
  };
}

function parseFailure(failure: unknown): Record<string, unknown> {
  try {
    const value: unknown = typeof failure === 'string' ? JSON.parse(failure) : failure;
    return isObject(value) ? value : { message: String(failure) };
  } catch {
    return { message: String(failure) };
  }
}

function isErrorKind(value: string): value is ErrorKind {
  return ERROR_KINDS.has(value);
}
