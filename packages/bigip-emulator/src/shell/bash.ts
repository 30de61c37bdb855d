// util/bash and its relatives, for the commands that clients run through them (iControl REST 6.22).
import type { Uploads } from '../device/uploads.ts';
import { DeviceError, validationError } from '../errors.ts';
import { runTmsh, type TmshDeps } from './tmsh.ts';

export interface ShellDeps extends TmshDeps {
  uploads: Uploads;
}

/** Script of `-c '…'`. @throws DeviceError for unbalanced quotes */
function scriptOf(args: string): string {
  const text = args.trim();
  if (!text.startsWith('-c')) throw validationError('util/bash: arguments must start with -c');
  const inner = text.slice(2).trim();
  const quote = inner[0];
  if (quote !== "'" && quote !== '"') return inner;
  if (inner.length < 2 || !inner.endsWith(quote)) throw validationError('quotes are not balanced');
  const script = inner.slice(1, -1);
  return quote === '"' ? script.replace(/\\(["\\$`])/g, '$1') : script;
}

/** tmsh reports on its own output; the REST call succeeds all the same. */
function tmsh(deps: ShellDeps, text: string): string {
  try {
    return runTmsh(deps, unwrap(text));
  } catch (error) {
    if (error instanceof DeviceError) return `${error.message}\n`;
    throw error;
  }
}

/** `tmsh -c 'list ltm pool'` */
function unwrap(text: string): string {
  const match = /^(?:-q\s+)?-c\s+'([\s\S]*)'\s*$/.exec(text);
  return match?.[1] ?? text;
}

/** Files of the system that clients look into. */
function systemFile(path: string, { engine }: ShellDeps): string | undefined {
  const { clock, version } = engine.runtime;
  if (path === '/proc/uptime') return `${Math.floor(clock.nowMs() / 1000) % 10_000_000}.00 0.00\n`;
  if (path !== '/VERSION') return undefined;
  return [
    'Product: BIG-IP',
    `Version: ${version.full}`,
    `Build: ${version.build}`,
    `Sequence: ${version.full}-${version.build}`,
    `BaseBuild: ${version.build}`,
    'Edition: Final',
    `Date: ${version.date}`,
    'Built: 220715115854',
    'Changelist: 3600000',
    'JobID: 1370000',
    '',
  ].join('\n');
}

type Program = (rest: string, deps: ShellDeps) => string;

const PROGRAMS: Record<string, Program> = {
  cat: (path, deps) =>
    systemFile(path, deps) ?? deps.readFile(path) ?? `cat: ${path}: No such file or directory\n`,
  date: (_, { engine }) => `${new Date(engine.runtime.clock.nowMs()).toUTCString()}\n`,
  echo: (text) => `${text}\n`,
  hostname: (_, { engine }) => `${engine.runtime.hostname}\n`,
  // No provisioning runs and no reboot is under way, ever.
  ps: () => '',
  rm: (text, { uploads }) => {
    for (const path of text.split(/\s+/)) uploads.remove(path);
    return '';
  },
  runlevel: () => 'N 3\n',
  tmsh: (rest, deps) => tmsh(deps, rest),
  uname: (_, { engine }) => `${engine.runtime.hostname}\n`,
};

function bash(command: string, deps: ShellDeps): string {
  const [, name = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*?)\s*$/.exec(command) ?? [];
  const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  return program?.(rest, deps) ?? `bash: ${name}: command not found\n`;
}

function moveFile(from: string, to: string, { uploads }: ShellDeps): string {
  const content = uploads.read(from);
  if (content === undefined) {
    return `/bin/mv: cannot stat '${from}': No such file or directory\n`;
  }
  uploads.remove(from);
  uploads.write(to, 0, content, content.length);
  return '';
}

/** @param tool of `util/<tool>` @returns what the command prints */
export function runShell(tool: string, args: string, deps: ShellDeps): string {
  if (tool === 'bash') return bash(scriptOf(args), deps);
  const [first = '', second = ''] = args.split(/\s+/).filter((part) => !part.startsWith('-'));
  if (tool === 'unix-mv') return moveFile(first, second, deps);
  const isThere = deps.uploads.read(first) !== undefined;
  if (tool === 'unix-ls') {
    return isThere ? `${first}\n` : `/bin/ls: cannot access ${first}: No such file or directory\n`;
  }
  if (!isThere) return `/bin/rm: cannot remove '${first}': No such file or directory\n`;
  deps.uploads.remove(first);
  return '';
}
