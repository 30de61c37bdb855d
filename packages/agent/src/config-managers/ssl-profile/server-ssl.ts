// TLS towards the members of a pool -> server-ssl profile. It hangs on virtual servers, not on the pool.
import type { ServicePool } from '@f5-lbaas/model';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import type { TlsProfiles } from './client-ssl.ts';
import { bundleFiles } from './secret-files.ts';
import { trust, versionsAndCiphers } from './tls-settings.ts';

const PARENT = '/Common/serverssl';

/** Members are verified when there is a CA to verify them by. @throws UnusableTlsError */
export function compileServerSsl(view: ServiceView, pool: ServicePool): TlsProfiles {
  const { objects, fields } = trust(view, pool.ca_tls_container_id, pool.crl_container_id);
  const own = pool.tls_container_id ? bundleFiles(view, pool.tls_container_id) : undefined;
  const path = view.path(pool.id);
  const profile: DeviceObject = {
    type: 'profile-server-ssl',
    path,
    properties: {
      ...fields,
      ...versionsAndCiphers(view, pool),
      defaultsFrom: PARENT,
      peerCertMode: fields.caFile === null ? 'ignore' : 'require',
      cert: own?.cert ?? null,
      key: own?.key ?? null,
      chain: own?.chain ?? null,
    },
  };
  return {
    objects: [...objects, ...(own?.objects ?? []), profile],
    uses: [{ name: path, context: 'serverside' }],
  };
}
