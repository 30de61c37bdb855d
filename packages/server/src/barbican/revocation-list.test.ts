import { describe, expect, it } from 'vitest';
import { isSignedBy, parseRevocationList } from './revocation-list.ts';

// Made with `openssl req -x509` and `openssl ca -gencrl`; their keys are gone.
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBbjCCARWgAwIBAgIUF19awWFsva2Cjfi4kbpn0/REnTwwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwHhcNMjYxMTIxMTY1NDE2WhcNMzYxMTE4MTY1NDE2WjAN
MQswCQYDVQQDDAJjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABClJ22yEuMN7
fuu1bspLhinAFDE7sSQf1O0lw3RqTNvup76YoGiuAJME0NKiKg6UnZGsC8D673LB
Z1O5u/mFZcyjUzBRMB0GA1UdDgQWBBQDvN3PBuuf6lPZGT9lCu+77nfjTDAfBgNV
HSMEGDAWgBQDvN3PBuuf6lPZGT9lCu+77nfjTDAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0cAMEQCIH5qWw8vskIW7562xD8Cyk/KOnW+kt0FYn30CuphMgcQ
AiAcpSekwyIk4BKLrOT6l/fGnsnKedWNPg70Cjrwt4KlVg==
-----END CERTIFICATE-----`;
const OTHER = `-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIUHhI7mpX8E7EZ9+5xrcii46J+NUEwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwHhcNMjYxMTIxMTY1NDE2WhcNMzYxMTE4MTY1NDE2
WjAQMQ4wDAYDVQQDDAVvdGhlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMas
BS5m+wFCUxq+KzVpj+ZCPP8E5pfYTDzks8SZaGu7Xyrl36xpoRJMuBXdNhw626Nh
0wP7Y9t8OCpynbNUalCjUzBRMB0GA1UdDgQWBBSW4unKKwdgUQ6dvdn0i85vBL/7
6zAfBgNVHSMEGDAWgBSW4unKKwdgUQ6dvdn0i85vBL/76zAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0kAMEYCIQCvgN0CQ5i7wk80AOIKqHRb7LxCtD7w0dBm
OZC07ZSkvwIhAK3BypzWvGsRzUZ6XbCYReGBC79kuPBUD0z74XxfDNNe
-----END CERTIFICATE-----`;
const LIST = `-----BEGIN X509 CRL-----
MIGkMEwCAQEwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EXDTI2MTEyMTE2NTQx
NloXDTM2MTExODE2NTQxNlqgDjAMMAoGA1UdFAQDAgEBMAoGCCqGSM49BAMCA0gA
MEUCICuHQSmhG35BERbnlkB/AY88AjVzWluS+uN/3ubOHhiQAiEAqmEBkauUfegY
UCgGF1hk4vFdzHT2L/QJ9T/Oko/Sp1k=
-----END X509 CRL-----`;

describe('revocation lists', () => {
  it('are of the authority that signed them', () => {
    const list = parseRevocationList(LIST);

    expect(isSignedBy(list, AUTHORITY)).toBe(true);
    expect(isSignedBy(list, OTHER)).toBe(false);
  });

  it('of which a byte has changed are of nobody', () => {
    const list = parseRevocationList(LIST);
    const signed = Buffer.from(list.signed);
    signed[signed.length - 1] = (signed.at(-1) ?? 0) ^ 1;

    expect(isSignedBy({ ...list, signed }, AUTHORITY)).toBe(false);
  });

  it.each(['', 'text', AUTHORITY, '-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----'])(
    'are not made of anything else',
    (text) => {
      expect(() => parseRevocationList(text)).toThrow();
    },
  );
});
