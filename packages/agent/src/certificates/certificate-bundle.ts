// A certificate with its private key and the certificates in between: the form in which it is installed.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { BarbicanError } from '@f5-lbaas/platform';

export interface CertificateBundle {
  /** PEM. */
  certificate: string;
  /** PEM, unencrypted. Never logged, compared only by checksum. */
  privateKey: string;
  /** PEM, the issuer of the certificate first; empty when there are none. */
  intermediates: readonly string[];
}

/** Parts of a bundle as Barbican holds them, not yet judged. */
export interface BundleParts {
  certificate: Buffer | string;
  privateKey: Buffer | string;
  passphrase?: string | undefined;
  intermediates: readonly string[];
}

/** @throws BarbicanError `malformed` */
function certificatePem(content: Buffer | string): string {
  try {
    return new X509Certificate(content).toString().trimEnd() + '\n';
  } catch (error) {
    throw new BarbicanError('malformed', 'The certificate is no X.509 certificate.', error);
  }
}

/** @throws BarbicanError `malformed`; its cause is left out, as it may quote the key */
function privateKeyPem(content: Buffer | string, passphrase: string | undefined): string {
  const text = content.toString('utf8');
  const formats = text.includes('-----BEGIN')
    ? [{ key: text, format: 'pem' as const }]
    : (['pkcs8', 'pkcs1', 'sec1'] as const).map((type) => ({
        key: Buffer.from(content as Buffer),
        format: 'der' as const,
        type,
      }));
  for (const input of formats) {
    try {
      const key = createPrivateKey(passphrase === undefined ? input : { ...input, passphrase });
      return key.export({ type: 'pkcs8', format: 'pem' }).toString();
    } catch {
      continue;
    }
  }
  throw new BarbicanError(
    'malformed',
    'The private key cannot be read: no key, or not the pass phrase that belongs to it.',
  );
}

/** @throws BarbicanError `malformed` when certificate and key are unreadable or no pair */
export function certificateBundle(parts: BundleParts): CertificateBundle {
  const certificate = certificatePem(parts.certificate);
  const privateKey = privateKeyPem(parts.privateKey, parts.passphrase);
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey))) {
    throw new BarbicanError('malformed', 'Certificate and private key do not belong together.');
  }
  return { certificate, privateKey, intermediates: parts.intermediates.map(certificatePem) };
}
