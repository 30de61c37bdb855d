// Certificates as tenants refer to them: a Barbican container of type certificate, or a secret with a PKCS#12 bundle.
import {
  BarbicanError,
  parseSecretRef,
  type BarbicanClient,
  type SecretRef,
} from '@f5-lbaas/platform';
import { certificateBundle, type CertificateBundle } from './certificate-bundle.ts';
import { certificatesIn } from './pem.ts';
import { pkcs12Parts } from './pkcs12.ts';

/** All methods throw BarbicanError. */
export interface SecretReader {
  bundle(ref: string, signal: AbortSignal): Promise<CertificateBundle>;
  /** Text of a secret: CA certificates, revocation lists. */
  text(ref: string, signal: AbortSignal): Promise<string>;
}

export class BarbicanSecretReader implements SecretReader {
  readonly #barbican: BarbicanClient;

  constructor(barbican: BarbicanClient) {
    this.#barbican = barbican;
  }

  async bundle(ref: string, signal: AbortSignal): Promise<CertificateBundle> {
    const parsed = parseSecretRef(ref);
    if (parsed.kind === 'containers') return this.#fromContainer(parsed, signal);
    const { content } = await this.#barbican.payload(parsed, signal);
    return certificateBundle(pkcs12Parts(binary(content)));
  }

  async text(ref: string, signal: AbortSignal): Promise<string> {
    const parsed = parseSecretRef(ref);
    if (parsed.kind === 'containers') {
      throw new BarbicanError('malformed', `Container ${parsed.id} where a secret is needed.`);
    }
    return (await this.#barbican.payload(parsed, signal)).content.toString('utf8');
  }

  async #fromContainer(container: SecretRef, signal: AbortSignal): Promise<CertificateBundle> {
    const secrets = await this.#barbican.container(container, signal);
    const read = async (name: string): Promise<Buffer | undefined> => {
      const secret = secrets.get(name);
      return secret && (await this.#barbican.payload(secret, signal)).content;
    };
    const [certificate, privateKey, intermediates, passphrase] = await Promise.all(
      ['certificate', 'private_key', 'intermediates', 'private_key_passphrase'].map(read),
    );
    if (certificate === undefined || privateKey === undefined) {
      throw new BarbicanError(
        'malformed',
        `Container ${container.id} lacks the certificate or the private key.`,
      );
    }
    return certificateBundle({
      certificate,
      privateKey,
      intermediates: intermediates === undefined ? [] : certificatesIn(intermediates),
      passphrase: passphrase?.toString('utf8'),
    });
  }
}

const BASE64 = /^[A-Za-z0-9+/\s]+=*\s*$/;

/** `openssl pkcs12 | base64` stored as text is a common way to put binary content into Barbican. */
function binary(content: Buffer): Buffer {
  const text = content.toString('latin1');
  return BASE64.test(text) ? Buffer.from(text, 'base64') : content;
}
