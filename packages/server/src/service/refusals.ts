// Every reason why the domain service refuses a change: stable code, kind, and the sentence that names it.
// The vocabulary is Octavia's; an API that words a case differently maps the code in its own fault table.
import { LbaasError, type ErrorKind } from '@f5-lbaas/model';

import { pythonList } from './python-text.ts';

/** `validation`: Octavia's `Validation failure: <sentence>`. */
interface Refusal<Context> {
  readonly kind: ErrorKind;
  readonly validation: boolean;
  readonly text: (context: Context) => string;
}

function refusal<Context>(kind: ErrorKind, text: (context: Context) => string): Refusal<Context> {
  return { kind, validation: false, text };
}

function invalid<Context = object>(text: string | ((context: Context) => string)) {
  const sentence = typeof text === 'string' ? (): string => text : text;
  const entry: Refusal<Context> = { kind: 'bad_request', validation: true, text: sentence };
  return entry;
}

interface Named {
  resource: string;
  id: string;
}

const STATE_AND_USE = {
  ERR_VIP_CLAIM_LOST: refusal(
    'unavailable',
    () => 'Storing this took so long that its VIP port was given back. Please try again.',
  ),
  ERR_NO_SUCH_RESOURCE: refusal<Named>('not_found', (c) => `${c.resource} ${c.id} not found.`),
  ERR_NO_SUCH_NETWORK_OBJECT: refusal<Named>(
    'bad_request',
    (c) => `${c.resource} ${c.id} not found.`,
  ),
  ERR_IMMUTABLE: refusal<Named & { state: string }>(
    'conflict',
    (c) => `${c.resource} ${c.id} is immutable and cannot be updated.`,
  ),
  ERR_INVALID_STATE: refusal<{ state: string; id: string }>(
    'conflict',
    (c) => `Invalid state ${c.state} of loadbalancer resource ${c.id}`,
  ),
  ERR_LISTENER_PORT_IN_USE: refusal<{
    protocol: string;
    protocol_port: number;
    loadbalancer_id: string;
  }>(
    'conflict',
    (c) =>
      'Another Listener on this Load Balancer is already using protocol ' +
      `${c.protocol} and protocol_port ${c.protocol_port}`,
  ),
  ERR_MEMBER_EXISTS: refusal<{ address: string; protocol_port: number; pool_id?: string }>(
    'conflict',
    (c) =>
      `Another member on this pool is already using ip ${c.address} ` +
      `on protocol_port ${c.protocol_port}`,
  ),
  ERR_POOL_HAS_MONITOR: refusal<{ id: string; healthmonitor_id: string }>(
    'conflict',
    () => 'This pool already has a health monitor',
  ),
  ERR_LISTENER_HAS_POOL: refusal<{ id: string; default_pool_id: string }>(
    'conflict',
    () => 'This listener already has a default pool',
  ),
  ERR_POOL_IN_USE: refusal<{ id: string; l7policy_id: string }>(
    'conflict',
    (c) => `Pool ${c.id} is in use by L7 policy ${c.l7policy_id}`,
  ),
  ERR_IN_USE: refusal<{ user: string; used: string; used_id: string }>(
    'conflict',
    (c) => `${c.user} is using ${c.used} ${c.used_id}`,
  ),
  ERR_TOO_MANY_RULES: refusal<{ id: string }>(
    'conflict',
    (c) => `Too many rules on L7 policy ${c.id}`,
  ),
  ERR_VIP_IN_USE: refusal<{ detail: string }>(
    'conflict',
    (c) => `The VIP IP address is already in use: ${c.detail}`,
  ),
  ERR_QUOTA_MET: refusal<{ resource: string }>(
    'quota',
    (c) => `Quota has been met for resources: ${c.resource}`,
  ),
};

/** What only LBaaS v1 refuses. */
const LBAAS_V1 = {
  ERR_POOL_HAS_VIP: refusal<{ id: string }>('conflict', (c) => `Pool ${c.id} is still in use`),
  ERR_VIP_EXISTS: refusal<{ id: string }>(
    'conflict',
    (c) => `Another Vip already exists for pool ${c.id}`,
  ),
  ERR_POOL_TAKES_NO_VIP: refusal<{ id: string }>(
    'conflict',
    (c) =>
      `Pool ${c.id} is on a load balancer of another API or with another address, ` +
      'so it cannot have this vip.',
  ),
  ERR_POOL_OF_OTHER_PROVIDER: refusal<{ id: string; provider: string }>(
    'conflict',
    (c) => `Pool ${c.id} is of provider '${c.provider}', the vip is of another one.`,
  ),
  ERR_MONITOR_ASSOCIATED: refusal<{ id: string }>(
    'conflict',
    (c) => `Health monitor ${c.id} still has associations with pools`,
  ),
  ERR_ASSOCIATION_EXISTS: refusal<{ id: string; monitor_id: string }>(
    'conflict',
    (c) => `health_monitor ${c.monitor_id} is already associated with pool ${c.id}`,
  ),
  ERR_NOT_ASSOCIATED: refusal<{ id: string; monitor_id: string }>(
    'not_found',
    (c) => `Monitor ${c.monitor_id} is not associated with Pool ${c.id}`,
  ),
  ERR_DELAY_BELOW_TIMEOUT: refusal<object>(
    'bad_request',
    () => 'Delay must be greater than or equal to timeout',
  ),
  ERR_NO_ADDRESS: refusal<{ id: string }>(
    'conflict',
    (c) => `Load Balancer ${c.id} has no address yet: its vip is made with LBaaS v1.`,
  ),
};

const OPTIONS = {
  ERR_INVALID_OPTION: refusal<{ value: string; option: string }>(
    'bad_request',
    (c) => `${c.value} is not a valid option for ${c.option}`,
  ),
  ERR_OPTION_DISABLED: refusal<{ option: string; value: string }>(
    'bad_request',
    (c) => `The selected ${c.option} is not allowed in this deployment: ${c.value}`,
  ),
  ERR_PROVIDER_NOT_ENABLED: refusal<{ provider: string }>(
    'bad_request',
    (c) => `Provider '${c.provider}' is not enabled.`,
  ),
  ERR_INVALID_SORT_KEY: refusal<{ key: string }>(
    'bad_request',
    (c) => `Supplied sort key '${c.key}' is not valid.`,
  ),
  ERR_LISTENER_TAKES_NO_CHILDREN: refusal<{ protocol: string }>(
    'bad_request',
    (c) => `Protocol ${c.protocol} listeners cannot have child objects.`,
  ),
  ERR_L7_POLICY_ARGUMENTS: refusal<{ detail: string }>(
    'bad_request',
    (c) => `Invalid L7 Policy arguments: ${c.detail}`,
  ),
  ERR_L7_RULE: refusal<{ detail: string }>(
    'bad_request',
    (c) => `Error parsing L7Rule: ${c.detail}`,
  ),
};

const VIP = {
  ERR_VIP_MISSING: invalid<{ objects: string }>((c) => `VIP must contain one of: ${c.objects}.`),
  ERR_VIP_OPTION_DISABLED: invalid<{ option: string }>(
    (c) => `use of ${c.option} is disallowed by this deployment's configuration.`,
  ),
  ERR_VIP_PORT_USED: invalid<{ port_id: string; device_id: string }>(
    (c) => `Port ${c.port_id} is already used by device ${c.device_id} `,
  ),
  ERR_VIP_PORT_NOT_ON_SUBNET: invalid(
    'No VIP address found on the specified VIP port within the specified subnet.',
  ),
  ERR_VIP_ADDRESS_NOT_ON_PORT: invalid(
    'Specified VIP address not found on the specified VIP port.',
  ),
  ERR_VIP_SUBNET_UNDETERMINED: invalid(
    "VIP port's subnet could not be determined. Please specify either a VIP subnet or address.",
  ),
  ERR_VIP_ADDRESS_OUTSIDE: invalid(
    'Supplied network does not contain a subnet for VIP address specified.',
  ),
  ERR_VIP_NETWORK_EMPTY: invalid('Supplied network does not contain a subnet.'),
  ERR_VIP_NETWORK_FULL: invalid(
    'Subnet(s) in the supplied network do not contain enough available IPs.',
  ),
  ERR_VIP_NETWORK_NOT_ALLOWED: invalid(
    'Supplied VIP network_id is not allowed by the configuration of this deployment.',
  ),
  ERR_VIP_QOS_UNAVAILABLE: invalid('VIP QoS policy is not allowed in this deployment.'),
  ERR_VIP_SUBNETS_REPEATED: invalid(
    'Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet.',
  ),
  ERR_VIP_SUBNETS_APART: invalid('All VIP subnets must belong to the same network.'),
  ERR_VIP_SUBNET_MISSING: invalid<{ id: string }>((c) => `Subnet ${c.id} not found`),
  ERR_CIDRS_WITH_SECURITY_GROUPS: invalid(
    'Allowed CIDRs are not allowed when using custom VIP Security Groups.',
  ),
  ERR_PROJECT_MISSING: invalid(
    'Missing project ID in request where one is required. An administrator should check the ' +
      'keystone settings in the Octavia configuration.',
  ),
  ERR_FLAVOR: invalid('Invalid flavor_id.'),
  ERR_AVAILABILITY_ZONE: invalid('Invalid availability zone.'),
  ERR_HAS_CHILDREN: invalid<{ id: string; child: string; child_id: string }>(
    (c) => `Cannot delete Load Balancer ${c.id} - it has children`,
  ),
};

const FULLY_POPULATED = {
  ERR_POOL_UNNAMED: invalid('Pools must be named when creating a fully populated loadbalancer.'),
  ERR_POOL_NAME_REPEATED: invalid(
    'Pool names must be unique when creating a fully populated loadbalancer.',
  ),
  ERR_POOL_REFERENCE: invalid<{ name: string }>(
    (c) => `Pool '${c.name}' was referenced but no full definition was found.`,
  ),
  ERR_POOL_INCOMPLETE: invalid<{ name: string; attribute: string }>(
    (c) => `Pool definition for '${c.name}' missing required attribute: ${c.attribute}`,
  ),
};

const LISTENER = {
  ERR_INSERT_HEADER: refusal<{ names: string[]; verb: 'create' | 'update' }>(
    'bad_request',
    (c) =>
      (c.verb === 'create' ? `dict_keys(${pythonList(c.names)})` : pythonList(c.names)) +
      ' is not a valid option for insert_headers',
  ),
  ERR_INSERT_HEADER_NEEDS_TLS: refusal<{ names: string[]; protocol: string }>(
    'bad_request',
    (c) => `${pythonList(c.names)} is not a valid option for ${c.protocol} protocol listener.`,
  ),
  ERR_INSERT_HEADERS_PROTOCOL: refusal<{ protocol: string }>(
    'bad_request',
    (c) => `insert-headers is not a valid option for a ${c.protocol} protocol listener.`,
  ),
  ERR_LISTENER_NO_TLS: invalid<{ protocol: string; verb: 'create' | 'update' }>((c) =>
    c.verb === 'create'
      ? `${c.protocol} protocol listener does not support TLS.`
      : `${c.protocol} protocol listener does not support TLS or header insertion.`,
  ),
  ERR_REFS_ON_PLAIN_LISTENER: invalid<{ protocol: string }>(
    (c) => `Certificate container references are not allowed on ${c.protocol} protocol listeners.`,
  ),
  ERR_CLIENT_CA_WITHOUT_CERTIFICATE: invalid(
    'An SNI or default certificate container reference must be provided with a client CA ' +
      'container reference.',
  ),
  ERR_TLS_WITHOUT_CERTIFICATE: invalid<{ protocol: string }>(
    (c) =>
      'An SNI or default certificate container reference must be provided for ' +
      `${c.protocol} protocol listeners.`,
  ),
  ERR_CLIENT_AUTHENTICATION_WITHOUT_CA: invalid<{ setting: string }>(
    (c) => `Client authentication setting ${c.setting} requires a client CA container reference.`,
  ),
  ERR_CRL_WITHOUT_CLIENT_CA: invalid(
    'A client authentication CA reference is required to specify a client authentication ' +
      'revocation list.',
  ),
  ERR_CIDR_FAMILY: invalid<{ cidr: string; vips: string[] }>(
    (c) => `CIDR ${c.cidr} IP version incompatible with all VIPs ${pythonList(c.vips)} IP version.`,
  ),
  ERR_HSTS_PROTOCOL: invalid(
    'The HSTS feature can only be used for listeners using the TERMINATED_HTTPS protocol.',
  ),
  ERR_HSTS_WITHOUT_AGE: invalid<{ verb: 'create' | 'update' }>((c) =>
    c.verb === 'create'
      ? 'HSTS configuration options hsts_include_subdomains and hsts_preload only make sense if ' +
        'hsts_max_age is set as well.'
      : 'Cannot enable hsts_include_subdomains or hsts_preload if hsts_max_age was not set as ' +
        'well.',
  ),
};

const TLS = {
  ERR_CIPHER_CHARACTERS: invalid(
    'Invalid characters in cipher string. Only alphanumeric, -, +, !, :, @, =, _, and . are ' +
      'allowed.',
  ),
  ERR_CIPHERS_PROHIBITED: invalid<{ ciphers: string[] }>(
    (c) =>
      `The following ciphers have been prohibited by an administrator: ${c.ciphers.join(', ')}`,
  ),
  ERR_CERTIFICATE_UNREADABLE: refusal<{ refs: string[] }>(
    'bad_request',
    (c) => `Could not retrieve certificate: ${pythonList(c.refs)}`,
  ),
  ERR_PKCS12_UNREADABLE: refusal<{ error: string }>(
    'bad_request',
    (c) =>
      'The PKCS12 bundle is unreadable. Please check the PKCS12 bundle validity. In addition, ' +
      `make sure it does not require a pass phrase. Error: ${c.error}`,
  ),
  ERR_CLIENT_CA_INVALID: invalid<{ error: string }>(
    (c) =>
      'The client authentication CA certificate is invalid. It must be a valid x509 PEM format ' +
      `certificate. Error: ${c.error}`,
  ),
  ERR_CRL_INVALID: invalid<{ error: string }>(
    (c) =>
      'The client authentication certificate revocation list is invalid. It must be a valid x509 ' +
      `PEM format certificate revocation list. Error: ${c.error}`,
  ),
  ERR_CRL_OF_OTHER_CA: invalid(
    'The CRL specified is not valid for client certificate authority reference supplied.',
  ),
  ERR_TLS_VERSIONS_EMPTY: invalid(
    'Empty TLS version list. Either specify at least one TLS version or remove this parameter ' +
      'to use the default.',
  ),
  ERR_TLS_VERSIONS: invalid<{ versions: string[] }>(
    (c) => `Invalid TLS versions: ${c.versions.join(', ')}`,
  ),
  ERR_TLS_VERSION_TOO_OLD: invalid<{ versions: string[]; minimum: string }>(
    (c) =>
      'Requested TLS versions are less than the minimum: ' +
      `${c.versions.join(', ')} < ${c.minimum}`,
  ),
  ERR_ALPN_EMPTY: invalid(
    'Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this ' +
      'parameter to use the default.',
  ),
};

const POOL = {
  ERR_POOL_PARENT_MISSING: invalid('Must provide at least one of: loadbalancer_id, listener_id'),
  ERR_POOL_PROTOCOL: invalid<{ pool_protocol: string; listener_protocol: string }>(
    (c) =>
      `The pool protocol '${c.pool_protocol}' is invalid while the listener protocol is ` +
      `'${c.listener_protocol}'.`,
  ),
  ERR_CRL_WITHOUT_CA: invalid<{ verb: 'create' | 'update' }>((c) =>
    c.verb === 'create'
      ? 'A CA certificate reference is required to specify a revocation list.'
      : 'A CA reference is required to specify a certificate revocation list.',
  ),
  ERR_CA_NEEDED_BY_CRL: invalid(
    'A CA reference cannot be removed when a certificate revocation list is present.',
  ),
  ERR_PERSISTENCE_OPTIONS: invalid<{ verb: 'create' | 'update' }>(
    (c) =>
      'persistence_timeout and persistence_granularity is only for ' +
      `${c.verb === 'create' ? 'UDP and SCTP' : 'UDP'} protocol pools.`,
  ),
  ERR_PERSISTENCE_TYPE: invalid<{ type: string }>(
    (c) => `Session persistence of type ${c.type} is not supported for UDP/SCTP protocol pools.`,
  ),
  ERR_PERSISTENCE_COOKIE_DATAGRAM: invalid('Cookie names are not supported for UDP/SCTP pools.'),
  ERR_COOKIE_NAME_FORBIDDEN: invalid(
    'Field "cookie_name" can only be specified with session persistence of type "APP_COOKIE".',
  ),
  ERR_COOKIE_NAME_MISSING: invalid(
    'Field "cookie_name" must be specified when using the "APP_COOKIE" session persistence type.',
  ),
  ERR_COOKIE_NAME: invalid('Supplied "cookie_name" is invalid.'),
  ERR_PERSISTENCE: invalid('Invalid session_persistence provided.'),
};

const MEMBER_AND_MONITOR = {
  ERR_MEMBER_REPEATED: invalid('Member must be updated only once in the same request.'),
  ERR_SRIOV_MEMBERS: refusal<object>(
    'bad_request',
    () => 'The load balancer flavor does not allow SR-IOV member ports.',
  ),
  ERR_MONITOR_OPTION: refusal<{ option: string; type: string }>(
    'bad_request',
    (c) => `${c.option} is not a valid option for health monitors of type ${c.type}`,
  ),
  ERR_MONITOR_VERSION_MISSING: invalid(
    "'http_version' must be specified when 'domain_name' is provided.",
  ),
  ERR_MONITOR_DATAGRAM_TYPE: invalid<{ pool_protocol: string }>(
    (c) =>
      `The associated pool protocol is ${c.pool_protocol}, so only a ` +
      'UDP-CONNECT/SCTP/TCP/HTTP health monitor is supported.',
  ),
  ERR_MONITOR_STREAM_TYPE: invalid<{ type: string }>(
    (c) => `The ${c.type} type is only supported for pools of type UDP/SCTP.`,
  ),
  ERR_MONITOR_TYPE: refusal<{ type: string }>(
    'unsupported',
    (c) => `BIG-IP has no health monitor that probes like type ${c.type}.`,
  ),
  ERR_MONITOR_DELAY: invalid<{ delay: number; minimum: number }>(
    (c) =>
      `The request delay value ${c.delay} should be larger than ${c.minimum} for UDP-CONNECT ` +
      'health monitor type.',
  ),
};

/** Code -> how the refusal is handled and worded. */
const REFUSALS = {
  ...STATE_AND_USE,
  ...LBAAS_V1,
  ...OPTIONS,
  ...VIP,
  ...FULLY_POPULATED,
  ...LISTENER,
  ...TLS,
  ...POOL,
  ...MEMBER_AND_MONITOR,
};
export type RefusalCode = keyof typeof REFUSALS;
type ContextOf<Code extends RefusalCode> =
  (typeof REFUSALS)[Code] extends Refusal<infer Context> ? Context : never;

/** The error to throw for a refusal; `context` is what the sentence names. */
export function refuse<Code extends RefusalCode>(code: Code, context: ContextOf<Code>): LbaasError {
  const { kind, text } = REFUSALS[code] as Refusal<ContextOf<Code>>;
  return new LbaasError(kind, code, text(context), { context: Object.assign({}, context) });
}

/** Octavia words these with the prefix `Validation failure: `. */
export function isValidation(code: string): boolean {
  return Object.hasOwn(REFUSALS, code) && REFUSALS[code as RefusalCode].validation;
}
