// Statistics as the APIs show them: sums over listeners, zeros when nothing was reported yet.
import type { Statistics } from '@f5-lbaas/model';

export function sumStatistics(parts: readonly Statistics[]): Statistics {
  const sum: Statistics = {
    bytes_in: 0,
    bytes_out: 0,
    active_connections: 0,
    total_connections: 0,
    request_errors: 0,
  };
  for (const part of parts) {
    sum.bytes_in += part.bytes_in;
    sum.bytes_out += part.bytes_out;
    sum.active_connections += part.active_connections;
    sum.total_connections += part.total_connections;
    sum.request_errors += part.request_errors;
  }
  return sum;
}
