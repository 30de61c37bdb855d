// Pools of protocol PROXY -> iRule that tells each member, first of all, who the client is.
// @see the PROXY protocol, versions 1 (text) and 2 (binary)
import type { ServiceListener } from '@f5-lbaas/model';
import { listenerPartPath } from '../../adapters/names.ts';
import { whenEvent } from '../../adapters/tcl.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

const CLIENT = '[clientside {IP::remote_addr}]';
const CLIENT_PORT = '[clientside {TCP::remote_port}]';
const LOCAL = '[clientside {IP::local_addr}]';
const LOCAL_PORT = '[clientside {TCP::local_port}]';

const VERSION_1 = [
  `TCP::respond "PROXY TCP[clientside {IP::version}] ${CLIENT} ${LOCAL} ${CLIENT_PORT} ${LOCAL_PORT}\\r\\n"`,
];

/** Signature; version 2, command PROXY. */
const START = '0d0a0d0a000d0a515549540a21';

/** IPv4 addresses are said. Of IPv6 clients only that a proxy is between: Tcl has no parser for their text. */
const VERSION_2 = [
  `if { [clientside {IP::version}] == 4 } {`,
  `  set from [split ${CLIENT} "."]`,
  `  set to [split ${LOCAL} "."]`,
  `  set addresses [binary format c4c4 $from $to]`,
  `  set ports [binary format SS ${CLIENT_PORT} ${LOCAL_PORT}]`,
  `  TCP::respond "[binary format H* ${START}11000c]$addresses$ports"`,
  '} else {',
  `  TCP::respond [binary format H* ${START}000000]`,
  '}',
];

export function compileProxyProtocol(
  view: ServiceView,
  listener: ServiceListener,
  version: 1 | 2 | undefined,
): DeviceObject | undefined {
  if (version === undefined) return undefined;
  return {
    type: 'rule',
    path: listenerPartPath(view.partition, view.context.prefix, 'proxy_protocol', listener.id),
    properties: {
      apiAnonymous: whenEvent('SERVER_CONNECTED', version === 1 ? VERSION_1 : VERSION_2),
    },
  };
}
