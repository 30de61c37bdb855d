// Secrets -> files on the device: certificates, keys, chains, revocation lists.
import { secretFilePath } from '../../adapters/names.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { Material } from '../../compile/tls-material.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

/** Why TLS cannot be configured; ends up as the status reason of the object that asked for it. */
export class UnusableTlsError extends Error {}

export interface BundleFiles {
  objects: DeviceObject[];
  /** Full paths. */
  cert: string;
  key: string;
  chain: string | null;
}

const UNREAD: Material = { kind: 'unreadable', reason: 'It was not read.' };

/** @throws UnusableTlsError */
function materialOf<K extends 'bundle' | 'text'>(
  view: ServiceView,
  ref: string,
  kind: K,
): Extract<Material, { kind: K }> {
  const material = view.context.material?.get(ref) ?? UNREAD;
  if (material.kind === kind) return material as Extract<Material, { kind: K }>;
  const reason = material.kind === 'unreadable' ? material.reason : 'It holds something else.';
  throw new UnusableTlsError(`The certificate ${ref} cannot be used. ${reason}`);
}

/** @throws UnusableTlsError */
export function bundleFiles(view: ServiceView, ref: string): BundleFiles {
  const { certificate, privateKey, chain } = materialOf(view, ref, 'bundle');
  const path = (part: 'certificate' | 'privateKey' | 'chain'): string =>
    secretFilePath(view.partition, view.context.prefix, ref, part);
  const objects: DeviceObject[] = [
    { type: 'ssl-cert', path: path('certificate'), properties: { checksum: certificate } },
    { type: 'ssl-key', path: path('privateKey'), properties: { checksum: privateKey } },
  ];
  if (chain !== null) {
    objects.push({ type: 'ssl-cert', path: path('chain'), properties: { checksum: chain } });
  }
  return {
    objects,
    cert: path('certificate'),
    key: path('privateKey'),
    chain: chain === null ? null : path('chain'),
  };
}

/** CA certificates (`ssl-cert`) or a revocation list (`ssl-crl`). @throws UnusableTlsError */
export function textFile(
  view: ServiceView,
  ref: string,
  type: 'ssl-cert' | 'ssl-crl',
): DeviceObject {
  const { content } = materialOf(view, ref, 'text');
  const part = type === 'ssl-cert' ? 'certificate' : 'crl';
  const path = secretFilePath(view.partition, view.context.prefix, ref, part);
  return { type, path, properties: { checksum: content } };
}
