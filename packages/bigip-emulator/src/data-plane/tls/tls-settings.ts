// From the device's cipher strings and protocol switches to OpenSSL's. Pure.
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

const NO_VERSION: Readonly<Record<string, number>> = {
  SSLv3: constants.SSL_OP_NO_SSLv3,
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.0': constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
};

/** Key words of the device that OpenSSL does not know or reads differently. */
const DEVICE_WORDS = /^[!+-]?(NATIVE|COMPAT|DTLSv?1?(_\d)?|SSLv[23]|TLSv1(_[123])?)$/i;

/** The order of the profile's own words is kept; an empty rest means OpenSSL's default. */
export function opensslCiphers(ciphers: string | null): string {
  const words = (ciphers ?? '')
    .split(/[:,\s]+/)
    .filter((word) => word !== '' && word !== 'none' && !DEVICE_WORDS.test(word))
    .map((word) => word.replaceAll('ECDHE_ECDSA', 'ECDHE-ECDSA'));
  const isEmpty = words.every((word) => /^[!+-]/.test(word));
  // The profile decides what is allowed; OpenSSL's own security level would silently overrule it.
  return [...(isEmpty ? ['DEFAULT'] : []), ...words, '@SECLEVEL=0'].join(':');
}

export function tlsSettings(
  ciphers: string | null,
  disabledVersions: readonly string[],
): SecureContextOptions {
  const off = disabledVersions.reduce((flags, name) => flags | (NO_VERSION[name] ?? 0), 0);
  return {
    ciphers: opensslCiphers(ciphers),
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.3',
    secureOptions: off | constants.SSL_OP_CIPHER_SERVER_PREFERENCE,
  };
}
