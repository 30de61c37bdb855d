// Contents of files that steps make or change: uploaded before the steps, and removed from the download directory
// afterwards, because private keys are among them.
import { DeviceError, isDeviceError, type BigIpClient } from '@f5-lbaas/bigip-client';
import { OBJECT_TYPES } from '../object-types/object-types.ts';
import { file, uploadName, uploadPath } from '../object-types/ssl-properties.ts';
import { asText } from '../object-types/property.ts';
import type { Step } from '../plan/step.ts';

/** By checksum; never shown to anyone but the device. */
export type FileContents = ReadonlyMap<string, string>;

function checksumsIn(steps: readonly Step[]): string[] {
  const written = steps
    .filter(({ action, target }) => {
      return action !== 'remove' && OBJECT_TYPES[target.type].properties === file;
    })
    .flatMap(({ changes }) => changes.map(({ to }) => asText(to)));
  return [...new Set(written)];
}

async function cleanUp(client: BigIpClient, name: string, signal: AbortSignal): Promise<void> {
  try {
    await client.run('/util/unix-rm', { command: 'run', utilCmdArgs: uploadPath(name) }, signal);
  } catch (error) {
    // The next upload of that name replaces it; the directory is readable for administrators only.
    if (!isDeviceError(error)) throw error;
  }
}

/** @throws DeviceError what uploading throws, or what the work does */
export async function withUploads<T>(
  { client, signal }: { client: BigIpClient; signal: AbortSignal },
  steps: readonly Step[],
  contents: FileContents,
  work: () => Promise<T>,
): Promise<T> {
  const checksums = checksumsIn(steps);
  if (checksums.length === 0) return work();
  for (const checksum of checksums) {
    const content = contents.get(checksum);
    if (content === undefined) {
      throw new DeviceError({
        kind: 'not_ready',
        message: 'The content of a certificate file is not at hand.',
        request: `Upload ${uploadName(checksum)}`,
      });
    }
    await client.upload(uploadName(checksum), Buffer.from(content), signal);
  }
  try {
    return await work();
  } finally {
    for (const checksum of checksums) await cleanUp(client, uploadName(checksum), signal);
  }
}
