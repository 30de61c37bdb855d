// /mgmt/shared other than authentication: readiness, device info, uploads and downloads (iControl REST 1.5, 6.19).
import { DeviceError, notRegistered, restjavadError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { DeviceRuntime } from '../schema/runtime.ts';
import type { Uploads } from '../device/uploads.ts';
import { PackageTasks } from './package-tasks.ts';
import { ok, type RestRequest, type RestResponse } from './request.ts';

const CHUNK_BYTES_MAX = 1024 * 1024;
const RANGE = /^(?:bytes\s+)?(\d+)-(\d+)\/(\d+)$/;

export interface SharedResourcesDeps {
  runtime: DeviceRuntime;
  uploads: Uploads;
}

export class SharedResources {
  readonly #runtime: DeviceRuntime;
  readonly #uploads: Uploads;
  readonly #packages = new PackageTasks();

  constructor({ runtime, uploads }: SharedResourcesDeps) {
    this.#runtime = runtime;
    this.#uploads = uploads;
  }

  handle(request: RestRequest): RestResponse {
    const path = request.segments.join('/');
    if (path === 'shared/echo' || path === 'shared/echo/available') {
      return ok({
        stage: 'STARTED',
        kind: 'shared:echo:echostate',
        selfLink: 'https://localhost/mgmt/shared/echo',
      });
    }
    if (path === 'shared/identified-devices/config/device-info') return ok(this.#deviceInfo());
    if (path === 'shared/bigip-failover-state') return ok(failoverView(this.#runtime));
    const packages = this.#packages.handle(request);
    if (packages !== undefined) return packages;
    if (path.startsWith('shared/file-transfer/')) return this.#transfer(request);
    if (request.segments.at(-1) === 'available') return ok({});
    throw notRegistered(request.path);
  }

  #deviceInfo(): JsonObject {
    const { version, hostname, managementAddress, platform } = this.#runtime;
    return {
      machineId: '4c4c4544-0042-4810-8052-b4c04f333431',
      hostname,
      address: managementAddress,
      managementAddress,
      version: version.full,
      product: 'BIG-IP',
      edition: 'Final',
      build: version.build,
      platform,
      restFrameworkVersion: `${version.full}-${version.build}`,
      kind: 'shared:resolver:device-groups:deviceinfostate',
      selfLink: 'https://localhost/mgmt/shared/identified-devices/config/device-info',
    };
  }

  /** `uploads/<file>`, `bulk/<file>`, `madm/<file>`, `downloads/<file>`. */
  #transfer(request: RestRequest): RestResponse {
    const [, , area = '', file = ''] = request.segments;
    if (!['uploads', 'bulk', 'madm', 'downloads'].includes(area) || file === '')
      throw notRegistered(request.path);
    if (area === 'bulk' && !this.#runtime.version.atLeast('13.0'))
      throw notRegistered(request.path);
    if (request.method === 'POST') return this.#upload(request, file);
    const content = this.#uploads.read(file);
    if (content === undefined) throw restjavadError(404, `File not found: ${file.slice(0, 200)}`);
    return ok({ content: content.toString('utf8') });
  }

  #upload(request: RestRequest, file: string): RestResponse {
    const { body } = request;
    if (body.length > CHUNK_BYTES_MAX) {
      throw new DeviceError(413, 'Request Entity Too Large', { layer: 'httpd' });
    }
    const range = RANGE.exec(
      String(request.headers['content-range'] ?? `0-${body.length - 1}/${body.length}`),
    );
    const start = Number(range?.[1]);
    const end = Number(range?.[2]);
    const total = Number(range?.[3]);
    if (range === null || end - start + 1 !== body.length || end >= total) {
      throw restjavadError(400, 'Content-Range does not match the length of the body');
    }
    const received = this.#uploads.write(file, start, body, total);
    return ok({
      remainingByteCount: total - received,
      usedChunks: { [String(start)]: body.length },
      totalByteCount: total,
      localFilePath: `/var/config/rest/downloads/${file}`,
      temporaryFilePath: `/var/config/rest/downloads/tmp/${file}`,
      generation: 0,
      lastUpdateMicros: this.#runtime.clock.nowMs() * 1000,
    });
  }
}

/** `/mgmt/tm/shared/bigip-failover-state` (iControl REST 8.1). */
export function failoverView(runtime: DeviceRuntime): JsonObject {
  return {
    failoverState: runtime.failoverState(),
    isEnabled: true,
    lastUpdateMicros: runtime.clock.nowMs() * 1000,
    nextPollTime: new Date(runtime.clock.nowMs() + 5000).toISOString(),
    pollingPeriodMillis: 5000,
    kind: 'tm:shared:bigip-failover-state:bigipfailoverstate',
    selfLink: 'https://localhost/mgmt/tm/shared/bigip-failover-state',
  };
}
