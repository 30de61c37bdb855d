// Which secrets a service definition needs, for whom, and which files are made of them. Pure.
import type {
  ProvisioningStatus,
  ServiceDefinition,
  ServiceListener,
  ServicePool,
} from '@f5-lbaas/model';
import type { SecretPart } from '../adapters/names.ts';
import type { ObjectTypeName, Owner } from '../object-types/device-object.ts';

interface Need {
  ref: string;
  form: 'bundle' | 'text';
  files: readonly (readonly [SecretPart, ObjectTypeName])[];
}

export interface MaterialRef extends Need {
  owner: Owner;
  /** The object that needs it is being changed: what is remembered may be old. */
  isChanging: boolean;
}

interface Staying {
  id: string;
  provisioning_status: ProvisioningStatus;
}

const BUNDLE: Need['files'] = [
  ['certificate', 'ssl-cert'],
  ['chain', 'ssl-cert'],
  ['privateKey', 'ssl-key'],
];
const AUTHORITY: Need['files'] = [['certificate', 'ssl-cert']];
const REVOCATION_LIST: Need['files'] = [['crl', 'ssl-crl']];

const stays = ({ provisioning_status: status }: Staying): boolean =>
  status !== 'PENDING_DELETE' && status !== 'DELETED';

function need(ref: string | null, form: Need['form'], files: Need['files']): Need[] {
  return ref === null || ref === '' ? [] : [{ ref, form, files }];
}

/** Certificates of a listener: the default one first, then those chosen by server name. */
export function certificateRefsOf(listener: ServiceListener): string[] {
  const sni = [...listener.sni_containers]
    .sort((a, b) => a.position - b.position)
    .map(({ tls_container_id: ref }) => ref);
  const all = [listener.default_tls_container_id, ...sni];
  return [...new Set(all.flatMap((ref) => (ref === null || ref === '' ? [] : [ref])))];
}

function needsOfListener(listener: ServiceListener): Need[] {
  if (listener.protocol !== 'TERMINATED_HTTPS') return [];
  return [
    ...certificateRefsOf(listener).flatMap((ref) => need(ref, 'bundle', BUNDLE)),
    ...need(listener.client_ca_tls_container_id, 'text', AUTHORITY),
    ...need(listener.client_crl_container_id, 'text', REVOCATION_LIST),
  ];
}

function needsOfPool(pool: ServicePool): Need[] {
  if (!pool.tls_enabled) return [];
  return [
    ...need(pool.tls_container_id, 'bundle', BUNDLE),
    ...need(pool.ca_tls_container_id, 'text', AUTHORITY),
    ...need(pool.crl_container_id, 'text', REVOCATION_LIST),
  ];
}

function refsOf<T extends Staying>(
  kind: Owner['kind'],
  objects: readonly T[],
  needs: (object: T) => Need[],
): MaterialRef[] {
  return objects.filter(stays).flatMap((object) =>
    needs(object).map((one) => ({
      ...one,
      owner: { kind, id: object.id },
      isChanging: object.provisioning_status !== 'ACTIVE',
    })),
  );
}

export function materialRefsOf(service: ServiceDefinition): MaterialRef[] {
  if (!stays(service.loadbalancer)) return [];
  return [
    ...refsOf('listeners', service.listeners, needsOfListener),
    ...refsOf('pools', service.pools, needsOfPool),
  ];
}
