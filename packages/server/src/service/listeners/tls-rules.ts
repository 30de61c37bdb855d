// Cipher strings, TLS versions and ALPN lists, the same for listeners and pools.
import { refuse } from '../refusals.ts';
import type { TlsSettings } from '../settings.ts';

/** Oldest first. @see Octavia tls_versions */
const TLS_VERSIONS = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

const CIPHER_STRING = /^[A-Za-z0-9\-+!:@=_.]+$/;

export interface TlsAttributes {
  tls_ciphers?: string | null | undefined;
  tls_versions?: readonly string[] | null | undefined;
  alpn_protocols?: readonly string[] | null | undefined;
}

export function checkCiphers(ciphers: string | null | undefined, settings: TlsSettings): void {
  if (ciphers === null || ciphers === undefined) return;
  if (!CIPHER_STRING.test(ciphers)) throw refuse('ERR_CIPHER_CHARACTERS', {});
  const prohibited = ciphers
    .split(':')
    .filter((cipher) => settings.prohibitedCiphers.includes(cipher));
  if (prohibited.length > 0) throw refuse('ERR_CIPHERS_PROHIBITED', { ciphers: prohibited });
}

export function checkVersionsAndAlpn(attributes: TlsAttributes, settings: TlsSettings): void {
  if (attributes.tls_versions) checkVersions(attributes.tls_versions, settings.minimumVersion);
  if (attributes.alpn_protocols?.length === 0) throw refuse('ERR_ALPN_EMPTY', {});
}

function checkVersions(versions: readonly string[], minimum: string | null): void {
  if (versions.length === 0) throw refuse('ERR_TLS_VERSIONS_EMPTY', {});
  const order: readonly string[] = TLS_VERSIONS;
  const unknown = versions.filter((version) => !order.includes(version));
  if (unknown.length > 0) throw refuse('ERR_TLS_VERSIONS', { versions: unknown });
  if (minimum === null) return;
  const old = versions.filter((version) => order.indexOf(version) < order.indexOf(minimum));
  if (old.length > 0) throw refuse('ERR_TLS_VERSION_TOO_OLD', { versions: old, minimum });
}
