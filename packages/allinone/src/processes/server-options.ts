// Options of `f5-lbaas server`. Where Octavia or keystonemiddleware has the option, its name is theirs.
import {
  booleanOption,
  choiceOption,
  integerOption,
  optionalTextOption,
  type OptionTable,
  secondsOption,
  textOption,
} from '@f5-lbaas/platform';
import { DRIVER_DEFAULTS, POLICY_MODES } from '@f5-lbaas/server';
import { SERVICE_PROVIDER_OPTION } from './service-provider-option.ts';
import { requiredOption, SHARED_OPTIONS } from './shared-options.ts';

const API = { group: 'api_settings' } as const;
const KEYSTONE = { group: 'keystone_authtoken' } as const;
const NETWORK = { group: 'network' } as const;
const OURS = { group: 'f5_lbaas' } as const;

const defaultSeconds = (ms: number): number => ms / 1000;

export const SERVER_OPTIONS = {
  ...SHARED_OPTIONS,
  metricsPort: integerOption(
    { name: 'metrics_port', help: 'Port of the Prometheus listener; 0: none (ours).' },
    0,
    { min: 0, max: 65_535 },
  ),
  metricsHost: textOption(
    { name: 'metrics_host', help: 'Address of the Prometheus listener (ours).' },
    '127.0.0.1',
  ),
  bindHost: textOption({ ...API, name: 'bind_host', help: 'Address to listen on.' }, '127.0.0.1'),
  bindPort: integerOption({ ...API, name: 'bind_port', help: 'Port to listen on.' }, 9876, {
    min: 0,
    max: 65_535,
  }),
  apiBaseUri: optionalTextOption({
    ...API,
    name: 'api_base_uri',
    help: 'Base of links in answers, for servers behind a proxy.',
  }),
  databaseUrl: requiredOption({
    group: 'database',
    name: 'connection',
    isSecret: true,
    help: 'sqlite:///file, postgresql://user:password@host/db or mysql://... Required.',
  }),
  databasePoolSize: integerOption(
    { group: 'database', name: 'max_pool_size', help: 'Connections at most.' },
    10,
    { min: 1 },
  ),
  authUrl: requiredOption({ ...KEYSTONE, name: 'auth_url', help: "Keystone's address. Required." }),
  publicAuthUrl: optionalTextOption({
    ...KEYSTONE,
    name: 'www_authenticate_uri',
    help: 'Where clients without a token are sent; auth_url when absent.',
  }),
  username: requiredOption({ ...KEYSTONE, name: 'username', help: 'Service user. Required.' }),
  password: requiredOption({
    ...KEYSTONE,
    name: 'password',
    isSecret: true,
    help: "The service user's password. Required.",
  }),
  projectName: textOption({ ...KEYSTONE, name: 'project_name', help: 'Its project.' }, 'service'),
  userDomainName: textOption(
    { ...KEYSTONE, name: 'user_domain_name', help: "The service user's domain." },
    'Default',
  ),
  projectDomainName: textOption(
    { ...KEYSTONE, name: 'project_domain_name', help: "The project's domain." },
    'Default',
  ),
  authCaFile: optionalTextOption({
    ...KEYSTONE,
    name: 'cafile',
    help: "PEM file of authorities to trust for Keystone's HTTPS.",
  }),
  tokenCacheMs: secondsOption(
    { ...KEYSTONE, name: 'token_cache_time', help: 'How long a validated token is believed.' },
    60,
  ),
  neutronEndpoint: requiredOption({
    group: 'neutron',
    name: 'endpoint_override',
    help: "Neutron's address. Required.",
  }),
  neutronCaFile: optionalTextOption({
    group: 'neutron',
    name: 'ca_certificates_file',
    help: "PEM file of authorities to trust for Neutron's HTTPS.",
  }),
  networkEnabled: booleanOption(
    { ...NETWORK, name: 'enabled', help: 'Serves LBaaS v1 and v2 on an endpoint of their own.' },
    false,
  ),
  networkBindHost: textOption(
    { ...NETWORK, name: 'bind_host', help: 'Address of the network endpoint.' },
    '127.0.0.1',
  ),
  networkBindPort: integerOption(
    { ...NETWORK, name: 'bind_port', help: 'Port of the network endpoint.' },
    9696,
    { min: 0, max: 65_535 },
  ),
  networkProxyUrl: optionalTextOption({
    ...NETWORK,
    name: 'proxy_url',
    help: 'The real Neutron: gets all requests to the network endpoint that are not about load balancing.',
  }),
  networkProxyCaFile: optionalTextOption({
    ...NETWORK,
    name: 'proxy_cafile',
    help: "PEM file of authorities to trust for that Neutron's HTTPS.",
  }),
  networkBaseUri: optionalTextOption({
    ...NETWORK,
    name: 'api_base_uri',
    help: 'Base of links in answers of the network endpoint, for servers behind a proxy.',
  }),
  lbaasV1: booleanOption({ ...NETWORK, name: 'lbaas_v1', help: 'Serves LBaaS v1.' }, true),
  lbaasV2: booleanOption({ ...NETWORK, name: 'lbaas_v2', help: 'Serves LBaaS v2.' }, true),
  barbicanEndpoint: optionalTextOption({
    group: 'certificates',
    name: 'endpoint',
    help: "Barbican's address; absent: listeners that terminate TLS are refused.",
  }),
  barbicanCaFile: optionalTextOption({
    group: 'certificates',
    name: 'ca_certificates_file',
    help: "PEM file of authorities to trust for Barbican's HTTPS.",
  }),
  agentDownTimeMs: secondsOption(
    { name: 'agent_down_time', help: 'Silence after which an agent counts as dead.' },
    defaultSeconds(DRIVER_DEFAULTS.agentDownTimeMs),
  ),
  serviceProviders: SERVICE_PROVIDER_OPTION,
  environment: optionalTextOption({
    ...OURS,
    name: 'environment_prefix',
    help: 'Environment of the agents when there is one provider, `f5networks`; `Project` when absent.',
  }),
  vipVnicType: textOption(
    { ...OURS, name: 'vip_vnic_type', help: 'binding:vnic_type of VIP ports.' },
    DRIVER_DEFAULTS.vipVnicType,
  ),
  hintTimeoutMs: secondsOption(
    { ...OURS, name: 'hint_timeout', help: 'Time for telling an agent about a change.' },
    defaultSeconds(DRIVER_DEFAULTS.hintTimeoutMs),
  ),
  hintConcurrency: integerOption(
    { ...OURS, name: 'hint_concurrency', help: 'Agents being told at the same time.' },
    DRIVER_DEFAULTS.hintConcurrency,
    { min: 1 },
  ),
  sweepIntervalMs: secondsOption(
    { ...OURS, name: 'sweep_interval', help: 'Time between two looks for unfinished changes.' },
    defaultSeconds(DRIVER_DEFAULTS.sweepIntervalMs),
  ),
  resendInitialMs: secondsOption(
    { ...OURS, name: 'resend_initial', help: 'First wait for a report before repeating a hint.' },
    defaultSeconds(DRIVER_DEFAULTS.resendInitialMs),
  ),
  resendMaxMs: secondsOption(
    { ...OURS, name: 'resend_max', help: 'Longest wait before repeating a hint.' },
    defaultSeconds(DRIVER_DEFAULTS.resendMaxMs),
  ),
  pendingTimeoutMs: secondsOption(
    { ...OURS, name: 'pending_timeout', help: 'Change that nobody reported on ends in ERROR.' },
    defaultSeconds(DRIVER_DEFAULTS.pendingTimeoutMs),
  ),
  errorRetryIntervalMs: secondsOption(
    { ...OURS, name: 'error_retry_interval', help: 'Time between tries to finish such a change.' },
    defaultSeconds(DRIVER_DEFAULTS.errorRetryIntervalMs),
  ),
  vipClaimTimeoutMs: secondsOption(
    {
      ...OURS,
      name: 'vip_claim_timeout',
      help: 'VIP port of a creation that never ended is given back.',
    },
    defaultSeconds(DRIVER_DEFAULTS.vipClaimTimeoutMs),
  ),
  policyMode: choiceOption(
    { ...OURS, name: 'policy_mode', help: 'Which roles grant what.' },
    POLICY_MODES,
    'default',
  ),
} satisfies OptionTable;
