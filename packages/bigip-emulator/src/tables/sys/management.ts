// sys/management-*, sys/software, sys/disk, sys/ucs: the box around the configuration (iControl REST 6.22).
import { configurationError, validationError } from '../../errors.ts';
import { asString } from '../../json.ts';
import { defineType } from '../../schema/define-type.ts';
import { computed, constant, integer, internal, text, textOf } from '../../schema/fields.ts';
import { address } from '../../schema/reference-fields.ts';
import type { ObjectType } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { tryParseAddress } from '../../schema/address.ts';

const managementRouteType = defineType({
  path: 'sys/management-route',
  className: 'management route',
  syncs: 'never',
  fields: {
    gateway: address('gateway'),
    mtu: integer(0, 65535, { default: 0 }),
    network: {
      required: true,
      parse: (input, { property }) => {
        const network = textOf(property, input);
        const isKnown = /^default(-inet6)?$/.test(network);
        if (!isKnown && tryParseAddress(network, 0)?.prefix === undefined) {
          throw validationError(`"${network}" invalid address`);
        }
        return network;
      },
      access: 'create-only',
    },
    type: text({ default: 'gateway' }),
  },
  unique: [
    {
      family: 'management-route-network',
      key: ({ fields }) => asString(fields['network']),
      clash: (record, other) =>
        configurationError(
          `invalid Management Route, the dest/netmask pair ${asString(record.fields['network']) ?? ''} ` +
            `already exists for ${other.fullPath}`,
        ),
    },
  ],
});

/** `192.0.2.10/24` is the name; the address is part of it. */
function checkManagementIp(record: ConfigRecord): void {
  const parsed = tryParseAddress(record.name, 0);
  if (parsed === undefined) throw validationError(`"${record.name}" invalid address`);
  if (parsed.prefix === undefined) throw validationError('a netmask must be specified');
}

const managementIpType = defineType({
  path: 'sys/management-ip',
  className: 'management IP',
  naming: 'plain',
  syncs: 'never',
  fields: {},
  rules: { check: checkManagementIp },
});

/** Volumes hold one installed version each; the first is the running one. */
const volumeType = defineType({
  path: 'sys/software/volume',
  className: 'software volume',
  naming: 'plain',
  syncs: 'never',
  description: false,
  refuses: ['POST', 'PATCH'],
  fields: {
    active: constant(true),
    basebuild: computed((_, { runtime }) => runtime.version.build),
    build: computed((_, { runtime }) => runtime.version.build),
    media: constant([{ name: 'HD1.1', defaultBootLocation: true, media: 'hd', size: 'default' }]),
    product: constant('BIG-IP'),
    status: constant('complete'),
    version: computed((_, { runtime }) => runtime.version.full),
  },
  seeds: [{ name: 'HD1.1' }],
});

function softwareType(kind: 'image' | 'hotfix'): ObjectType {
  return defineType({
    path: `sys/software/${kind}`,
    className: `software ${kind}`,
    naming: 'plain',
    syncs: 'never',
    description: false,
    refuses: ['POST', 'PATCH'],
    fields: { build: internal(), product: internal(), verified: internal(), version: internal() },
  });
}

const diskType = defineType({
  path: 'sys/disk/logical-disk',
  className: 'logical disk',
  naming: 'plain',
  syncs: 'never',
  description: false,
  refuses: ['POST', 'PATCH', 'DELETE'],
  fields: { mode: constant('mixed'), size: constant(98_304), vgFree: constant(40_960) },
  seeds: [{ name: 'HD1' }],
});

/** Archives of the configuration; `{"command":"save"}` makes them. */
const ucsType = defineType({
  path: 'sys/ucs',
  className: 'UCS file',
  naming: 'plain',
  syncs: 'never',
  description: false,
  refuses: ['PATCH'],
  fields: {
    apiRawValues: computed(({ name }, { runtime }) => ({
      base_build: runtime.version.build,
      build: runtime.version.build,
      encrypted: 'no',
      file_created_date: '2025-01-03T05:25:10Z',
      file_size: '100000 (in bytes)',
      filename: `/var/local/ucs/${name}`,
      install_date: runtime.version.date,
      product: 'BIG-IP',
      version: runtime.version.full,
    })),
  },
});

/** No chassis: the collection is there and empty (iControl REST 6.22). */
const clusterType = defineType({
  path: 'sys/cluster',
  className: 'cluster',
  naming: 'plain',
  syncs: 'never',
  refuses: ['POST', 'PATCH', 'DELETE'],
});

export const managementTypes: ObjectType[] = [
  managementRouteType,
  managementIpType,
  volumeType,
  softwareType('image'),
  softwareType('hotfix'),
  diskType,
  ucsType,
  clusterType,
];
