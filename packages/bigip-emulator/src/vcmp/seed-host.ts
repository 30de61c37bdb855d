// What makes a fresh device a vCMP host: everything provisioned for vCMP and nothing else, and its guests, deployed.
import type { ConfigEditor } from '../engine/config-editor.ts';
import { seedDeviceObjects } from '../device/seed-device.ts';
import { guestsOf, type DeviceOptions } from '../options.ts';
import { nameKey } from '../schema/schema.ts';

export function seedHost(
  editor: ConfigEditor,
  host: DeviceOptions,
  devices: readonly DeviceOptions[],
): void {
  seedDeviceObjects(editor, { devices: [host] });
  for (const [module, level] of [
    ['ltm', 'none'],
    ['vcmp', 'dedicated'],
  ] as const) {
    const record = editor.store.find(nameKey('sys/provision', module));
    if (record !== undefined) editor.update(record, { level });
  }
  for (const { name, listen } of guestsOf(host, devices)) {
    editor.create('vcmp/guest', [], {
      name,
      hostname: name,
      managementIp: `${listen.host}/24`,
      state: 'deployed',
    });
  }
}
