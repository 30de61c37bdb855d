// Decides for each request whether a fault strikes, and what that looks like to the client.
// Invariant: a fault that was used up is gone from the list before the response is sent.
import type { Clock } from '@f5-lbaas/platform';
import {
  API_ERROR_ACTIVE_TASK,
  API_ERROR_MCPD_LOST,
  DeviceError,
  restjavadError,
} from '../errors.ts';
import type { Json } from '../json.ts';
import { parseFault, type Fault, type FaultKind } from './fault.ts';

interface Target {
  method: string;
  path: string;
}

/** What a fault does beyond one response. */
export interface FaultEffects {
  expireTokens(): void;
  setDown(isDown: boolean): void;
  /** The config-sync channel is whole again. */
  reconnect(): void;
}

const FAULTS_MAX = 100;

export class FaultInjector {
  readonly #clock: Clock;
  readonly #effects: FaultEffects;
  #faults: Fault[] = [];
  #nextId = 1;

  constructor(clock: Clock, effects: FaultEffects) {
    this.#clock = clock;
    this.#effects = effects;
  }

  /** @throws FaultFormatError */
  add(input: Json): Fault {
    const fault = parseFault(input, this.#nextId);
    this.#nextId += 1;
    this.#faults = [...this.#faults, fault].slice(-FAULTS_MAX);
    this.#start(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    const before = this.#faults;
    this.#faults = [];
    for (const fault of before) this.#stop(fault);
  }

  /** True while a fault of that kind is on. */
  has(kind: FaultKind): boolean {
    return this.#faults.some((fault) => fault.kind === kind);
  }

  /** Before the operation takes effect. @throws DeviceError instead of the operation */
  async before(target: Target): Promise<'reset' | undefined> {
    if (this.#faults.length === 0) return undefined;
    const latency = this.#strike('latency', target);
    if (latency !== undefined) await this.#clock.sleep(latency.durationMs ?? 0);
    if (this.#strike('reset-before', target) !== undefined) return 'reset';
    const unavailable = this.#strike('unavailable', target);
    if (unavailable !== undefined) throw busy(unavailable.withBody);
    if (this.#strike('not-registered', target) !== undefined) throw notReady(target);
    if (this.#strike('active-task', target) !== undefined) throw activeTask();
    if (this.#strike('mcpd-restart', target) !== undefined) throw restarting(target);
    if (this.#strike('expire-tokens', target) !== undefined) this.#effects.expireTokens();
    return undefined;
  }

  /** After the operation took effect, before it is answered. */
  after(target: Target): 'reset' | undefined {
    if (this.#faults.length === 0) return undefined;
    return this.#strike('reset-after', target) === undefined ? undefined : 'reset';
  }

  /** @param index 1-based number of the command about to be applied; @throws DeviceError */
  beforeCommand(index: number): void {
    const fault = this.#faults.find(
      ({ kind, command }) => kind === 'refuse-transaction' && (command ?? 1) === index,
    );
    if (fault === undefined || !this.#use(fault)) return;
    throw new DeviceError(fault.status, fault.message);
  }

  #start(fault: Fault): void {
    if (fault.kind === 'device-down') this.#effects.setDown(true);
    // For latency the duration is the delay itself.
    if (fault.kind !== 'latency' && fault.durationMs !== null) {
      this.#clock.after(fault.durationMs, () => this.#end(fault));
    }
  }

  #end(fault: Fault): void {
    if (!this.#faults.includes(fault)) return;
    this.#faults = this.#faults.filter((other) => other !== fault);
    this.#stop(fault);
  }

  /** Undoes what lasts, unless another fault of the kind is still on. */
  #stop({ kind }: Fault): void {
    if (this.has(kind)) return;
    if (kind === 'device-down') this.#effects.setDown(false);
    if (kind === 'lose-config-sync') this.#effects.reconnect();
  }

  #strike(kind: FaultKind, { method, path }: Target): Fault | undefined {
    const fault = this.#faults.find(
      (candidate) =>
        candidate.kind === kind &&
        (candidate.match.method === null || candidate.match.method === method) &&
        (candidate.match.path === null || candidate.match.path.test(path)),
    );
    return fault !== undefined && this.#use(fault) ? fault : undefined;
  }

  /** Counts down `after`, then `count`. @returns whether it strikes now */
  #use(fault: Fault): boolean {
    if (fault.after > 0) {
      fault.after -= 1;
      return false;
    }
    if (fault.count === null) return true;
    fault.count -= 1;
    if (fault.count <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return true;
  }
}

function busy(withBody: boolean): DeviceError {
  const message = 'Service Temporarily Unavailable';
  return new DeviceError(503, message, { layer: 'httpd', isBodyless: !withBody });
}

/** The REST framework runs, its workers do not yet (iControl REST 1.5). */
function notReady({ path }: Target): DeviceError {
  return restjavadError(
    404,
    `URI path ${path} not registered.  Please verify URI is supported and wait for /available suffix to be responsive.`,
  );
}

/** A configuration load or another asynchronous task holds the device (iControl REST 1.4). */
function activeTask(): DeviceError {
  return new DeviceError(503, 'There is an active asynchronous task executing.', {
    apiError: API_ERROR_ACTIVE_TASK,
  });
}

/** mcpd restarting: objects that exist are not found, or the connection is lost (iControl REST 1.5). */
function restarting({ path }: Target): DeviceError {
  const isObject = /~/.test(path);
  if (isObject) {
    const id = decodeURIComponent(
      path.split('/').find((part) => part.startsWith('~')) ?? '',
    ).replaceAll('~', '/');
    return new DeviceError(404, `01020036:3: The requested object (${id}) was not found.`);
  }
  return new DeviceError(500, 'The connection to mcpd has been lost, try again.', {
    apiError: API_ERROR_MCPD_LOST,
  });
}
