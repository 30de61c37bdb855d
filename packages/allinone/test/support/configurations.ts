// Configuration files of server and agent as operators write them, for processes in front of the lab's stand-ins.
import type { LabDescription, LabDevice } from '../../src/lab/lab-description.ts';
import { SERVICE_USER } from '../../src/keystone/directory.ts';

/** Of both. @param exchange nobody else's: others may want the same one with other properties */
export function messagingConfiguration(brokerPort: number, exchange: string): string[] {
  return [
    '[DEFAULT]',
    `transport_url = rabbit://guest:guest@127.0.0.1:${brokerPort}/`,
    `control_exchange = ${exchange}`,
    'rpc_response_timeout = 10',
    '[oslo_messaging_rabbit]',
    // Nobody else uses these queues; a message to a process that is away is lost, which must not matter.
    'amqp_auto_delete = true',
  ];
}

/** Everything but the providers. */
export function serverConfiguration(
  description: LabDescription,
  database: string,
  password: string,
): string[] {
  return [
    '[api_settings]',
    `bind_port = ${new URL(description.load_balancer_url).port}`,
    '[database]',
    `connection = sqlite:///${database}`,
    '[keystone_authtoken]',
    `auth_url = ${description.auth_url}`,
    `username = ${SERVICE_USER.name}`,
    `password = ${password}`,
    `project_name = ${SERVICE_USER.project}`,
    '[neutron]',
    `endpoint_override = ${description.network_url}`,
    '[f5_lbaas]',
    'vip_vnic_type = normal',
    'sweep_interval = 1',
    'resend_initial = 2',
    'resend_max = 5',
  ];
}

/**
 * A pair when there are two devices.
 * @param networkLines how networks are put on them
 */
export function agentConfiguration(
  devices: readonly LabDevice[],
  environment: string,
  cacert: string,
  networkLines: readonly string[] = ['f5_global_routed_mode = True'],
): string[] {
  const [device] = devices;
  return [
    '[DEFAULT]',
    'debug = True',
    `environment_prefix = ${environment}`,
    'f5_bigip_lbaas_device_driver = f5_openstack_agent.lbaasv2.drivers.bigip.icontrol_driver.iControlDriver',
    ...networkLines,
    `f5_ha_type = ${devices.length > 1 ? 'pair' : 'standalone'}`,
    'f5_sync_mode = replication',
    'periodic_interval = 3',
    'device_probe_interval = 5',
    `icontrol_hostname = ${devices.map(({ url }) => new URL(url).host).join(', ')}`,
    `icontrol_username = ${device?.username ?? ''}`,
    `icontrol_password = ${device?.password ?? ''}`,
    `icontrol_ca_file = ${cacert}`,
    'icontrol_connection_retry_interval = 1',
    '[AGENT]',
    'report_interval = 2',
  ];
}
