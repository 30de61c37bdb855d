// auth/user: accounts besides the administrator (iControl REST 6.22).
import { passwordDigest } from '../../auth/password-digest.ts';
import { configurationError } from '../../errors.ts';
import { defineType } from '../../schema/define-type.ts';
import { constant, text, textOf } from '../../schema/fields.ts';
import { isJsonObject, scalarText, type Json } from '../../json.ts';
import type { ObjectType, ReadContext } from '../../schema/types.ts';

const NO_ACCESS = [{ name: 'all-partitions', role: 'no-access' }];

function withPartitionLink(entry: Json, context: ReadContext): Json {
  if (!isJsonObject(entry)) return entry;
  const path = scalarText(entry['name']);
  return { ...entry, nameReference: { link: context.linkTo({ family: 'auth/partition', path }) } };
}

export const userType: ObjectType = defineType({
  path: 'auth/user',
  className: 'user',
  naming: 'plain',
  fields: {
    encryptedPassword: constant('!!'),
    partitionAccess: {
      parse: (input) => input,
      default: NO_ACCESS,
      show: (value, _record, context) =>
        Array.isArray(value) ? value.map((entry) => withPartitionLink(entry, context)) : value,
    },
    // Kept as a digest, never shown.
    password: {
      access: 'write-only',
      parse: (input, { property }) => passwordDigest(textOf(property, input)),
    },
    shell: text(),
  },
  seeds: [
    {
      name: 'admin',
      fields: {
        description: 'Admin User',
        partitionAccess: [{ name: 'all-partitions', role: 'admin' }],
      },
    },
  ],
  rules: {
    created: (record, context) => {
      if (record.fields['description'] === undefined) {
        context.update(record, { description: record.name });
      }
    },
    beforeRemove: (record) => {
      if (record.name === 'admin') throw configurationError('The admin account cannot be deleted.');
    },
  },
});
