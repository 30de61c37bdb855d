// TLS towards clients: the client-ssl profiles of one virtual server, chosen by SNI.
import { X509Certificate } from 'node:crypto';
import type * as net from 'node:net';
import * as tls from 'node:tls';
import type { ClientConnection, ClientTls } from '../client/client-connection.ts';
import type { ClientSslProfile } from '../contract.ts';
import { tlsSettings } from './tls-settings.ts';

/** Longest time a timer can run: stands for `indefinite`. */
const FOREVER_MS = 2 ** 31 - 1;

interface ServerIdentity {
  profile: ClientSslProfile;
  context: tls.SecureContext;
  certificates: X509Certificate[];
}

export class ClientTlsTerminator {
  readonly #server: tls.Server;
  readonly #waiting = new Map<string, (socket: tls.TLSSocket) => void>();

  /** @throws Error naming the profile whose certificate, key or ciphers OpenSSL refuses */
  constructor(profiles: readonly ClientSslProfile[], alpn: readonly string[]) {
    const identities = profiles.map(identityOf);
    const fallback = identities.find(({ profile }) => profile.sniDefault) ?? identities[0];
    if (fallback === undefined) throw new Error('No client-ssl profile');
    const { peerCertMode, handshakeTimeoutSeconds } = fallback.profile;
    this.#server = new tls.Server({
      ...contextOptions(fallback.profile),
      SNICallback: (name, done) => done(null, (identityFor(name, identities) ?? fallback).context),
      requestCert: peerCertMode !== 'ignore',
      rejectUnauthorized: peerCertMode === 'require',
      handshakeTimeout:
        handshakeTimeoutSeconds === null ? FOREVER_MS : handshakeTimeoutSeconds * 1000,
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
    });
    this.#server.on('secureConnection', (socket) => {
      const key = keyOf(socket);
      this.#waiting.get(key)?.(socket);
      this.#waiting.delete(key);
    });
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Never calls back when the handshake fails: the connection is closed then. */
  accept(client: ClientConnection, onSecure: (alpn: string) => void): void {
    const key = keyOf(client.raw);
    client.raw.once('close', () => this.#waiting.delete(key));
    this.#waiting.set(key, (socket) => {
      client.socket = socket;
      client.tls = factsOf(socket);
      socket.on('error', () => undefined);
      onSecure(socket.alpnProtocol || '');
    });
    this.#server.emit('connection', client.raw);
  }
}

function identityOf(profile: ClientSslProfile): ServerIdentity {
  try {
    return {
      profile,
      context: tls.createSecureContext(contextOptions(profile)),
      certificates: profile.chains.map(({ certPem }) => new X509Certificate(certPem)),
    };
  } catch (error) {
    throw new Error(`client-ssl profile ${profile.path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function contextOptions(profile: ClientSslProfile): tls.SecureContextOptions {
  return {
    ...tlsSettings(profile.ciphers, profile.disabledVersions),
    cert: profile.chains.map(({ certPem, chainPem }) => `${certPem}\n${chainPem ?? ''}`),
    key: profile.chains.map(({ keyPem, passphrase }) => ({
      pem: keyPem,
      ...(passphrase === null ? {} : { passphrase }),
    })),
    ...(profile.clientCaPem === null ? {} : { ca: profile.clientCaPem }),
    ...(profile.crlPem === null ? {} : { crl: profile.crlPem }),
  };
}

/** By the profile's server name, else by the names in its certificate. */
function identityFor(
  name: string,
  identities: readonly ServerIdentity[],
): ServerIdentity | undefined {
  const lower = name.toLowerCase();
  return (
    identities.find(({ profile }) => profile.serverName?.toLowerCase() === lower) ??
    identities.find(({ profile }) => isWildcardMatch(profile.serverName, lower)) ??
    identities.find(
      ({ profile, certificates }) =>
        profile.serverName === null &&
        certificates.some((certificate) => certificate.checkHost(name) !== undefined),
    )
  );
}

/** `*.example.com` covers one more label. */
function isWildcardMatch(pattern: string | null, name: string): boolean {
  if (pattern?.startsWith('*.') !== true) return false;
  const dot = name.indexOf('.');
  return dot > 0 && name.slice(dot) === pattern.slice(1).toLowerCase();
}

function keyOf(socket: net.Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0} ${socket.localPort ?? 0}`;
}

function factsOf(socket: tls.TLSSocket): ClientTls {
  const peerCertificate = socket.getPeerX509Certificate() ?? null;
  const subject = peerCertificate?.subject.split('\n').find((line) => line.startsWith('CN='));
  return {
    serverName: typeof socket.servername === 'string' ? socket.servername : null,
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
    peerCertificate,
    peerCommonName: subject?.slice(3) ?? null,
    verifyError:
      peerCertificate === null || socket.authorized ? null : String(socket.authorizationError),
  };
}
