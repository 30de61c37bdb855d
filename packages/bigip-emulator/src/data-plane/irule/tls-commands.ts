// TLS commands of iRules: what the handshake with the client brought. A certificate is passed between commands as PEM.
import { X509Certificate } from 'node:crypto';
import type { RuleContext } from './rule-context.ts';

type Run = (context: RuleContext, args: string[]) => string;

export const TLS_COMMANDS: Readonly<Record<string, Run>> = {
  'SSL::cert': ({ session }, [what = '0']) => {
    const certificate = session.client.tls?.peerCertificate ?? null;
    if (what === 'count') return certificate === null ? '0' : '1';
    return certificate?.toString() ?? '';
  },
  'SSL::verify_result': ({ session }) => String(verifyCode(session.client.tls?.verifyError)),
  'SSL::cipher': ({ session }, [what = 'name']) => {
    const { tls } = session.client;
    return what === 'version' ? (tls?.protocol ?? '') : (tls?.cipher ?? '');
  },
  'SSL::sni': ({ session }) => session.client.tls?.serverName ?? '',
  'X509::subject': (_context, [pem]) => field(pem, (cert) => oneLine(cert.subject)),
  'X509::issuer': (_context, [pem]) => field(pem, (cert) => oneLine(cert.issuer)),
  'X509::serial_number': (_context, [pem]) => field(pem, (cert) => cert.serialNumber),
  'X509::hash': (_context, [pem]) => field(pem, (cert) => cert.fingerprint.replaceAll(':', '')),
  'X509::not_valid_before': (_context, [pem]) => field(pem, (cert) => cert.validFrom),
  'X509::not_valid_after': (_context, [pem]) => field(pem, (cert) => cert.validTo),
  'X509::verify_cert_error_string': ({ session }) => session.client.tls?.verifyError ?? 'ok',
};

function field(pem: string | undefined, read: (certificate: X509Certificate) => string): string {
  return pem === undefined || pem === '' ? '' : read(new X509Certificate(pem));
}

/** `O=b\nCN=a` -> `CN=a, O=b`, most general part last and commas in quotes as the device writes it since TMOS 13.0. */
function oneLine(name: string): string {
  return name
    .split('\n')
    .reverse()
    .map((part) => part.replace(/^([^=]*)=(.*,.*)$/, '$1="$2"'))
    .join(', ');
}

/** Numbers of OpenSSL's verification errors (`openssl verify`), by Node's names of them. */
const VERIFY_CODES: Readonly<Record<string, number>> = {
  UNABLE_TO_GET_ISSUER_CERT: 2,
  UNABLE_TO_GET_CRL: 3,
  CERT_SIGNATURE_FAILURE: 7,
  CERT_NOT_YET_VALID: 9,
  CERT_HAS_EXPIRED: 10,
  DEPTH_ZERO_SELF_SIGNED_CERT: 18,
  SELF_SIGNED_CERT_IN_CHAIN: 19,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 20,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 21,
  CERT_CHAIN_TOO_LONG: 22,
  CERT_REVOKED: 23,
  INVALID_CA: 24,
  PATH_LENGTH_EXCEEDED: 25,
  INVALID_PURPOSE: 26,
  CERT_UNTRUSTED: 27,
  CERT_REJECTED: 28,
};
const UNSPECIFIED = 1;

/** 0: verified, or nothing to verify. */
function verifyCode(error: string | null | undefined): number {
  return error === null || error === undefined ? 0 : (VERIFY_CODES[error] ?? UNSPECIFIED);
}
