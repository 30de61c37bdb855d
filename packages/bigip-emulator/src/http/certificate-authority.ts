// The authority that signs the devices' HTTPS certificates: given, restored from the data directory, or new.
import 'reflect-metadata';
import {
  X509CertificateGenerator,
  X509Certificate,
  BasicConstraintsExtension,
  KeyUsagesExtension,
  KeyUsageFlags,
  SubjectAlternativeNameExtension,
  type JsonGeneralName,
} from '@peculiar/x509';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@f5-lbaas/platform';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { ...ALGORITHM, hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const DEVICE_DAYS = 825;

export interface CertificateAuthority {
  certPem: string;
  /** PKCS#8, EC P-256 or RSA. */
  keyPem: string;
}

export interface TlsIdentity {
  certPem: string;
  keyPem: string;
}

type CryptoKeyPair = webcrypto.CryptoKeyPair;

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

async function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** Serial numbers need no secrecy, only to differ. */
function serialNumber(): string {
  return `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
}

export async function createAuthority(clock: Clock): Promise<CertificateAuthority> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=BIG-IP emulator CA',
    notBefore: new Date(clock.nowMs() - DAY_MS),
    notAfter: new Date(clock.nowMs() + CA_DAYS * DAY_MS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 1, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}

/** Kept across restarts, so that clients that pinned it go on trusting the devices. */
export async function loadAuthority(
  directory: string,
  clock: Clock,
): Promise<CertificateAuthority> {
  const certPath = join(directory, 'ca.pem');
  const keyPath = join(directory, 'ca.key');
  if (existsSync(certPath) && existsSync(keyPath)) {
    return { certPem: readFileSync(certPath, 'utf8'), keyPem: readFileSync(keyPath, 'utf8') };
  }
  const authority = await createAuthority(clock);
  writeFileSync(keyPath, authority.keyPem, { mode: 0o600 });
  writeFileSync(certPath, authority.certPem);
  return authority;
}

async function importSigningKey(
  keyPem: string,
): Promise<{ key: webcrypto.CryptoKey; isRsa: boolean }> {
  const key = createPrivateKey(keyPem);
  const isRsa = key.asymmetricKeyType === 'rsa';
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const algorithm = isRsa ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : ALGORITHM;
  return { key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']), isRsa };
}

/** Certificate for a device under its name, localhost and the address it listens on. */
export async function issueIdentity(
  authority: CertificateAuthority,
  names: readonly string[],
  clock: Clock,
): Promise<TlsIdentity> {
  const { key, isRsa } = await importSigningKey(authority.keyPem);
  const keys = await newKeys();
  const alternatives = names.map((value): JsonGeneralName => ({
    type: isIP(value) === 0 ? 'dns' : 'ip',
    value,
  }));
  const issuer = new X509Certificate(authority.certPem);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${names[0] ?? 'localhost'}`,
    issuer: issuer.subject,
    notBefore: new Date(clock.nowMs() - DAY_MS),
    notAfter: new Date(clock.nowMs() + DEVICE_DAYS * DAY_MS),
    signingAlgorithm: isRsa ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : SIGNING,
    publicKey: keys.publicKey,
    signingKey: key,
    extensions: [
      new BasicConstraintsExtension(false),
      new SubjectAlternativeNameExtension(alternatives),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}
