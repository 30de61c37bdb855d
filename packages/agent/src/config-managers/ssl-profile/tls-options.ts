// TLS versions and cipher strings of the API -> options and ciphers of SSL profiles.
const VERSIONS = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

const TLS13 = 'TLSv1.3';

/**
 * Options that switch off what is not asked for, sorted.
 * @returns undefined when the device cannot speak any of the versions
 */
export function tlsOptions(versions: readonly string[], hasTls13: boolean): string[] | undefined {
  const known = VERSIONS.filter((version) => hasTls13 || version !== TLS13);
  if (!known.some((version) => versions.includes(version))) return undefined;
  const off = known.filter((version) => !versions.includes(version));
  return ['dont-insert-empty-fragments', ...off.map((name) => `no-${name.toLowerCase()}`)].sort();
}

/** Names that differ from OpenSSL's. Null: the device has no such cipher. */
const RENAMED: Readonly<Record<string, string | null>> = {
  TLS_AES_128_GCM_SHA256: 'TLS13-AES128-GCM-SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS13-AES256-GCM-SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS13-CHACHA20-POLY1305-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305': 'ECDHE-ECDSA-CHACHA20-POLY1305-SHA256',
  'ECDHE-RSA-CHACHA20-POLY1305': 'ECDHE-RSA-CHACHA20-POLY1305-SHA256',
  'DHE-RSA-CHACHA20-POLY1305': null,
};

/** They came together with TLS 1.3. */
const isNew = (name: string): boolean => name.startsWith('TLS13-') || name.includes('CHACHA20');

/**
 * OpenSSL's cipher string in the device's words, in its order; what the device does not have is left out.
 * @returns undefined when nothing is left
 */
export function deviceCiphers(ciphers: string, hasTls13: boolean): string | undefined {
  const names = ciphers.split(':').flatMap((name) => {
    const own = name in RENAMED ? RENAMED[name] : name;
    return own === null || own === undefined || own === '' || (isNew(own) && !hasTls13)
      ? []
      : [own];
  });
  return names.length === 0 ? undefined : names.join(':');
}
