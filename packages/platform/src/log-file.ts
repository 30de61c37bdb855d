// A log file: JSON lines, written synchronously, so that a killed process's last words are there.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

export interface LogFile {
  destination: DestinationStream;
  /** What is logged afterwards is lost. Safe to repeat. */
  close(): void;
}

/**
 * Appends to the file, readable by its owner only.
 * @throws Error of the system when it cannot be opened
 */
export function openLogFile(path: string): LogFile {
  const file = openSync(path, 'a', 0o600);
  let isOpen = true;
  return {
    destination: {
      write(line) {
        if (isOpen) writeSync(file, line);
      },
    },
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}
