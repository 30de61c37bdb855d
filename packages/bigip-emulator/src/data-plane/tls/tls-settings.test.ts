import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { opensslCiphers, tlsSettings } from './tls-settings.ts';

describe('opensslCiphers', () => {
  it('keeps cipher names in order and drops the device’s own key words', () => {
    expect(opensslCiphers('ECDHE-RSA-AES128-GCM-SHA256:!SSLv3:NATIVE:!TLSv1:AES256-SHA')).toBe(
      'ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0',
    );
    expect(opensslCiphers('!SSLv3:-RC4')).toBe('DEFAULT:-RC4:@SECLEVEL=0');
    expect(opensslCiphers(null)).toBe('DEFAULT:@SECLEVEL=0');
  });

  it.each([
    null,
    'DEFAULT',
    'DEFAULT:+SHA:+3DES:+kEDH',
    'TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384',
  ])('OpenSSL takes %s', (ciphers) => {
    expect(() => createSecureContext(tlsSettings(ciphers, ['SSLv3', 'TLSv1']))).not.toThrow();
  });
});
