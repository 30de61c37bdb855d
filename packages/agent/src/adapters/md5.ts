// MD5 for compatible spreading of tenants, nothing that needs a secure hash.
import { createHash } from 'node:crypto';

/** Hexadecimal digest of the text's UTF-8 form. */
export function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}
