// Facts about certificates and keys that file objects show and profiles check (iControl REST 6.19).
import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { mcpError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';

/** `SHA1:<size>:<hex>` */
export function checksum(content: string): string {
  return `SHA1:${Buffer.byteLength(content)}:${createHash('sha1').update(content).digest('hex')}`;
}

function keyOf(pem: string, passphrase: string | undefined): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return undefined; // encrypted and no passphrase here: cannot be judged
  }
}

/** True also when it cannot be judged: an encrypted key without its passphrase. */
export function certificateMatchesKey(cert: string, key: string, passphrase?: string): boolean {
  const privateKey = keyOf(key, passphrase);
  return privateKey === undefined || firstCertificate(cert).checkPrivateKey(privateKey);
}

function firstCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw mcpError('01070712:3', 'unable to validate certificate, invalid x509 file.');
  }
}

function one(text: string): string {
  return text.split('\n').join(',');
}

/** @throws DeviceError when the content is no certificate */
export function certificateFacts(pem: string): JsonObject {
  const certificate = firstCertificate(pem);
  const details = certificate.publicKey.asymmetricKeyDetails ?? {};
  const isRsa = certificate.publicKey.asymmetricKeyType === 'rsa';
  const expiry = new Date(certificate.validTo);
  const names = certificate.subjectAltName;
  return {
    certificateKeyCurveName: details.namedCurve ?? 'none',
    certificateKeySize: details.modulusLength ?? 256,
    expirationDate: Math.floor(expiry.getTime() / 1000),
    expirationString: certificate.validTo,
    fingerprint: `SHA256/${certificate.fingerprint256}`,
    isBundle: (pem.match(/BEGIN CERTIFICATE/g) ?? []).length > 1 ? 'true' : 'false',
    issuer: one(certificate.issuer),
    keyType: isRsa ? 'rsa-public' : 'ec-public',
    serialNumber: certificate.serialNumber,
    subject: one(certificate.subject),
    version: 3,
    ...(names === undefined ? {} : { subjectAlternativeName: names }),
  };
}

/** @throws DeviceError when the content is no revocation list */
export function revocationListFacts(pem: string): JsonObject {
  if (/-----BEGIN X509 CRL-----[\s\S]+-----END X509 CRL-----/.test(pem)) return {};
  throw mcpError('01070712:3', 'unable to validate certificate revocation list, invalid CRL file.');
}

function isEllipticCurve(key: KeyObject | undefined, pem: string): boolean {
  return key?.asymmetricKeyType === 'ec' || pem.includes('BEGIN EC ');
}

/** @throws DeviceError when the content is no private key */
export function keyFacts(pem: string, passphrase: string | undefined): JsonObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw mcpError('01070712:3', 'unable to validate key, invalid PEM file.');
  }
  const key = keyOf(pem, passphrase);
  const isEc = isEllipticCurve(key, pem);
  const details = key?.asymmetricKeyDetails ?? {};
  return {
    curveName: details.namedCurve ?? 'none',
    keySize: details.modulusLength ?? (isEc ? 256 : 2048),
    keyType: isEc ? 'ec-private' : 'rsa-private',
    securityType: passphrase === undefined ? 'normal' : 'password',
  };
}
