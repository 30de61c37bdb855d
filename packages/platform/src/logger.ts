// JSON-line logging. Log keys are snake_case; ids always under the same key (loadbalancer_id, device, partition).
import { pino, type DestinationStream } from 'pino';

type Fields = Record<string, unknown>;

export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
  child(fields: Fields): Logger;
}

export interface LoggerOptions {
  /** @default 'info' */
  level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** @default standard output */
  destination?: DestinationStream;
}

/** Keys whose values never reach a log line, at any of the first three levels. */
const SECRET_KEYS = [
  'password',
  'token',
  'auth_token',
  'private_key',
  'passphrase',
  'secret',
  'authorization',
  'X-Auth-Token',
  'X-F5-Auth-Token',
  'icontrol_password',
];

function redactPaths(): string[] {
  return SECRET_KEYS.flatMap((key) => {
    const quoted = `["${key}"]`;
    return [quoted, `*${quoted}`, `*.*${quoted}`];
  });
}

export function createLogger(name: string, options: LoggerOptions = {}): Logger {
  const settings = {
    name,
    level: options.level ?? 'info',
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redactPaths(), censor: '***' },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

export const silentLogger: Logger = createLogger('silent', { level: 'silent' });
