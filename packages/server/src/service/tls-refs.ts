// Refuses changes that refer to certificates, authorities or revocation lists which cannot be used.
import type { Listener, Pool } from '@f5-lbaas/model';

import type { RefProblems, TlsRefs } from '../barbican/tls-secrets.ts';
import { refuse } from './refusals.ts';
import type { Caller, ServiceDeps } from './service-deps.ts';

type ListenerRefs = Partial<
  Pick<
    Listener,
    | 'default_tls_container_ref'
    | 'sni_container_refs'
    | 'client_ca_tls_container_ref'
    | 'client_crl_container_ref'
  >
>;
type PoolRefs = Partial<
  Pick<Pool, 'tls_container_ref' | 'ca_tls_container_ref' | 'crl_container_ref'>
>;
/** As requests have them: null resets. */
type Loose<T> = { [K in keyof T]?: T[K] | null | undefined };

export function refsOfListener(listener: Loose<ListenerRefs>): TlsRefs {
  return {
    certificates: [listener.default_tls_container_ref, ...(listener.sni_container_refs ?? [])],
    ca: listener.client_ca_tls_container_ref,
    crl: listener.client_crl_container_ref,
  };
}

export function refsOfPool(pool: Loose<PoolRefs>): TlsRefs {
  return {
    certificates: [pool.tls_container_ref],
    ca: pool.ca_tls_container_ref,
    crl: pool.crl_container_ref,
  };
}

/** Asks before the transaction, so that none stays open for another service's sake. */
export async function lookAtSecrets(
  { secrets }: Pick<ServiceDeps, 'secrets'>,
  refs: readonly TlsRefs[],
  caller: Caller | undefined,
): Promise<RefProblems> {
  return secrets === undefined ? new Map() : secrets.look(refs, caller?.token);
}

/** @throws the refusal for the first problem among these references, in Octavia's order */
export function checkSecrets(problems: RefProblems, { certificates, ca, crl }: TlsRefs): void {
  if (problems.size === 0) return;
  const named = certificates.flatMap((ref) => ref ?? []);
  const bundle = named.map((ref) => problems.get(ref)).find((one) => one?.kind === 'pkcs12');
  if (bundle?.kind === 'pkcs12') throw refuse('ERR_PKCS12_UNREADABLE', { error: bundle.error });
  const unreadable = named.filter((ref) => problems.get(ref)?.kind === 'unreadable');
  if (unreadable.length > 0) throw refuse('ERR_CERTIFICATE_UNREADABLE', { refs: unreadable });
  for (const ref of [ca, crl]) checkText(problems, ref);
}

function checkText(problems: RefProblems, ref: string | null | undefined): void {
  const problem = problems.get(ref ?? '');
  switch (problem?.kind) {
    case 'unreadable':
      throw refuse('ERR_CERTIFICATE_UNREADABLE', { refs: [ref ?? ''] });
    case 'ca':
      throw refuse('ERR_CLIENT_CA_INVALID', { error: problem.error });
    case 'crl':
      throw refuse('ERR_CRL_INVALID', { error: problem.error });
    case 'crl_of_other_ca':
      throw refuse('ERR_CRL_OF_OTHER_CA', {});
    case 'pkcs12':
    case undefined:
  }
}
