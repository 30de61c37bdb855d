// The f5.lbaas template on a device: looked at, installed, brought up to date. docs/adr/0022-application-services.md tells why F5's stays.
import { isDeviceError, itemPath, orAbsent, type BigIpClient } from '@f5-lbaas/bigip-client';
import type { TemplateOrigin } from '../compile/service-view.ts';
import { TEMPLATE_VERSION, templateVersionOf } from '../iapp/implementation.ts';
import { TEMPLATE_DEFINITION, TEMPLATE_NAME, TEMPLATE_PATH } from '../iapp/template.ts';
import { asText } from '../object-types/property.ts';

const COLLECTION = '/sys/application/template';
const DEFINITION = `${itemPath(COLLECTION, TEMPLATE_PATH)}/actions/definition`;

/** Undefined: there is no such template. One call. */
async function installedScript(
  client: BigIpClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  const definition = await orAbsent(client.get(DEFINITION, signal));
  return definition && asText(definition['implementation']);
}

/** What the device has, or would be given. One call. @throws DeviceError */
export async function readTemplateOrigin(
  client: BigIpClient,
  signal: AbortSignal,
): Promise<TemplateOrigin> {
  const script = await installedScript(client, signal);
  const isForeign = script !== undefined && templateVersionOf(script) === undefined;
  return isForeign ? 'foreign' : 'own';
}

/** False when another agent, or a peer by config sync, was quicker. */
async function create(client: BigIpClient, signal: AbortSignal): Promise<boolean> {
  const actions = { definition: TEMPLATE_DEFINITION };
  try {
    await client.create(COLLECTION, { name: TEMPLATE_NAME, partition: 'Common', actions }, signal);
    return true;
  } catch (error) {
    if (isDeviceError(error, 'exists')) return false;
    throw error;
  }
}

/**
 * Installs our template where there is none, and our newer version over an older one. A newer one than ours stays, as
 * does one that is not ours. One call, two with a write. @throws DeviceError
 */
export async function installTemplate(
  client: BigIpClient,
  signal: AbortSignal,
): Promise<TemplateOrigin> {
  const script = await installedScript(client, signal);
  if (script === undefined) {
    return (await create(client, signal)) ? 'own' : readTemplateOrigin(client, signal);
  }
  const version = templateVersionOf(script);
  if (version === undefined) return 'foreign';
  if (version < TEMPLATE_VERSION) await client.modify(DEFINITION, TEMPLATE_DEFINITION, signal);
  return 'own';
}
