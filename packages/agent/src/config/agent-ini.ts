// Options of the agent process, in the names of `f5-openstack-agent.ini` and `neutron.conf`. Options that F5's agent
// does not have are marked "(ours)" in their help.
// @see f5-openstack-agent `etc/neutron/services/f5/f5-openstack-agent.ini`
import {
  booleanOption,
  choiceOption,
  integerOption,
  listOption,
  mapOption,
  optionalTextOption,
  secondsOption,
  textOption,
  type OptionTable,
  type ValuesOf,
} from '@f5-lbaas/platform';
import { MESSAGING_OPTIONS } from '@f5-lbaas/rpc';
import { CONFIG_MODES, HA_TYPES, SYNC_MODES } from '../driver/icontrol-driver-options.ts';
import { DRIFT_ACTIONS } from '../manager/manager-options.ts';
import { CERTIFICATE_OPTIONS } from './certificate-options.ts';
import { NETWORK_OPTIONS } from './network-options.ts';
import { OPTIONS_WITHOUT_EFFECT } from './options-without-effect.ts';

const PROCESS_OPTIONS = {
  debug: booleanOption({ name: 'debug', help: 'Logs in detail.' }, false),
  logFile: optionalTextOption({
    name: 'log_file',
    help: 'File for the log, JSON lines; standard output when absent.',
  }),
  metricsPort: integerOption(
    { name: 'metrics_port', help: 'Port of the Prometheus listener; 0: none (ours).' },
    0,
    { min: 0, max: 65_535 },
  ),
  metricsHost: textOption(
    { name: 'metrics_host', help: 'Address of the Prometheus listener (ours).' },
    '127.0.0.1',
  ),
};

const IDENTITY_OPTIONS = {
  host: optionalTextOption({
    name: 'host',
    help: "Name of this machine, part of the agent's name; found out when absent.",
  }),
  agentId: optionalTextOption({ name: 'agent_id', help: 'Fixed name of the agent.' }),
  environmentPrefix: textOption(
    { name: 'environment_prefix', help: 'Environment, and prefix of object names on devices.' },
    'Project',
  ),
  environmentSpecificPlugin: booleanOption(
    { name: 'environment_specific_plugin', help: "The servers' topic carries the environment." },
    true,
  ),
  environmentGroupNumber: integerOption(
    { name: 'environment_group_number', help: 'Scale-out group.' },
    1,
    { min: 1 },
  ),
  staticConfiguration: mapOption({
    name: 'static_agent_configuration_data',
    help: 'Extra entries of the reported configurations.',
  }),
  startAdminStateUp: booleanOption(
    {
      name: 'start_agent_admin_state_up',
      help: 'The agent asks to be enabled when it starts; what an operator disabled stays so.',
    },
    true,
  ),
};

const TIMER_OPTIONS = {
  reportIntervalMs: secondsOption(
    { group: 'AGENT', name: 'report_interval', help: 'Time between heartbeats; 0: none.' },
    30,
  ),
  resyncIntervalMs: secondsOption(
    {
      name: 'service_resync_interval',
      help: 'Time between full comparisons of devices and server; 0: only when needed.',
    },
    300,
  ),
  driftAction: choiceOption(
    {
      name: 'drift_action',
      help: 'What the full comparison does about changes made past the agent: repair or report (ours).',
    },
    DRIFT_ACTIONS,
    'repair',
  ),
  healthIntervalMs: secondsOption(
    { name: 'periodic_interval', help: 'Time between looks at the health of members; 0: none.' },
    10,
  ),
  statisticsIntervalMs: secondsOption(
    {
      name: 'statistics_interval',
      help: 'Time between readings of counters; 0: on demand (ours).',
    },
    60,
  ),
};

const SERVICE_OPTIONS = {
  esdDirectory: optionalTextOption({
    name: 'esd_dir',
    help: 'Directory of ESD files; `esd` beside the configuration when absent (ours).',
  }),
  reportEsdNames: booleanOption(
    {
      name: 'report_esd_names_in_agent',
      help: 'Heartbeats name the ESDs that the devices have everything for.',
    },
    false,
  ),
};

const DEVICE_OPTIONS = {
  globalRoutedMode: booleanOption(
    { name: 'f5_global_routed_mode', help: 'Networks on devices are left to operators.' },
    true,
  ),
  deviceHosts: listOption(
    {
      name: 'icontrol_hostname',
      isRequired: true,
      help: 'Management addresses of the devices, address or address:port, comma separated.',
    },
    [],
  ),
  deviceUsername: textOption({ name: 'icontrol_username', help: 'An administrator.' }, 'admin'),
  devicePassword: textOption(
    {
      name: 'icontrol_password',
      isSecret: true,
      isRequired: true,
      help: "The administrator's password.",
    },
    '',
  ),
  deviceCaFile: optionalTextOption({
    name: 'icontrol_ca_file',
    help: "PEM file of the authorities that the devices' certificates may come from (ours).",
  }),
  deviceCertificateSha256: optionalTextOption({
    name: 'icontrol_certificate_sha256',
    help: "SHA-256 of the devices' certificate in hex, instead of an authority (ours).",
  }),
  deviceInsecure: booleanOption(
    { name: 'icontrol_insecure', help: "Accepts any certificate, as F5's agent does (ours)." },
    false,
  ),
  connectTimeoutMs: secondsOption(
    { name: 'icontrol_connection_timeout', help: 'Wait for a connection to a device.' },
    30,
    { min: 1 },
  ),
  reconnectIntervalMs: secondsOption(
    { name: 'icontrol_connection_retry_interval', help: 'Pause before a device is tried again.' },
    10,
    { min: 1 },
  ),
  probeIntervalMs: secondsOption(
    {
      name: 'device_probe_interval',
      help: 'Time between looks for lost devices and lost configuration; 0: none (ours).',
    },
    30,
  ),
  haType: choiceOption({ name: 'f5_ha_type', help: 'Kind of device group.' }, HA_TYPES, 'pair'),
  syncMode: choiceOption(
    { name: 'f5_sync_mode', help: 'Write every device, or one that synchronises the group.' },
    SYNC_MODES,
    'replication',
  ),
  configMode: choiceOption(
    {
      name: 'icontrol_config_mode',
      help: 'Write every object for itself, or pools as application services of the f5.lbaas template.',
    },
    CONFIG_MODES,
    'objects',
  ),
};

export const AGENT_INI_OPTIONS = {
  ...OPTIONS_WITHOUT_EFFECT,
  ...PROCESS_OPTIONS,
  ...IDENTITY_OPTIONS,
  ...TIMER_OPTIONS,
  ...DEVICE_OPTIONS,
  ...NETWORK_OPTIONS,
  ...CERTIFICATE_OPTIONS,
  ...SERVICE_OPTIONS,
  ...MESSAGING_OPTIONS,
} satisfies OptionTable;

export type AgentIniValues = ValuesOf<
  typeof PROCESS_OPTIONS &
    typeof IDENTITY_OPTIONS &
    typeof TIMER_OPTIONS &
    typeof DEVICE_OPTIONS &
    typeof NETWORK_OPTIONS &
    typeof CERTIFICATE_OPTIONS &
    typeof SERVICE_OPTIONS &
    typeof MESSAGING_OPTIONS
>;
