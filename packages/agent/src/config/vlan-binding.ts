// The extension point `vlan_binding_driver`: a module of the operator that opens VLANs on switch ports.
import { pathToFileURL } from 'node:url';
import { ConfigurationError, type Logger } from '@f5-lbaas/platform';
import type { VlanBinding } from '../allocate/bindings.ts';

/** What the module's default export is called with. */
interface VlanBindingContext {
  /** `interface_port_static_mappings`, parsed; null when it is not set. */
  staticMappings: unknown;
  logger: Logger;
}

function isBinding(value: unknown): value is VlanBinding {
  return (
    typeof value === 'object' &&
    value !== null &&
    'allowVlan' in value &&
    typeof value.allowVlan === 'function' &&
    'pruneVlan' in value &&
    typeof value.pruneVlan === 'function'
  );
}

/** Only says what would be done, as F5's class of that name. */
function nullBinding(logger: Logger): VlanBinding {
  const note = (message: string) => (device: string, port: string, vlan: number) => {
    logger.info({ device, interface: port, vlan }, message);
    return Promise.resolve();
  };
  return { allowVlan: note('VLAN to be allowed.'), pruneVlan: note('VLAN to be pruned.') };
}

function parsed(mappings: string | undefined): unknown {
  if (mappings === undefined) return null;
  try {
    return JSON.parse(mappings);
  } catch {
    throw new ConfigurationError(['[DEFAULT] interface_port_static_mappings: this is not JSON.']);
  }
}

/**
 * @param driver `NullBinding`, with or without its Python module, or the path of an ES module whose default export
 *   makes a VlanBinding from a VlanBindingContext
 * @throws ConfigurationError
 */
export async function loadVlanBinding(
  driver: string,
  mappings: string | undefined,
  logger: Logger,
): Promise<VlanBinding> {
  if (/(?:^|\.)NullBinding$/.test(driver)) return nullBinding(logger);
  const refuse = (reason: string): never => {
    throw new ConfigurationError([`[DEFAULT] vlan_binding_driver: '${driver}' ${reason}.`]);
  };
  const staticMappings = parsed(mappings);
  let make: unknown;
  try {
    const loaded: unknown = await import(pathToFileURL(driver).href);
    make = typeof loaded === 'object' && loaded !== null && 'default' in loaded && loaded.default;
  } catch (error) {
    return refuse(`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof make !== 'function') return refuse('has no default export that is a function');
  const context: VlanBindingContext = { staticMappings, logger };
  const binding: unknown = await Reflect.apply(make, undefined, [context]);
  return isBinding(binding) ? binding : refuse('makes nothing with allowVlan and pruneVlan');
}
