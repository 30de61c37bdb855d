// Options about certificates: the account for Keystone and Barbican, and what profiles are made from.
import {
  ConfigurationError,
  optionalTextOption,
  textOption,
  type ValuesOf,
} from '@f5-lbaas/platform';
import type { KeystoneAccount } from '../certificates/keystone-session.ts';

export const CERTIFICATE_OPTIONS = {
  authUrl: optionalTextOption({
    name: 'os_auth_url',
    help: "Keystone's address, for reading certificates from Barbican; absent: no TLS listeners.",
  }),
  osUsername: optionalTextOption({
    name: 'os_username',
    help: 'Account that may read the certificates: the one that the server grants access to.',
  }),
  osPassword: optionalTextOption({
    name: 'os_password',
    isSecret: true,
    help: "The account's password.",
  }),
  osUserDomainName: textOption(
    { name: 'os_user_domain_name', help: "The account's domain." },
    'Default',
  ),
  osProjectName: optionalTextOption({ name: 'os_project_name', help: "The account's project." }),
  osTenantName: optionalTextOption({
    name: 'os_tenant_name',
    help: 'Older name of os_project_name; counts where that is absent.',
  }),
  osProjectDomainName: textOption(
    { name: 'os_project_domain_name', help: "The project's domain." },
    'Default',
  ),
  osRegionName: optionalTextOption({
    name: 'os_region_name',
    help: 'Region whose key manager holds the certificates (ours).',
  }),
  osCaFile: optionalTextOption({
    name: 'os_cacert',
    help: "PEM file of the authorities for Keystone's and Barbican's HTTPS (ours).",
  }),
  barbicanEndpoint: optionalTextOption({
    name: 'barbican_endpoint',
    help: "Barbican's address; from the service catalog when absent (ours).",
  }),
  parentSslProfile: textOption(
    { name: 'f5_parent_ssl_profile', help: 'Parent in /Common of all client-ssl profiles.' },
    'clientssl',
  ),
};

type Values = ValuesOf<typeof CERTIFICATE_OPTIONS>;

/** Undefined when no access is configured. @throws ConfigurationError when only half of it is */
export function keystoneAccount(values: Values): KeystoneAccount | undefined {
  const { authUrl, osUsername: username, osPassword: password } = values;
  if (authUrl === undefined) return undefined;
  const projectName = values.osProjectName ?? values.osTenantName;
  if (username === undefined || password === undefined || projectName === undefined) {
    throw new ConfigurationError([
      '[DEFAULT] os_auth_url needs os_username, os_password and os_project_name beside it.',
    ]);
  }
  return {
    ...{ authUrl, username, password, projectName },
    userDomainName: values.osUserDomainName,
    projectDomainName: values.osProjectDomainName,
    region: values.osRegionName,
    barbicanEndpoint: values.barbicanEndpoint,
  };
}
