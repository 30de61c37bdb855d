// ltm/node: a server's address (iControl REST 6.11).
import { mcpError, validationError } from '../../errors.ts';
import { scalarText, type JsonObject } from '../../json.ts';
import { withoutRouteDomain } from '../../schema/address.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import { choice, constant, enabledDisabled, integer, text } from '../../schema/fields.ts';
import { address } from '../../schema/reference-fields.ts';
import type { ObjectType } from '../../schema/types.ts';
import { fqdnField, metadata } from './common-fields.ts';
import { monitorExpression } from './monitor-expression.ts';
import { nodeSession, nodeState } from './member-state.ts';

const NODE_ADDRESS = 'node-address';

export const nodeType: ObjectType = defineType({
  path: 'ltm/node',
  className: 'node',
  referenceName: 'Node',
  usedError: (record, by) =>
    mcpError(
      '01070110:3',
      `Node address '${record.fullPath}' is referenced by a member of pool '${by.keys[0] ?? ''}'.`,
    ),
  fields: {
    address: address('address', { access: 'create-only', words: ['any6'] }),
    appService: appService(),
    connectionLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    dynamicRatio: integer(0, 65535, { default: 1 }),
    ephemeral: constant('false'),
    fqdn: fqdnField({
      addressFamily: 'ipv4',
      autopopulate: 'disabled',
      downInterval: 5,
      interval: '3600',
    }),
    logging: enabledDisabled('disabled'),
    metadata: metadata(),
    monitor: monitorExpression({ default: 'default' }),
    rateLimit: text({ default: 'disabled' }),
    ratio: integer(1, 65535, { default: 1 }),
    session: choice(['user-enabled', 'user-disabled'], { read: nodeSession }),
    state: choice(['user-up', 'user-down'], { read: nodeState }),
  },
  unique: [
    {
      family: NODE_ADDRESS,
      key: ({ fields }) =>
        fields['address'] === 'any6' ? undefined : (fields['address'] as string | undefined),
      clash: (_, other) =>
        mcpError(
          '0107176c:3',
          `Invalid Node, the IP address ${withoutRouteDomain(scalarText(other.fields['address']))} already exists.`,
        ),
    },
  ],
  rules: {
    prepare: (body): JsonObject => {
      if (body['fqdn'] !== undefined) return { ...body, address: 'any6' };
      if (body['address'] === undefined) throw validationError('"address" must be specified');
      return body;
    },
  },
});
