// Options of every process, in oslo's names.
import {
  booleanOption,
  type OptionDescription,
  optionalTextOption,
  type Option,
  type OptionTable,
  textOption,
} from '@f5-lbaas/platform';
import { MESSAGING_OPTIONS } from '@f5-lbaas/rpc';

/** An option without a useful default: leaving it out is an error. */
export function requiredOption(description: OptionDescription): Option<string> {
  return textOption({ ...description, isRequired: true }, '');
}

export const SHARED_OPTIONS = {
  ...MESSAGING_OPTIONS,
  debug: booleanOption({ name: 'debug', help: 'Logs in detail.' }, false),
  logFile: optionalTextOption({
    name: 'log_file',
    help: 'File for the log, JSON lines; standard output when absent.',
  }),
} satisfies OptionTable;
