// How the client decides to trust a server: by CA, by pinned certificate, or not at all (said explicitly).
import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';

/** At most one is given; none means the system's CAs. */
export interface TlsTrust {
  /** PEM bundle to trust instead of the system's CAs. */
  ca?: string | undefined;
  /** SHA-256 of the server's certificate (DER) in hex, colons allowed; nothing else is checked then. */
  pinnedSha256?: string | undefined;
  /** Accept any certificate. */
  insecure?: true | undefined;
}

interface ConnectorOptions {
  tls: TlsTrust | undefined;
  connectTimeoutMs: number;
  /** Client name for SNI and verification where it differs from the URL's host. */
  serverName: string | undefined;
}

class PinMismatchError extends Error {
  readonly code = 'ERR_CERTIFICATE_PIN_MISMATCH';
}

function normaliseFingerprint(fingerprint: string): string {
  const hex = fingerprint.replaceAll(':', '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new TypeError('pinnedSha256 must be 64 hexadecimal digits (SHA-256 of the certificate).');
  }
  return hex;
}

function pinned(options: ConnectorOptions, fingerprint: string): buildConnector.connector {
  const expected = normaliseFingerprint(fingerprint);
  // A resumed TLS session carries no certificate to compare, so sessions are not kept.
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    rejectUnauthorized: false,
    maxCachedSessions: 0,
  });
  return (target, callback) => {
    connect(target, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      const der = (socket as Partial<TLSSocket>).getPeerCertificate?.(false).raw;
      const actual = der === undefined ? '' : createHash('sha256').update(der).digest('hex');
      if (target.protocol === 'https:' && actual !== expected) {
        socket.destroy();
        callback(new PinMismatchError('The server certificate is not the pinned one.'), null);
        return;
      }
      callback(null, socket);
    });
  };
}

/** @throws TypeError for a malformed fingerprint */
export function tlsConnector(options: ConnectorOptions): buildConnector.connector {
  const { tls } = options;
  if (tls?.pinnedSha256 !== undefined) {
    return pinned(options, tls.pinnedSha256);
  }
  return buildConnector({
    timeout: options.connectTimeoutMs,
    ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.insecure === true ? { rejectUnauthorized: false } : {}),
  });
}
