// Values that both transports have in common.
import type { Random } from '@f5-lbaas/platform';

/** `rpc_response_timeout` of OpenStack services. */
export const DEFAULT_CALL_TIMEOUT_MS = 60_000;

/** Messages that one served topic handles at once. */
export const DEFAULT_CONCURRENCY = 16;

/** Ids on the wire: 32 hex digits, as Python's `uuid4().hex`. */
export function hexId(random: Random): string {
  return random.uuid().replaceAll('-', '');
}
