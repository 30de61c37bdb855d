// One BIG-IP of the group: its connection, what is known of it, and its way back after a failure.
// Invariants: `ready` only between a successful connect and the next failure; a failure drops everything known;
// exactly one of connecting, waiting for the next try, or ready while started.
import {
  BigIpClient,
  DeviceError,
  isDeviceError,
  type BigIpClientOptions,
} from '@f5-lbaas/bigip-client';
import type { Timer } from '@f5-lbaas/platform';
import type { IcontrolEndpoint } from '@f5-lbaas/rpc';
import { readDeviceFacts, readFailoverState, type DeviceFacts } from './device-facts.ts';
import { checkFitness } from './fitness.ts';
import {
  deviceLabel,
  type DeviceOptions,
  type IControlDriverOptions,
} from './icontrol-driver-options.ts';
import { PartitionCache } from './partition-cache.ts';
import { installTemplate, readTemplateOrigin } from './iapp-template.ts';
import { prepareDevice } from './prepare-device.ts';

export type DeviceStatus = 'creating' | 'connecting' | 'initializing' | 'active' | 'error';

export interface DeviceHooks {
  /** The other devices of the group that are ready. */
  peersOf(device: Device): readonly DeviceFacts[];
  /** Fits the group and is about to become ready. @throws DeviceError when it cannot */
  beforeReady(device: Device): Promise<void>;
  /** Became ready; it may have missed anything. */
  onReady(device: Device): void;
  /** Was written, perhaps. */
  onChange(device: Device): void;
  /** Nothing that is known of it counts any more. */
  onDoubt(device: Device): void;
}

const READY_MESSAGE = 'BIG-IP ready for provisioning';
const STATUS_MESSAGE_CHARS_MAX = 80;
const DEFAULT_RECONNECT_MS = 10_000;

/** How a device is spoken to. */
export function clientOptions(
  device: DeviceOptions,
  options: IControlDriverOptions,
): BigIpClientOptions {
  const { clock, random, timeouts, retry, onDeviceRequest } = options;
  const label = deviceLabel(device);
  return {
    ...device,
    clock,
    random,
    retry,
    connectTimeoutMs: timeouts?.connectMs,
    requestTimeoutMs: timeouts?.requestMs,
    commitTimeoutMs: timeouts?.commitMs,
    http: options.http?.(device),
    onRequest: (event) => onDeviceRequest?.(label, event),
  };
}

function messageOf(error: unknown): string {
  if (error instanceof DeviceError) return error.deviceMessage;
  return error instanceof Error ? error.message : String(error);
}

export class Device {
  /** How operators know it. */
  readonly host: string;
  readonly client: BigIpClient;
  readonly cache = new PartitionCache();
  readonly #options: IControlDriverOptions;
  readonly #hooks: DeviceHooks;
  readonly #stopped = new AbortController();
  #status: DeviceStatus = 'creating';
  #message = '';
  #facts: DeviceFacts | undefined;
  #retryTimer: Timer | undefined;
  #connecting: Promise<void> | undefined;
  #isUnsaved = false;

  constructor(device: DeviceOptions, options: IControlDriverOptions, hooks: DeviceHooks) {
    this.host = deviceLabel(device);
    this.#options = options;
    this.#hooks = hooks;
    this.client = new BigIpClient(clientOptions(device, options));
  }

  get ready(): boolean {
    return this.#status === 'active';
  }

  /** Undefined before the first successful connect. */
  get facts(): DeviceFacts | undefined {
    return this.#facts;
  }

  get failoverState(): string {
    return this.ready ? (this.#facts?.failoverState ?? 'unknown') : 'unknown';
  }

  endpoint(): IcontrolEndpoint {
    const facts = this.#facts;
    return {
      status: this.#status,
      status_message: this.#message.slice(0, STATUS_MESSAGE_CHARS_MAX),
      failover_state: facts === undefined ? 'undiscovered' : this.failoverState,
      ...(facts === undefined
        ? {}
        : {
            version: facts.version,
            device_name: facts.deviceName,
            platform: facts.platform,
            serial_number: facts.serialNumber,
          }),
    };
  }

  start(): void {
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
  }

  /** Ends tries and connections. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('The driver is stopped.'));
    this.#retryTimer?.cancel();
    await this.#connecting;
    await this.client.close();
  }

  /** Something could not be done for the device's sake: it is out until it could be connected again. */
  lost(error: unknown): void {
    this.cache.clear();
    this.#hooks.onDoubt(this);
    if (this.#stopped.signal.aborted) return;
    const message = messageOf(error);
    this.#status = 'error';
    this.#message = message;
    this.#options.logger.warn({ device: this.host, err: error }, 'Device is out of service.');
    this.#retryLater();
  }

  /** Says in the status what is wrong although the device takes changes. */
  warn(message: string): void {
    this.#message = message === '' ? READY_MESSAGE : message;
  }

  /** Asks for the failover state. One call. @throws DeviceError */
  async refreshFailoverState(signal: AbortSignal): Promise<void> {
    const failoverState = await readFailoverState(this.client, signal);
    if (this.#facts !== undefined) this.#facts = { ...this.#facts, failoverState };
  }

  /** It was written, perhaps: more than what is saved and synchronised may be there. */
  noteChange(): void {
    this.#isUnsaved = true;
    this.#hooks.onChange(this);
  }

  /** Another device's configuration was loaded: without saving, a restart of the device would undo that. */
  noteLoaded(): void {
    this.#isUnsaved = true;
  }

  /** One call after changes, none otherwise. @throws DeviceError */
  async saveIfChanged(signal: AbortSignal): Promise<void> {
    if (!this.#isUnsaved) return;
    this.#isUnsaved = false;
    try {
      await this.client.run('/sys/config', { command: 'save' }, signal);
    } catch (error) {
      if (!isDeviceError(error, 'refused', 'forbidden')) {
        this.#isUnsaved = true;
        throw error;
      }
      // Whether it may be saved is for the device's operator to settle; until then it takes changes all the same.
      this.warn(`Not saved: ${error.deviceMessage}`);
      this.#options.logger.error({ device: this.host, err: error }, 'Not saved.');
    }
  }

  #retryLater(): void {
    const { clock, timeouts } = this.#options;
    this.#retryTimer?.cancel();
    this.#retryTimer = clock.after(timeouts?.reconnectMs ?? DEFAULT_RECONNECT_MS, () =>
      this.start(),
    );
  }

  async #connect(): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted || this.ready) return;
    this.#retryTimer?.cancel();
    this.#status = 'connecting';
    this.#message = '';
    try {
      await this.#initialize(signal);
    } catch (error) {
      this.lost(error);
      return;
    }
    this.#status = 'active';
    this.#message ||= READY_MESSAGE;
    this.#options.logger.info({ device: this.host, ...this.#facts }, 'Device is ready.');
    this.#hooks.onReady(this);
  }

  async #initialize(signal: AbortSignal): Promise<void> {
    const { haType, syncMode, configMode, isReadOnly = false } = this.#options;
    this.cache.clear();
    await this.cache.listPartitions(this.client, signal);
    this.#status = 'initializing';
    const facts = await readDeviceFacts(this.client, this.host, haType, signal);
    checkFitness(this.host, facts, haType, this.#hooks.peersOf(this));
    this.#facts = facts;
    if (!isReadOnly) {
      await prepareDevice(this.client, facts, syncMode, signal);
      await this.#hooks.beforeReady(this);
    }
    if (configMode === 'iapp') {
      const settle = isReadOnly ? readTemplateOrigin : installTemplate;
      this.#facts = { ...facts, template: await settle(this.client, signal) };
    }
    // Others may have become ready meanwhile; nothing comes between this look and being ready.
    checkFitness(this.host, facts, haType, this.#hooks.peersOf(this));
  }
}
