// net/route: static routes (iControl REST 6.7).
import { mcpError, validationError } from '../../errors.ts';
import { asString, type JsonObject, scalarText } from '../../json.ts';
import {
  networkOf,
  parseAddress,
  routeDomainOf,
  showAddress,
  storedAddress,
  withoutRouteDomain,
} from '../../schema/address.ts';
import { defineType } from '../../schema/define-type.ts';
import { flag, integer, text, textOf } from '../../schema/fields.ts';
import {
  address,
  reference,
  routeDomainMissing,
  routeDomainReference,
} from '../../schema/reference-fields.ts';
import type { Field, InputContext, ObjectType } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { isConnected } from './self.ts';

const TARGETS = ['gw', 'pool', 'tmInterface', 'blackhole'];

/** `default`, `default%5`, `default-inet6` or a CIDR; stored with the route domain. */
function parseNetwork(value: string, context: InputContext): string {
  const word = /^(default(?:-inet6)?)(?:%(\d+))?$/.exec(value);
  if (word !== null) {
    const id = word[2] === undefined ? context.defaultRouteDomain : Number(word[2]);
    return id === 0 ? (word[1] ?? value) : `${word[1] ?? value}%${id}`;
  }
  const parsed = parseAddress(value, context.defaultRouteDomain);
  if (parsed.prefix === 0)
    return parseNetwork(
      `default${parsed.family === 'ipv6' ? '-inet6' : ''}%${parsed.routeDomain}`,
      context,
    );
  const [ip, length] = networkOf(parsed).split('/');
  return storedAddress({ ...parsed, ip: ip ?? parsed.ip, prefix: Number(length) });
}

function network(): Field {
  return {
    required: true,
    access: 'create-ignored',
    parse: (input, context) => parseNetwork(textOf(context.property, input), context),
    references: (value) => (typeof value === 'string' ? routeDomainReference(value) : []),
    missing: routeDomainMissing('network'),
    show: (value, record, context) =>
      typeof value === 'string' && !value.startsWith('default')
        ? showAddress(value, context.defaultRouteDomain(record))
        : value,
  };
}

/** Setting one target replaces the other (iControl REST 3.1). */
function oneTarget(body: JsonObject, record: ConfigRecord): JsonObject {
  const sent = TARGETS.find((key) => body[key] !== undefined && body[key] !== 'none');
  if (sent === undefined) return body;
  const cleared = TARGETS.filter((key) => key !== sent && record.fields[key] !== undefined);
  return {
    ...body,
    ...Object.fromEntries(cleared.map((key) => [key, key === 'blackhole' ? false : 'none'])),
  };
}

export const routeType: ObjectType = defineType({
  path: 'net/route',
  className: 'route entry',
  fields: {
    blackhole: flag(),
    gw: address('gw', { words: ['none'], parse: gateway }),
    mtu: integer(0, 65535, { default: 0 }),
    network: network(),
    pool: reference('ltm/pool'),
    tmInterface: reference('vlan'),
    interface: text({ access: 'write-only' }),
  },
  unique: [
    {
      family: 'route-network',
      key: ({ fields }) => asString(fields['network']),
      clash: (record, other) =>
        mcpError(
          '01070734:3',
          `Configuration error: Static route ${record.fullPath}: route to ${scalarText(record.fields['network'])} already exists (${other.fullPath}).`,
        ),
    },
  ],
  rules: {
    prepare: (body) => {
      const { interface: port, ...rest } = body;
      const completed = port === undefined ? body : { tmInterface: port, ...rest };
      const targets = TARGETS.filter((key) => completed[key] !== undefined);
      if (targets.length !== 1) {
        throw validationError('exactly one of gw, pool, interface, blackhole must be specified');
      }
      return completed;
    },
    prepareChange: oneTarget,
    check: (record, context) => {
      const gw = asString(record.fields['gw']);
      if (gw === undefined) return;
      if (!isConnected(withoutRouteDomain(gw), routeDomainOf(gw), context.read)) {
        throw mcpError(
          '01070330:3',
          `Static route gateway ${gw} is not directly connected via an interface.`,
        );
      }
    },
  },
});

function gateway(input: unknown, context: InputContext): string | undefined {
  const value = typeof input === 'string' ? input : '';
  return value === 'none' || value === ''
    ? undefined
    : storedAddress(parseAddress(value, context.defaultRouteDomain));
}
