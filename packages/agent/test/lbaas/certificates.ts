// Keys and certificates for TLS tests, made on the spot.
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export interface TestCertificate {
  certPem: string;
  keyPem: string;
}

export interface TestAuthority extends TestCertificate {
  /** @param subject further fields of it, `{ O: 'Acme' }` */
  issue(host: string, subject?: Readonly<Record<string, string>>): TestCertificate;
  /** Another authority below this one. */
  intermediate(name: string): TestAuthority;
}

const DAY_MS = 86_400_000;
let serial = 1;

/** Making keys takes long; neighbours in time have different ones, which is all that matters here. */
const KEYS_MAX = 3;
const keys: string[] = [];

function newKeyPem(): string {
  const oldest = keys.length < KEYS_MAX ? undefined : keys.shift();
  if (oldest !== undefined) {
    keys.push(oldest);
    return oldest;
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  keys.push(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return keys.at(-1) ?? '';
}

interface Request {
  name: string;
  subject?: Readonly<Record<string, string>> | undefined;
  isAuthority: boolean;
  issuer: (TestCertificate & { name: string }) | undefined;
}

function newCertificate({ name, subject = {}, isAuthority, issuer }: Request): TestCertificate {
  const keyPem = newKeyPem();
  const key = forge.pki.privateKeyFromPem(keyPem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = (serial += 1).toString(16).padStart(4, '0');
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + DAY_MS);
  const more = Object.entries(subject).map(([shortName, value]) => ({ shortName, value }));
  certificate.setSubject([...more, { name: 'commonName', value: name }]);
  certificate.setIssuer([{ name: 'commonName', value: issuer?.name ?? name }]);
  certificate.setExtensions(
    isAuthority
      ? [{ name: 'basicConstraints', cA: true }]
      : [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  );
  const signer = issuer === undefined ? key : forge.pki.privateKeyFromPem(issuer.keyPem);
  certificate.sign(signer, forge.md.sha256.create());
  return { certPem: forge.pki.certificateToPem(certificate), keyPem };
}

function authorityNamed(name: string, issuer?: TestCertificate & { name: string }): TestAuthority {
  const own = newCertificate({ name, isAuthority: true, issuer });
  const self = { ...own, name };
  return {
    ...own,
    issue: (host, subject) =>
      newCertificate({ name: host, subject, isAuthority: false, issuer: self }),
    intermediate: (below) => authorityNamed(below, self),
  };
}

export function certificateAuthority(name: string): TestAuthority {
  return authorityNamed(name);
}
