// Send and receive strings of HTTP monitors. Line ends are the four characters \r\n, which the device expands.
import type { ServiceHealthMonitor } from '@f5-lbaas/model';

const LINE_END = '\\r\\n';
const DEFAULT_CODES = '200';

export function sendString(monitor: ServiceHealthMonitor): string {
  const method = monitor.http_method ?? 'GET';
  const path = monitor.url_path ?? '/';
  if (monitor.http_version !== 1.1) return `${method} ${path} HTTP/1.0${LINE_END}${LINE_END}`;
  const host = monitor.domain_name ?? '';
  const headers = `Host: ${host}${LINE_END}Connection: close${LINE_END}`;
  return `${method} ${path} HTTP/1.1${LINE_END}${headers}${LINE_END}`;
}

/** `200`, `200,202`, `200-204` -> the codes, one by one. Anything else counts as `200`. */
export function expectedCodes(codes: string | null): string[] {
  const found = (codes ?? DEFAULT_CODES).split(',').flatMap((part) => {
    const range = /^\s*(\d{3})(?:\s*-\s*(\d{3}))?\s*$/.exec(part);
    if (range === null) return [];
    const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String(from + index));
  });
  return found.length === 0 ? [DEFAULT_CODES] : [...new Set(found)];
}

/**
 * Regular expression on the status line.
 * DIFFERS: F5's agent turns a range into a character class, which matches something else.
 */
export function receiveString(codes: string | null): string {
  const list = expectedCodes(codes);
  const alternatives = list.length === 1 ? list.join('') : `(${list.join('|')})`;
  return `HTTP/1.(0|1) ${alternatives}`;
}
