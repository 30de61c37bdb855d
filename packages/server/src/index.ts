export { startServer } from './start-server.ts';
export type { RunningServer, ServerOptions } from './options.ts';
export { DEFAULT_SETTINGS } from './service/settings.ts';
export type { LbaasSettings, QuotaLimits } from './service/settings.ts';
export type { Providers, ProviderSettings } from './providers/providers.ts';
export { DRIVER_DEFAULTS } from './driver/driver-options.ts';
export type { DriverOptions } from './driver/driver-options.ts';
export { POLICY_MODES } from './policy/policy.ts';
export type { PolicyMode } from './policy/policy.ts';
