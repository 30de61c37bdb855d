// PKCS#12 bundles without a pass phrase, as Octavia's clients store them in one secret.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { BarbicanError } from '@f5-lbaas/platform';
import forge from 'node-forge';
import type { BundleParts } from './certificate-bundle.ts';
import { derOf } from './pem.ts';

type Bag = forge.pkcs12.Bag;

/** What a bag holds is null where node-forge cannot decode it; its types do not say so. */
interface LooseBag {
  cert?: forge.pki.Certificate | null;
  key?: forge.pki.PrivateKey | null;
  asn1?: forge.asn1.Asn1 | null;
}

function certificateOf(bag: Bag): string | undefined {
  // node-forge decodes RSA certificates only and hands others on as they are.
  const { cert, asn1 } = bag as LooseBag;
  const node = cert ? forge.pki.certificateToAsn1(cert) : asn1;
  return node ? new X509Certificate(derOf(node)).toString() : undefined;
}

function keyOf(bag: Bag): Buffer | undefined {
  const { key, asn1 } = bag as LooseBag;
  if (key) return derOf(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)));
  return asn1 ? derOf(asn1) : undefined;
}

function bagsOf(archive: forge.pkcs12.Pkcs12Pfx): Bag[] {
  return archive.safeContents.flatMap(({ safeBags }) => safeBags);
}

const isKey = ({ type }: Bag): boolean =>
  type === forge.pki.oids['keyBag'] || type === forge.pki.oids['pkcs8ShroudedKeyBag'];
const isCertificate = ({ type }: Bag): boolean => type === forge.pki.oids['certBag'];

/** The certificate that the key belongs to is the bundle's; the others are intermediates. */
function partsOf(bags: readonly Bag[]): BundleParts {
  const privateKey = bags.filter(isKey).map(keyOf)[0];
  const certificates = bags.filter(isCertificate).flatMap((bag) => certificateOf(bag) ?? []);
  if (privateKey === undefined) throw new Error('no private key');
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
  const own = certificates.find((pem) => new X509Certificate(pem).checkPrivateKey(key));
  if (own === undefined) throw new Error('no certificate for the private key');
  return {
    certificate: own,
    privateKey,
    intermediates: certificates.filter((pem) => pem !== own && !isSelfSigned(pem)),
  };
}

/** Clients have the root already, or do not trust it. */
function isSelfSigned(pem: string): boolean {
  const certificate = new X509Certificate(pem);
  return certificate.subject === certificate.issuer;
}

/** @throws BarbicanError `malformed` */
export function pkcs12Parts(content: Buffer): BundleParts {
  try {
    const asn1 = forge.asn1.fromDer(content.toString('binary'));
    return partsOf(bagsOf(forge.pkcs12.pkcs12FromAsn1(asn1, false, '')));
  } catch (error) {
    throw new BarbicanError(
      'malformed',
      'The PKCS12 bundle is unreadable; it must not require a pass phrase.',
      error,
    );
  }
}
