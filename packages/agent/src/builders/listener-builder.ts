// Everything of one listener: its virtual server and what hangs on it.
import type { ServiceListener } from '@f5-lbaas/model';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { ServiceView } from '../compile/service-view.ts';
import { esdOf } from '../esd/esd-policies.ts';
import { compileL7 } from '../config-managers/l7/l7.ts';
import { compilePersistence } from '../config-managers/persistence/persistence.ts';
import {
  compileClientSsl,
  offersHttp2,
  type TlsProfiles,
} from '../config-managers/ssl-profile/client-ssl.ts';
import { UnusableTlsError } from '../config-managers/ssl-profile/secret-files.ts';
import { compileServerSsl } from '../config-managers/ssl-profile/server-ssl.ts';
import { compileAllowedCidrs } from '../config-managers/vip/allowed-cidrs.ts';
import { compileHsts } from '../config-managers/vip/hsts.ts';
import { compileInsertHeaders } from '../config-managers/vip/insert-headers.ts';
import { compileProxyProtocol } from '../config-managers/vip/proxy-protocol.ts';
import { compileTimeouts } from '../config-managers/vip/timeouts.ts';
import {
  compileVirtualServer,
  DEVICE_PROFILES,
  type VirtualServerParts,
} from '../config-managers/vip/virtual-server.ts';
import type { DeviceObject } from '../object-types/device-object.ts';
import type { BuiltObjects } from './built-objects.ts';
import { withEsd } from './with-esd.ts';
import { poolHandover, type PoolHandover } from './pool-handover.ts';

function pathsOf(objects: readonly DeviceObject[], type: DeviceObject['type']): string[] {
  return objects.filter((object) => object.type === type).map(({ path }) => path);
}

function problem(listener: ServiceListener, reason: string): CompileProblem {
  return { owner: { kind: 'listeners', id: listener.id }, reason };
}

const NO_TLS: TlsProfiles = { objects: [], uses: [] };

/** @throws UnusableTlsError */
function tlsOf(view: ServiceView, listener: ServiceListener, handover: PoolHandover): TlsProfiles {
  const isTerminated = listener.protocol === 'TERMINATED_HTTPS';
  const clients = isTerminated ? compileClientSsl(view, listener) : NO_TLS;
  const members = handover.tlsPool ? compileServerSsl(view, handover.tlsPool) : NO_TLS;
  return {
    objects: [...clients.objects, ...members.objects],
    uses: [...clients.uses, ...members.uses],
  };
}

function buildWith(
  view: ServiceView,
  listener: ServiceListener,
  handover: PoolHandover,
  tls: TlsProfiles,
): BuiltObjects {
  const persistence = compilePersistence(view, listener, view.pool(listener.default_pool_id));
  const l7 = compileL7(view, listener, handover.misfits);
  // iRules run in this order: who may come in, how long it may idle, where it goes, what is added on the way.
  const chain = [
    ...compileAllowedCidrs(view, listener),
    compileTimeouts(view, listener),
    ...l7.rules,
    compileInsertHeaders(view, listener),
    compileHsts(view, listener),
    compileProxyProtocol(view, listener, handover.proxyVersion),
  ].filter((object) => object !== undefined);
  const parts: VirtualServerParts = {
    ...DEVICE_PROFILES,
    persist: persistence.persist,
    fallbackPersistence: persistence.fallbackPersistence,
    needsHttp: persistence.needsHttp,
    http2: offersHttp2(listener),
    // A connection that was announced for one client must carry that client only.
    reusesConnections: handover.proxyVersion === undefined,
    needsProxy: handover.proxyVersion !== undefined,
    tlsProfiles: tls.uses,
    rules: pathsOf(chain, 'rule'),
    policies: pathsOf(l7.policies, 'policy'),
  };
  const enhanced = withEsd(listener, parts, esdOf(view, listener));
  const virtuals = view.vips.map((vip) => compileVirtualServer(view, listener, enhanced, vip));
  if (virtuals.includes(undefined)) {
    const reason = `Listeners of protocol ${listener.protocol} are not supported.`;
    return { objects: [], problems: [problem(listener, reason)] };
  }
  const policies = l7.policies.filter(({ path }) => enhanced.policies.includes(path));
  const served = virtuals.filter((virtual) => virtual !== undefined);
  const objects = [...persistence.objects, ...tls.objects, ...chain, ...policies, ...served];
  return { objects, problems: [...l7.problems, ...handover.problems] };
}

export function buildListener(view: ServiceView, listener: ServiceListener): BuiltObjects {
  const handover = poolHandover(view, listener);
  try {
    return buildWith(view, listener, handover, tlsOf(view, listener, handover));
  } catch (error) {
    if (!(error instanceof UnusableTlsError)) throw error;
    return { objects: [], problems: [{ ...problem(listener, error.message), keepsOld: true }] };
  }
}
