// auth/partition: a top-level folder under another name (iControl REST 6.1).
import { scalarText } from '../../json.ts';
import { configurationError, mcpError } from '../../errors.ts';
import { defineType } from '../../schema/define-type.ts';
import { integer } from '../../schema/fields.ts';
import { ROUTE_DOMAIN_ID } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';

/** mcp class number of a folder, in the refusal of a DELETE. */
const FOLDER_TYPE_ID = 4032;

function notEmpty(partition: string): Error {
  return mcpError(
    '0107082a:3',
    'You must remove all objects from a partition before removing the partition ' +
      `(${partition}), type ID (${FOLDER_TYPE_ID})`,
  );
}

function removeFolder(record: ConfigRecord, context: RuleContext): void {
  const folder = context.store.find(nameKey('sys/folder', `/${record.name}`));
  if (folder === undefined) return;
  const drafts = context.store.find(nameKey('sys/folder', `/${record.name}/Drafts`));
  if (drafts !== undefined && !context.store.isReferenced(nameKey('sys/folder', drafts.fullPath))) {
    context.remove(drafts);
  }
  context.remove(folder);
}

export const partitionType: ObjectType = defineType({
  path: 'auth/partition',
  className: 'partition',
  naming: 'plain',
  fields: {
    defaultRouteDomain: integer(0, 65534, {
      default: 0,
      references: (value) =>
        value === 0 ? [] : [{ family: ROUTE_DOMAIN_ID, path: scalarText(value) }],
      missing: (id) => configurationError(`Route domain (${id}) does not exist.`),
    }),
  },
  seeds: [
    {
      name: 'Common',
      fields: { description: 'Repository for system objects and shared objects.' },
    },
  ],
  rules: {
    created: (record, context) => {
      if (context.store.hasName(nameKey('sys/folder', `/${record.name}`))) return;
      context.create('sys/folder', [], { name: `/${record.name}` });
    },
    beforeRemove: (record, { store }) => {
      if (record.name === 'Common')
        throw configurationError('The Common partition cannot be deleted.');
      const folder = nameKey('sys/folder', `/${record.name}`);
      const inside = store
        .referrers(folder)
        .filter((other) => other.fullPath !== `/${record.name}/Drafts`);
      const drafts = nameKey('sys/folder', `/${record.name}/Drafts`);
      if (inside.length > 0 || store.isReferenced(drafts)) throw notEmpty(record.name);
    },
    removed: removeFolder,
  },
});
