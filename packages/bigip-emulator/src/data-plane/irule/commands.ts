// All commands an iRule may use here.
import { CONNECTION_COMMANDS } from './connection-commands.ts';
import { HTTP_COMMANDS } from './http-commands.ts';
import type { RuleContext } from './rule-context.ts';
import { TEXT_COMMANDS } from './text-commands.ts';
import { TLS_COMMANDS } from './tls-commands.ts';

export type CommandRun = (context: RuleContext, args: string[]) => string;

export const COMMANDS: Readonly<Record<string, CommandRun>> = {
  ...TEXT_COMMANDS,
  ...CONNECTION_COMMANDS,
  ...HTTP_COMMANDS,
  ...TLS_COMMANDS,
};
