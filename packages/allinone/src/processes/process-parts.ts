// What the server and the agent process have in common: configuration, log, message bus.
import { readFileSync } from 'node:fs';
import { LbaasError } from '@f5-lbaas/model';
import {
  type Clock,
  ConfigurationError,
  createLogger,
  loadConfigurationFiles,
  type Logger,
  type OptionTable,
  type Random,
  readConfiguration,
  systemClock,
  systemRandom,
  type ValuesOf,
} from '@f5-lbaas/platform';
import { amqpOptionsOf, createAmqpTransport, type RpcTransport } from '@f5-lbaas/rpc';
import { openLogFile } from '../lab/log-file.ts';
import type { SHARED_OPTIONS } from './shared-options.ts';

export interface ProcessParts {
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Last thing that a stopping process does. */
  closeLog: () => void;
}

export interface RunningProcess {
  /** Safe to repeat. */
  stop(): Promise<void>;
}

type SharedValues = ValuesOf<typeof SHARED_OPTIONS>;

export interface ProcessConfiguration<T extends OptionTable> {
  values: ValuesOf<T>;
  warnings: readonly string[];
}

/**
 * @throws LbaasError kind `bad_request` that names files, lines and options
 */
export async function readProcessConfiguration<T extends OptionTable>(
  table: T,
  paths: readonly string[],
): Promise<ProcessConfiguration<T>> {
  try {
    const files = await loadConfigurationFiles(paths.map((file) => ({ file })));
    const { values, warnings } = readConfiguration(table, files);
    return { values, warnings };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new LbaasError('bad_request', 'ERR_CONFIGURATION', error.message, { cause: error });
  }
}

/** Clock, randomness and log; the configuration's warnings go into the log. */
export function processParts(
  name: string,
  values: Pick<SharedValues, 'debug' | 'logFile'>,
  warnings: readonly string[],
): ProcessParts {
  const level = values.debug ? 'debug' : 'info';
  const { logger, close } =
    values.logFile === undefined
      ? { logger: createLogger(name, { level }), close: () => undefined }
      : openLogFile(values.logFile, name, level);
  for (const warning of warnings) logger.warn({}, warning);
  return { clock: systemClock, random: systemRandom, logger, closeLog: close };
}

export function openTransport(
  values: SharedValues,
  { clock, random, logger }: ProcessParts,
  connectionName: string,
): RpcTransport {
  return createAmqpTransport({
    ...amqpOptionsOf(values),
    connectionName,
    ...{ clock, random, logger },
  });
}

/** Reads a PEM file that an option names. @throws LbaasError kind `bad_request` naming option and file */
export function readPem(option: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new LbaasError(
      'bad_request',
      'ERR_CONFIGURATION',
      `The file '${path}' of option ${option} cannot be read.`,
      { cause: error },
    );
  }
}
