// The objects that make a fresh device a member of its cluster: devices, the device group, the certificate.
import { selfSignedDefault } from './default-certificate.ts';
import type { ConfigEditor } from '../engine/config-editor.ts';
import type { JsonObject } from '../json.ts';
import { platformOf, type EmulatorOptions } from '../options.ts';
import { nameKey } from '../schema/schema.ts';
import type { ConfigRecord } from '../store/record.ts';
import { certificateFacts, checksum, keyFacts } from '../tables/sys/tls-material.ts';

function common(type: string, name: string, fields: JsonObject): ConfigRecord {
  const fullPath = `/Common/${name}`;
  return {
    type,
    keys: [fullPath],
    name,
    partition: 'Common',
    subPath: null,
    fullPath,
    generation: 1,
    fields,
  };
}

function put(editor: ConfigEditor, record: ConfigRecord): void {
  editor.work.put(record);
}

type Trust = Pick<EmulatorOptions, 'devices' | 'deviceGroup'>;

export function seedDeviceObjects(editor: ConfigEditor, options: Trust): void {
  const self = editor.runtime.hostname;
  const { deviceGroup, devices } = options;
  const known = deviceGroup === undefined ? devices.filter(({ name }) => name === self) : devices;
  for (const [index, device] of known.entries()) {
    const { name, listen } = device;
    const unicastAddress = [
      { effectiveIp: listen.host, effectivePort: 1026, ip: listen.host, port: 1026 },
    ];
    const baseMac = `00:94:a1:00:0${index}:00`;
    put(
      editor,
      common('cm/device', name, {
        managementIp: listen.host,
        baseMac,
        chassisId: `emulated-${index}`,
        platformId: platformOf(device),
        unicastAddress,
      }),
    );
  }
  if (deviceGroup !== undefined) seedGroup(editor, options, deviceGroup);
  seedDefaultCertificate(editor);
}

function seedGroup(
  editor: ConfigEditor,
  { devices }: Trust,
  { name, autoSync = false }: NonNullable<EmulatorOptions['deviceGroup']>,
): void {
  const autoSyncText = autoSync ? 'enabled' : 'disabled';
  put(
    editor,
    common('cm/device-group', name, {
      type: 'sync-failover',
      autoSync: autoSyncText,
      networkFailover: 'enabled',
    }),
  );
  for (const group of [name, 'device_trust_group']) {
    for (const device of devices) {
      const member = common('cm/device-group/devices', device.name, {});
      put(editor, { ...member, keys: [`/Common/${group}`, member.fullPath] });
    }
  }
  const root = editor.store.find(nameKey('sys/folder', '/'));
  if (root !== undefined)
    put(editor, { ...root, fields: { ...root.fields, deviceGroup: `/Common/${name}` } });
}

/** `default.crt` and `default.key`, which client-ssl profiles use unless told otherwise. */
function seedDefaultCertificate(editor: ConfigEditor): void {
  const { certPem, keyPem } = selfSignedDefault;
  const files: [string, string, JsonObject][] = [
    ['sys/file/ssl-cert', certPem, certificateFacts(certPem)],
    ['sys/file/ssl-key', keyPem, keyFacts(keyPem, undefined)],
  ];
  for (const [type, content, facts] of files) {
    const name = type.endsWith('cert') ? 'default.crt' : 'default.key';
    const record = editor.store.find(nameKey(type, `/Common/${name}`));
    if (record === undefined) continue;
    const size = Buffer.byteLength(content);
    put(editor, {
      ...record,
      fields: {
        ...record.fields,
        ...facts,
        content,
        checksum: checksum(content),
        size,
        revision: 1,
      },
    });
  }
}
