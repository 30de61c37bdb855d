// The commands of the language itself, without those of the device.
import type { CommandTable } from '../interpreter.ts';
import { CONTROL_COMMANDS } from './control.ts';
import { LIST_COMMANDS } from './lists.ts';
import { STRING_COMMANDS } from './strings.ts';
import { VARIABLE_COMMANDS } from './variables.ts';

export const LANGUAGE_COMMANDS: CommandTable = {
  ...CONTROL_COMMANDS,
  ...VARIABLE_COMMANDS,
  ...LIST_COMMANDS,
  ...STRING_COMMANDS,
  // EMULATOR: there is no script log; the text is dropped.
  puts: () => '',
};
