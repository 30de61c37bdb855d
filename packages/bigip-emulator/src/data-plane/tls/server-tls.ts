// TLS towards pool members: the server-ssl profile of a virtual server.
import * as tls from 'node:tls';
import type { ServerSslProfile } from '../contract.ts';
import type { ServerTls } from '../server/dial.ts';
import { tlsSettings } from './tls-settings.ts';

/** @throws Error naming the profile that OpenSSL refuses */
export function serverTls(profile: ServerSslProfile | null): ServerTls {
  if (profile === null) return null;
  // Towards members only HTTP/1 is spoken.
  const alpn = profile.alpn.filter((name) => name !== 'h2');
  try {
    return {
      secureContext: tls.createSecureContext({
        ...tlsSettings(profile.ciphers, profile.disabledVersions),
        ...(profile.certPem === null ? {} : { cert: profile.certPem }),
        ...(profile.keyPem === null ? {} : { key: profile.keyPem }),
        ...(profile.caPem === null ? {} : { ca: profile.caPem }),
      }),
      rejectUnauthorized: profile.peerCertMode === 'require',
      checkServerIdentity: (_host, certificate) =>
        profile.authenticateName === null
          ? undefined
          : tls.checkServerIdentity(profile.authenticateName, certificate),
      ...(profile.serverName === null ? {} : { servername: profile.serverName }),
      ...(alpn.length === 0 ? {} : { ALPNProtocols: alpn }),
    };
  } catch (error) {
    throw new Error(`server-ssl profile ${profile.path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
