// A log file: JSON lines, written synchronously so that a killed process's last words are there.
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { createLogger, type Logger, type LoggerOptions } from '@f5-lbaas/platform';

/** Above this size the log of earlier runs is set aside, one generation, when a lab starts. */
const SIZE_MAX_BYTES = 20 * 1024 * 1024;

export interface LogFile {
  logger: Logger;
  close: () => void;
}

/** @param name of the process, in every line */
export function openLogFile(
  path: string,
  name: string,
  level: NonNullable<LoggerOptions['level']>,
): LogFile {
  if (existsSync(path) && statSync(path).size > SIZE_MAX_BYTES) renameSync(path, `${path}.1`);
  const file = openSync(path, 'a', 0o600);
  let isOpen = true;
  const destination = {
    write: (line: string): void => {
      if (isOpen) writeSync(file, line);
    },
  };
  return {
    logger: createLogger(name, { level, destination }),
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}
