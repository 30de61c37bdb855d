// What client-ssl and server-ssl profiles have in common: versions, ciphers, trust.
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject, Fields } from '../../object-types/device-object.ts';
import { textFile, UnusableTlsError } from './secret-files.ts';
import { deviceCiphers, tlsOptions } from './tls-options.ts';

export interface TlsAttributes {
  tls_versions: readonly string[] | null;
  tls_ciphers: string | null;
}

/** What the service leaves open stays as the parent profile has it. @throws UnusableTlsError */
export function versionsAndCiphers(view: ServiceView, tls: TlsAttributes): Fields {
  const hasTls13 = view.context.hasTls13 ?? true;
  const options = tls.tls_versions === null ? null : tlsOptions(tls.tls_versions, hasTls13);
  if (options === undefined) {
    const wanted = tls.tls_versions?.join(', ') ?? '';
    throw new UnusableTlsError(`The device speaks none of the TLS versions asked for: ${wanted}.`);
  }
  const ciphers = tls.tls_ciphers === null ? null : deviceCiphers(tls.tls_ciphers, hasTls13);
  if (ciphers === undefined) {
    throw new UnusableTlsError('The device has none of the ciphers asked for.');
  }
  return {
    ...(options === null ? {} : { tmOptions: options }),
    ...(ciphers === null ? {} : { ciphers }),
  };
}

export interface Trust {
  objects: DeviceObject[];
  /** `caFile` and `crlFile`, null where there is none. */
  fields: { caFile: string | null; crlFile: string | null };
}

/** @throws UnusableTlsError */
export function trust(view: ServiceView, caRef: string | null, crlRef: string | null): Trust {
  const ca = caRef ? textFile(view, caRef, 'ssl-cert') : undefined;
  const crl = crlRef ? textFile(view, crlRef, 'ssl-crl') : undefined;
  return {
    objects: [ca, crl].filter((file) => file !== undefined),
    fields: { caFile: ca?.path ?? null, crlFile: crl?.path ?? null },
  };
}
