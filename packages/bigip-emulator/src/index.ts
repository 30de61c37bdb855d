// The emulated BIG-IP's door.
export { startEmulator } from './emulator.ts';
export type { RunningDevice, RunningEmulator } from './emulator.ts';
export type { DeviceGroupSettings, DeviceOptions, EmulatorOptions } from './options.ts';
export type { CertificateAuthority } from './http/certificate-authority.ts';
export { TMOS_VERSIONS } from './schema/tmos-version.ts';
