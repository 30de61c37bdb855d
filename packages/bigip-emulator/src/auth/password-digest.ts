// How passwords are kept: as digests only. Good enough for an emulator's accounts, never for real ones.
import { createHash } from 'node:crypto';

/** `sha256:<hex>` */
export function passwordDigest(password: string): string {
  return `sha256:${createHash('sha256').update(password).digest('hex')}`;
}
