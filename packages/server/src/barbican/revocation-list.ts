// Whether a certificate revocation list comes from an authority. Reads just enough of its DER form for that.
// @see RFC 5280, 5.1: CertificateList { tbsCertList, signatureAlgorithm, signatureValue }
import { verify, X509Certificate } from 'node:crypto';

const PEM = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/;
const HASHES = ['sha256', 'sha384', 'sha512', 'sha1', null] as const;
const SEQUENCE = 0x30;
const BIT_STRING = 0x03;

interface Element {
  tag: number;
  /** With tag and length. */
  whole: Buffer;
  content: Buffer;
}

/** @throws Error when the bytes are no DER elements */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthBytes;
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    if (start + length > bytes.length) throw new Error('truncated');
    found.push({
      tag: bytes.readUInt8(at),
      whole: bytes.subarray(at, start + length),
      content: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return found;
}

export interface RevocationList {
  /** The part that is signed. */
  signed: Buffer;
  signature: Buffer;
}

/** @throws Error when the text is no revocation list in PEM form */
export function parseRevocationList(pem: string): RevocationList {
  const base64 = PEM.exec(pem)?.[1];
  if (base64 === undefined) throw new Error('no X509 CRL in PEM form');
  const [list] = elements(Buffer.from(base64, 'base64'));
  const [signed, , signature] = list?.tag === SEQUENCE ? elements(list.content) : [];
  if (signed?.tag !== SEQUENCE || signature?.tag !== BIT_STRING) throw new Error('no X509 CRL');
  // The first byte tells how many bits are unused: none.
  return { signed: signed.whole, signature: signature.content.subarray(1) };
}

/** @param caPem certificate of the authority */
export function isSignedBy({ signed, signature }: RevocationList, caPem: string): boolean {
  const { publicKey } = new X509Certificate(caPem);
  return HASHES.some((hash) => {
    try {
      return verify(hash, signed, publicKey, signature);
    } catch {
      return false; // this kind of key has no such signature
    }
  });
}
