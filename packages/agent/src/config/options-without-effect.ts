// Options that F5's agent knows and that change nothing here. Setting one is reported with the reason.
import { noEffectOption, type Option } from '@f5-lbaas/platform';

const UNUSED = "F5's agent does not use it either";
const BIGIQ = 'BIG-IQ is not supported';

const REASONS: Readonly<Record<string, string>> = {
  f5_bigip_lbaas_device_driver: 'there is one device driver',
  capacity_policy: 'this release schedules without capacity scores',
  f5_pending_services_timeout: 'the server watches over pending changes',
  f5_errored_services_timeout: UNUSED,
  f5_device_type: UNUSED,
  sync_mode: 'f5_sync_mode took its place',
  f5_network_segment_polling_interval: UNUSED,
  f5_network_segment_gross_timeout: UNUSED,
  external_gateway_mode: UNUSED,
  f5_http_rps_throttle: 'connection limits are always limits of connections',
  cert_manager: 'certificates come from Barbican once os_auth_url is set',
  auth_version: 'Keystone is always spoken to in version 3',
  os_project_id: UNUSED,
  trace_service_requests: 'log with debug = True instead',
  bigiq_hostname: BIGIQ,
  bigiq_admin_username: BIGIQ,
  bigiq_admin_password: BIGIQ,
  openstack_keystone_uri: BIGIQ,
  openstack_admin_username: BIGIQ,
  openstack_admin_password: BIGIQ,
  bigip_management_username: BIGIQ,
  bigip_management_password: BIGIQ,
};

/** By name, as no code reads them. */
export const OPTIONS_WITHOUT_EFFECT: Readonly<Record<string, Option<string>>> = {
  ...Object.fromEntries(
    Object.entries(REASONS).map(([name, reason]) => [name, noEffectOption(name, reason)]),
  ),
  root_helper: { ...noEffectOption('root_helper', UNUSED), group: 'AGENT' },
};
