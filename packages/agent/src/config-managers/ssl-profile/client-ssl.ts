// TLS of a listener -> one client-ssl profile per certificate, and the files in them. The device picks the profile by
// the names in its certificate; the default one serves clients that name no server.
import type { ServiceListener } from '@f5-lbaas/model';
import { clientSslPath } from '../../adapters/names.ts';
import { certificateRefsOf } from '../../certificates/material-refs.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import { nameOf, type DeviceObject, type Fields } from '../../object-types/device-object.ts';
import type { ProfileUse } from '../../object-types/virtual-properties.ts';
import { bundleFiles, UnusableTlsError } from './secret-files.ts';
import { trust, versionsAndCiphers } from './tls-settings.ts';

export interface TlsProfiles {
  objects: DeviceObject[];
  uses: ProfileUse[];
}

const PEER_CERT_MODES = { NONE: 'ignore', OPTIONAL: 'request', MANDATORY: 'require' } as const;
const DEFAULT_PARENT = 'clientssl';

export function offersHttp2(listener: ServiceListener): boolean {
  return (
    listener.protocol === 'TERMINATED_HTTPS' && listener.alpn_protocols?.includes('h2') === true
  );
}

/** The same for all profiles of the listener, as the device demands. @throws UnusableTlsError */
function commonSettings(
  view: ServiceView,
  listener: ServiceListener,
): { objects: DeviceObject[]; fields: Fields } {
  const { objects, fields } = trust(
    view,
    listener.client_ca_tls_container_id,
    listener.client_crl_container_id,
  );
  return {
    objects,
    fields: {
      ...fields,
      ...versionsAndCiphers(view, listener),
      defaultsFrom: `/Common/${view.context.parentSslProfile ?? DEFAULT_PARENT}`,
      // Named to clients, so that they can choose among their certificates.
      clientCertCa: fields.caFile,
      peerCertMode: PEER_CERT_MODES[listener.client_authentication],
      // HTTP/2 forbids renegotiation, and the device refuses the combination.
      ...(offersHttp2(listener) ? { renegotiation: false } : {}),
    },
  };
}

/** @throws UnusableTlsError when something that the listener refers to cannot be used */
export function compileClientSsl(view: ServiceView, listener: ServiceListener): TlsProfiles {
  const refs = certificateRefsOf(listener);
  if (refs.length === 0) throw new UnusableTlsError('The listener has no certificate.');
  const common = commonSettings(view, listener);
  const certificates = refs.map((ref, index) => {
    const { objects, cert, key, chain } = bundleFiles(view, ref);
    const path = clientSslPath(view.partition, view.context.prefix, listener.id, ref);
    const profile: DeviceObject = {
      type: 'profile-client-ssl',
      path,
      properties: {
        ...common.fields,
        certKeyChain: { name: nameOf(path), cert, key, chain },
        sniDefault: index === 0,
      },
    };
    return { path, objects: [...objects, profile] };
  });
  return {
    objects: [...common.objects, ...certificates.flatMap(({ objects }) => objects)],
    uses: certificates.map(({ path }) => ({ name: path, context: 'clientside' })),
  };
}
