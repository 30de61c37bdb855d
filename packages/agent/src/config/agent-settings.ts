// From the values of the configuration files to the options of the agent and of its device driver. Checks what
// concerns several options at once.
import { ConfigurationError, readOptionFile, type TlsTrust } from '@f5-lbaas/platform';
import type { DeviceOptions, IControlDriverOptions } from '../driver/icontrol-driver-options.ts';
import type { AgentOptions } from '../options.ts';
import type { KeystoneAccount } from '../certificates/keystone-session.ts';
import { keystoneAccount } from './certificate-options.ts';
import { networkSettings } from './network-options.ts';
import type { AgentIniValues } from './agent-ini.ts';

/** Access to Barbican as configured. */
interface CertificateSettings {
  account: KeystoneAccount;
  tls: TlsTrust;
}

export interface AgentSettings {
  /** Undefined: listeners with TLS end in ERROR. */
  certificates: CertificateSettings | undefined;
  agent: AgentOptions;
  /** What the driver is told beyond what every agent part gets. */
  driver: Pick<
    IControlDriverOptions,
    | 'devices'
    | 'vcmpHosts'
    | 'haType'
    | 'syncMode'
    | 'configMode'
    | 'timeouts'
    | 'deviceProbeIntervalMs'
    | 'parentSslProfile'
    | 'esdDirectory'
  >;
}

/**
 * @param hostname name of this machine, where the files give none
 * @throws ConfigurationError naming options
 */
export function agentSettings(values: AgentIniValues, hostname: string): AgentSettings {
  return {
    certificates: certificateSettings(values),
    agent: agentOptions(values, hostname),
    driver: {
      devices: deviceOptions(values, 'icontrol_hostname', values.deviceHosts),
      vcmpHosts: deviceOptions(values, 'icontrol_vcmp_hostname', values.vcmpHosts),
      haType: values.haType,
      syncMode: values.syncMode,
      configMode: values.configMode,
      timeouts: { connectMs: values.connectTimeoutMs, reconnectMs: values.reconnectIntervalMs },
      deviceProbeIntervalMs: values.probeIntervalMs,
      parentSslProfile: values.parentSslProfile,
      esdDirectory: values.esdDirectory,
    },
  };
}

function certificateSettings(values: AgentIniValues): CertificateSettings | undefined {
  const account = keystoneAccount(values);
  const ca = readOptionFile('[DEFAULT] os_cacert', values.osCaFile);
  return account && { account, tls: ca === undefined ? {} : { ca } };
}

function agentOptions(values: AgentIniValues, hostname: string): AgentOptions {
  return {
    host: values.host ?? hostname,
    ...(values.agentId !== undefined && { agentId: values.agentId }),
    environmentPrefix: values.environmentPrefix,
    environmentSpecificPlugin: values.environmentSpecificPlugin,
    environmentGroupNumber: values.environmentGroupNumber,
    staticConfiguration: { ...values.staticConfiguration },
    deviceHosts: values.deviceHosts,
    networks: networkSettings(values),
    callTimeoutMs: values.rpcResponseTimeoutMs,
    manager: {
      reportIntervalMs: values.reportIntervalMs,
      resyncIntervalMs: values.resyncIntervalMs,
      driftAction: values.driftAction,
      healthIntervalMs: values.healthIntervalMs,
      statisticsIntervalMs: values.statisticsIntervalMs,
      forceAdminStateUp: values.startAdminStateUp,
      reportEsdNames: values.reportEsdNames,
    },
  };
}

/** Devices and vCMP hosts are spoken to with the same account. */
function deviceOptions(
  values: AgentIniValues,
  option: string,
  addresses: readonly string[],
): DeviceOptions[] {
  const tls = deviceTrust(values);
  const { deviceUsername: username, devicePassword: password } = values;
  return [...addresses]
    .sort()
    .map((address) => ({ ...hostAndPort(option, address), username, password, tls }));
}

/** `10.0.0.1`, `10.0.0.1:8443`, `bigip-a.example`, `2001:db8::1`, `[2001:db8::1]:8443` */
function hostAndPort(option: string, address: string): Pick<DeviceOptions, 'host' | 'port'> {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3];
  if (host !== undefined) return { host, ...(port !== undefined && { port: Number(port) }) };
  if (/^[0-9a-fA-F:.]+$/.test(address)) return { host: address };
  throw new ConfigurationError([
    `[DEFAULT] ${option}: '${address}' is not address or address:port.`,
  ]);
}

const FINGERPRINT = /^[0-9a-f]{64}$/;

function deviceTrust(values: AgentIniValues): DeviceOptions['tls'] {
  const { deviceCaFile, deviceCertificateSha256: fingerprint, deviceInsecure } = values;
  const given = [deviceCaFile !== undefined, fingerprint !== undefined, deviceInsecure];
  if (given.filter(Boolean).length > 1) {
    throw new ConfigurationError([
      '[DEFAULT] icontrol_ca_file, icontrol_certificate_sha256 and icontrol_insecure exclude each ' +
        'other: keep one.',
    ]);
  }
  if (deviceInsecure) return { insecure: true };
  if (fingerprint !== undefined) {
    if (FINGERPRINT.test(fingerprint.replaceAll(':', '').toLowerCase())) {
      return { pinnedSha256: fingerprint };
    }
    throw new ConfigurationError([
      '[DEFAULT] icontrol_certificate_sha256: write 64 hexadecimal digits.',
    ]);
  }
  const ca = readOptionFile('[DEFAULT] icontrol_ca_file', deviceCaFile);
  return ca === undefined ? {} : { ca };
}
