// Certificates out of PEM text and out of PKCS#7 files. Only the envelope is parsed with node-forge, which knows no
// elliptic curves; the certificates in it are handed on as they are.
import { X509Certificate } from 'node:crypto';
import { BarbicanError } from '@f5-lbaas/platform';
import forge from 'node-forge';

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const PKCS7 = /-----BEGIN PKCS7-----([\s\S]+?)-----END PKCS7-----/;

const children = (node: forge.asn1.Asn1 | undefined): forge.asn1.Asn1[] =>
  Array.isArray(node?.value) ? node.value : [];

export function derOf(node: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(node).getBytes(), 'binary');
}

/** ContentInfo { type, [0] SignedData { version, digests, content, [0] certificates ... } } */
function fromPkcs7(der: Buffer): string[] {
  const contentInfo = forge.asn1.fromDer(der.toString('binary'));
  const signedData = children(children(contentInfo)[1])[0];
  const certificates = children(signedData).find(
    ({ tagClass, type }) =>
      tagClass === forge.asn1.Class.CONTEXT_SPECIFIC && type === forge.asn1.Type.NONE,
  );
  return children(certificates).map((node) => new X509Certificate(derOf(node)).toString());
}

/** PEM certificates in order; PEM and PKCS#7, itself PEM or DER, are understood. @throws BarbicanError `malformed` */
export function certificatesIn(content: Buffer): string[] {
  const text = content.toString('utf8');
  const plain = text.match(CERTIFICATES);
  if (plain !== null) return [...plain];
  try {
    const armoured = PKCS7.exec(text)?.[1];
    return fromPkcs7(armoured === undefined ? content : Buffer.from(armoured, 'base64'));
  } catch (error) {
    throw new BarbicanError('malformed', 'The intermediates are neither PEM nor PKCS#7.', error);
  }
}
