// Looks at the secrets that a request refers to, as Octavia does: gives the service user access with the caller's
// rights, then reads them as the service user. Asked before the change's transaction, judged inside it.
import { createSecureContext } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { BarbicanError, parseSecretRef, type BarbicanClient } from '@f5-lbaas/platform';
import { isSignedBy, parseRevocationList } from './revocation-list.ts';

/** References of one listener or pool. */
export interface TlsRefs {
  certificates: readonly (string | null | undefined)[];
  ca: string | null | undefined;
  crl: string | null | undefined;
}

export type RefProblem =
  | { kind: 'unreadable' }
  | { kind: 'pkcs12'; error: string }
  | { kind: 'ca'; error: string }
  | { kind: 'crl'; error: string }
  | { kind: 'crl_of_other_ca' };

/** What is wrong with references; those that are fine, or were not asked for, are not in it. */
export type RefProblems = ReadonlyMap<string, RefProblem>;

export interface TlsSecrets {
  /** Never throws for a bad reference. @param token the caller's; absent: access was given before */
  look(refs: readonly TlsRefs[], token: string | undefined): Promise<RefProblems>;
}

export interface BarbicanAccessors {
  asService: BarbicanClient;
  /** With the rights of whoever makes the request. */
  as(token: string): BarbicanClient;
  /** The service user's id. */
  serviceUserId(): Promise<string>;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/** node-forge on the agent reads old ciphers too, so those are no reason to refuse. */
function isOldCipher(error: unknown): boolean {
  return /unsupported/i.test(messageOf(error));
}

function given(ref: string | null | undefined): ref is string {
  return ref !== null && ref !== undefined && ref !== '';
}

export class BarbicanTlsSecrets implements TlsSecrets {
  readonly #access: BarbicanAccessors;

  constructor(access: BarbicanAccessors) {
    this.#access = access;
  }

  async look(refs: readonly TlsRefs[], token: string | undefined): Promise<RefProblems> {
    const problems = new Map<string, RefProblem>();
    for (const { certificates, ca, crl } of refs) {
      for (const ref of certificates.filter(given)) {
        const problem = await this.#certificate(ref, token);
        if (problem !== undefined) problems.set(ref, problem);
      }
      const authority = given(ca) ? await this.#text(ca, token) : undefined;
      if (given(ca)) note(problems, ca, judgeAuthority(authority));
      if (given(crl)) note(problems, crl, judgeList(await this.#text(crl, token), authority));
    }
    return problems;
  }

  async #certificate(ref: string, token: string | undefined): Promise<RefProblem | undefined> {
    try {
      const parsed = parseSecretRef(ref);
      await this.#grant(ref, token);
      if (parsed.kind === 'secrets') {
        return judgePkcs12((await this.#access.asService.payload(parsed)).content);
      }
      const secrets = await this.#access.asService.container(parsed);
      const needed = ['certificate', 'private_key'].map((name) => secrets.get(name));
      if (needed.includes(undefined)) return { kind: 'unreadable' };
      for (const secret of secrets.values()) await this.#access.asService.payload(secret);
      return undefined;
    } catch (error) {
      if (error instanceof BarbicanError) return { kind: 'unreadable' };
      throw error;
    }
  }

  async #text(ref: string, token: string | undefined): Promise<string | undefined> {
    try {
      await this.#grant(ref, token);
      const { content } = await this.#access.asService.payload(parseSecretRef(ref));
      return content.toString('utf8');
    } catch (error) {
      if (error instanceof BarbicanError) return undefined;
      throw error;
    }
  }

  /** The agent reads with the same account. @throws BarbicanError when the caller may not read it itself */
  async #grant(ref: string, token: string | undefined): Promise<void> {
    if (token === undefined) return;
    const barbican = this.#access.as(token);
    const userId = await this.#access.serviceUserId();
    const parsed = parseSecretRef(ref);
    await barbican.allowRead(parsed, userId);
    if (parsed.kind === 'secrets') return;
    for (const secret of (await barbican.container(parsed)).values()) {
      await barbican.allowRead(secret, userId);
    }
  }
}

function note(problems: Map<string, RefProblem>, ref: string, problem?: RefProblem): void {
  if (problem !== undefined) problems.set(ref, problem);
}

function judgePkcs12(content: Buffer): RefProblem | undefined {
  const text = content.toString('latin1');
  const isText = /^[A-Za-z0-9+/\s]+=*\s*$/.test(text);
  try {
    createSecureContext({ pfx: isText ? Buffer.from(text, 'base64') : content, passphrase: '' });
    return undefined;
  } catch (error) {
    return isOldCipher(error) ? undefined : { kind: 'pkcs12', error: messageOf(error) };
  }
}

function judgeAuthority(pem: string | undefined): RefProblem | undefined {
  if (pem === undefined) return { kind: 'unreadable' };
  try {
    new X509Certificate(pem);
    return undefined;
  } catch (error) {
    return { kind: 'ca', error: messageOf(error) };
  }
}

function judgeList(pem: string | undefined, authority: string | undefined): RefProblem | undefined {
  if (pem === undefined) return { kind: 'unreadable' };
  try {
    const list = parseRevocationList(pem);
    const isOurs =
      authority === undefined ||
      judgeAuthority(authority) !== undefined ||
      isSignedBy(list, authority);
    return isOurs ? undefined : { kind: 'crl_of_other_ca' };
  } catch (error) {
    return { kind: 'crl', error: messageOf(error) };
  }
}
