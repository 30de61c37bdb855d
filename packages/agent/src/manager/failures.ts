// How failures are told apart here: "try again" against "this is the answer".
import { LbaasError } from '@f5-lbaas/model';
import { DeadlineError } from '@f5-lbaas/platform';
import { RpcRemoteError } from '@f5-lbaas/rpc';

/** Nothing was decided: the other side could not be asked, or did not answer in time. */
export function isUnavailable(error: unknown): boolean {
  return (
    (error instanceof LbaasError && error.kind === 'unavailable') || error instanceof DeadlineError
  );
}

/** A network has no segment on the devices' physical network yet. */
export function isNetworkNotReady(error: unknown): boolean {
  return error instanceof LbaasError && error.code === 'ERR_NETWORK_NOT_READY';
}

/** Asking again cannot help: the server understood and refused. */
export function isRefusedByServer(error: unknown): boolean {
  return (
    error instanceof RpcRemoteError &&
    (error.kind === 'bad_request' ||
      error.kind === 'not_found' ||
      error.className === 'NoSuchMethod')
  );
}

/** In words for operators; stored by the server as the reason of an ERROR. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
