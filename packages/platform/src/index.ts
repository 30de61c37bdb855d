export { isoNow, systemClock, systemRandom } from './clock.ts';
export type { Clock, Random, Timer } from './clock.ts';
export { createLogger, silentLogger } from './logger.ts';
export type { Logger, LoggerOptions } from './logger.ts';
export { DeadlineError, withDeadline } from './deadline.ts';
export type { DeadlineOptions } from './deadline.ts';
export { createKeyedLock } from './keyed-lock.ts';
export type { KeyedLock } from './keyed-lock.ts';
export { createLimiter } from './limiter.ts';
export type { Limiter } from './limiter.ts';
export { mapLimit } from './map-limit.ts';
export { backoffDelayMs, retry } from './retry.ts';
export type { Backoff, RetryOptions } from './retry.ts';
export { createHttpClient } from './http/http-client.ts';
export type {
  HttpClient,
  HttpClientOptions,
  HttpRequest,
  HttpResponse,
} from './http/http-client.ts';
export { createHttpForwarder } from './http/http-forwarder.ts';
export type { HeaderMap, HttpForwarder } from './http/http-forwarder.ts';
export { HttpError } from './http/http-error.ts';
export type { HttpFailurePhase } from './http/http-error.ts';
export type { TlsTrust } from './http/tls-connector.ts';
export { toError } from './to-error.ts';
export { ConfigurationError, readConfiguration } from './config/configuration.ts';
export type {
  Configuration,
  ConfigurationFile,
  OptionTable,
  ValuesOf,
} from './config/configuration.ts';
export { loadConfigurationFiles } from './config/configuration-files.ts';
export type { ConfigurationSource } from './config/configuration-files.ts';
export {
  booleanOption,
  choiceOption,
  integerOption,
  listOption,
  mapOption,
  multiOption,
  noEffectOption,
  optionalTextOption,
  secondsOption,
  textOption,
} from './config/option.ts';
export type { Option, OptionDescription, Range } from './config/option.ts';
export { Counter, Gauge, Histogram, createMetricsRegistry, startMetricsServer } from './metrics.ts';
export type { MetricsRegistry, MetricsServer } from './metrics.ts';
export { createShutdown } from './shutdown.ts';
export type { Shutdown, ShutdownOptions } from './shutdown.ts';
export { readOptionFile } from './config/option-file.ts';
export { openLogFile } from './log-file.ts';
export type { LogFile } from './log-file.ts';
export { linkSignals } from './linked-signal.ts';
export type { LinkedSignal } from './linked-signal.ts';
export { BarbicanClient } from './barbican/barbican-client.ts';
export type { BarbicanAccess, SecretPayload } from './barbican/barbican-client.ts';
export { BarbicanError } from './barbican/barbican-error.ts';
export { parseSecretRef } from './barbican/secret-ref.ts';
export type { SecretRef } from './barbican/secret-ref.ts';
