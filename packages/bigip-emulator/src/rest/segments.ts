// Splits a request path into decoded segments after `/mgmt`.
import { validationError } from '../errors.ts';

/** @throws DeviceError for a path that cannot be decoded or climbs with `..` */
export function decodeSegments(path: string): string[] {
  const raw = path.split('/').filter((segment) => segment !== '');
  if (raw[0] !== 'mgmt') return [];
  const segments = raw.slice(1).map(decode);
  if (segments.some(climbs)) throw validationError('invalid URI path');
  return segments;
}

function climbs(segment: string): boolean {
  return segment.includes('\0') || segment.split('/').some((part) => part === '..' || part === '.');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw validationError('invalid URI path');
  }
}
