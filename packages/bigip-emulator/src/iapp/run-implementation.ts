// Runs the implementation of an application service's template (iControl REST 6.20): all that the script does, or
// nothing, becomes part of the change that the service is created or updated with.
import { DeviceError, notFound } from '../errors.ts';
import { asString } from '../json.ts';
import type { RuleContext } from '../schema/types.ts';
import { folderOf, uidOf, type ConfigRecord } from '../store/record.ts';
import { LANGUAGE_COMMANDS } from '../tcl/commands/all.ts';
import { TclError, TooLongError, UnsupportedCommandError } from '../tcl/errors.ts';
import { Interpreter } from '../tcl/interpreter.ts';
import { OwnedObjects } from './owned-objects.ts';
import { serviceVariables } from './service-variables.ts';
import { tmshCommands } from './tmsh-commands.ts';

const TEMPLATE_ACTIONS = 'sys/application/template/actions';
export const DEFINITION = 'definition';

function implementationOf(
  { store }: RuleContext,
  template: string,
  action: string,
): string | undefined {
  const found = store.get(uidOf(TEMPLATE_ACTIONS, [template, action]));
  // Every template has a definition; an empty one does nothing.
  if (found === undefined && action !== DEFINITION) {
    throw notFound('application template action', `${template} ${action}`);
  }
  return asString(found?.fields['implementation']);
}

function failed(error: TclError | UnsupportedCommandError | TooLongError): DeviceError {
  const command = error instanceof TclError ? error.command : undefined;
  const where = command === undefined ? '' : `\n    while executing\n"${command}"`;
  const hint = error instanceof UnsupportedCommandError ? ': the emulator has no such command' : '';
  return new DeviceError(
    400,
    `script did not successfully complete: (${error.message}${hint}${where})`,
  );
}

/** A `catch` that catches takes back what the failed part had done. */
function undoing({ work }: RuleContext) {
  return (attempt: () => string): string => {
    const writes = work.writes;
    try {
      return attempt();
    } catch (error) {
      if (error instanceof TclError) work.rollback(writes);
      throw error;
    }
  };
}

/**
 * Makes the objects of a service, and removes those that an earlier run made and this one does not.
 * @throws DeviceError what the script says, or what it needs and this emulator does not have
 */
export function runImplementation(
  service: ConfigRecord,
  action: string,
  context: RuleContext,
): void {
  const template = asString(service.fields['template']);
  const script = template === undefined ? undefined : implementationOf(context, template, action);
  if (script === undefined) return;
  const owned = new OwnedObjects(context, service);
  const folder = folderOf(service) ?? '/Common';
  const interpreter = new Interpreter(
    [LANGUAGE_COMMANDS, tmshCommands(context, owned, folder)],
    undoing(context),
  );
  for (const [name, value] of serviceVariables(service.fields)) {
    interpreter.variables.set(`::${name}`, value);
  }
  interpreter.variables.set('::tmsh::app_name', service.name);
  try {
    interpreter.run(script);
  } catch (error) {
    const isOfScript =
      error instanceof TclError ||
      error instanceof UnsupportedCommandError ||
      error instanceof TooLongError;
    throw isOfScript ? failed(error) : error;
  }
  owned.sweep();
}
