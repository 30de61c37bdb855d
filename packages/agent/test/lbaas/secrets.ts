// Secrets for tests: what Barbican would hold, in memory. Barbican itself is tested where it is spoken to.
import { randomUUID } from 'node:crypto';
import { BarbicanError } from '@f5-lbaas/platform';
import {
  certificateBundle,
  type CertificateBundle,
} from '../../src/certificates/certificate-bundle.ts';
import type { SecretReader } from '../../src/certificates/secret-reader.ts';
import type { TestCertificate } from './certificates.ts';

export class TestSecrets implements SecretReader {
  readonly #held = new Map<string, CertificateBundle | string>();
  reads = 0;
  /** Barbican does not answer. */
  isAway = false;

  bundleRef(pair: TestCertificate, intermediates: readonly string[] = []): string {
    const ref = `https://barbican.example/v1/containers/${randomUUID()}`;
    this.putBundle(ref, pair, intermediates);
    return ref;
  }

  putBundle(ref: string, pair: TestCertificate, intermediates: readonly string[] = []): void {
    const { certPem: certificate, keyPem: privateKey } = pair;
    this.#held.set(ref, certificateBundle({ certificate, privateKey, intermediates }));
  }

  textRef(content: string): string {
    const ref = `https://barbican.example/v1/secrets/${randomUUID()}`;
    this.#held.set(ref, content);
    return ref;
  }

  remove(ref: string): void {
    this.#held.delete(ref);
  }

  bundle(ref: string): Promise<CertificateBundle> {
    return this.#read(ref, (held) => (typeof held === 'object' ? held : undefined));
  }

  text(ref: string): Promise<string> {
    return this.#read(ref, (held) => (typeof held === 'string' ? held : undefined));
  }

  #read<T>(ref: string, pick: (held: CertificateBundle | string) => T | undefined): Promise<T> {
    this.reads += 1;
    if (this.isAway) return Promise.reject(new BarbicanError('unavailable', 'No answer.'));
    const held = this.#held.get(ref);
    const picked = held === undefined ? undefined : pick(held);
    return picked === undefined
      ? Promise.reject(new BarbicanError('absent', 'It does not exist.'))
      : Promise.resolve(picked);
  }
}
