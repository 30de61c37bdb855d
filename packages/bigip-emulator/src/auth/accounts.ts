// Accounts of a device: the administrator from the options, others from `auth/user`; passwords only as digests.
import { timingSafeEqual } from 'node:crypto';
import { passwordDigest } from './password-digest.ts';

export interface Credentials {
  username: string;
  password: string;
}

export class Accounts {
  readonly administrator: string;
  readonly #administratorDigest: string;
  readonly #find: (username: string) => string | undefined;

  /** @param find digest of another account's password, from the configuration */
  constructor(administrator: Credentials, find: (username: string) => string | undefined) {
    this.administrator = administrator.username;
    this.#administratorDigest = passwordDigest(administrator.password);
    this.#find = find;
  }

  isValid({ username, password }: Credentials): boolean {
    const expected =
      this.#find(username) ??
      (username === this.administrator ? this.#administratorDigest : undefined);
    if (expected === undefined) return false;
    const given = passwordDigest(password);
    return (
      given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
    );
  }
}

/** Credentials of an `Authorization: Basic` header. */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
