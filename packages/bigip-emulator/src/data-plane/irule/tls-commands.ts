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
  'SSL::verify_result': ({ session }) => (session.client.tls?.verifyError === null ? '0' : '1'),
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

/** `CN=a\nO=b` -> `O=b,CN=a`, most general part last as the device writes it. */
function oneLine(name: string): string {
  return name.split('\n').reverse().join(',');
}
