// net/arp, net/ndp: static neighbour entries (iControl REST 6.5).
import { alreadyExists } from '../../errors.ts';
import { asString, scalarText } from '../../json.ts';
import { defineType } from '../../schema/define-type.ts';
import { invalidValue, textOf } from '../../schema/fields.ts';
import { address } from '../../schema/reference-fields.ts';
import type { Field, ObjectType } from '../../schema/types.ts';

const MAC = /^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i;

function macAddress(): Field {
  return {
    required: true,
    parse: (input, { property }) => {
      const value = textOf(property, input);
      if (!MAC.test(value)) throw invalidValue(property, input);
      return value.toLowerCase();
    },
  };
}

/** ARP is IPv4's, NDP is IPv6's. */
function familyAddress(kind: 'arp' | 'ndp'): Field {
  const field = address('ipAddress', { required: true, access: 'create-only' });
  return {
    ...field,
    parse: (input, context) => {
      const isIpv6 = textOf(context.property, input).includes(':');
      if (isIpv6 !== (kind === 'ndp')) throw invalidValue(context.property, input);
      return field.parse(input, context);
    },
  };
}

function neighbourType(kind: 'arp' | 'ndp'): ObjectType {
  return defineType({
    path: `net/${kind}`,
    className: kind === 'arp' ? 'ARP entry' : 'NDP entry',
    generationIsZero: true,
    syncs: 'never',
    fields: {
      ipAddress: familyAddress(kind),
      macAddress: macAddress(),
    },
    unique: [
      {
        family: `${kind}-address`,
        key: ({ fields }) => asString(fields['ipAddress']),
        clash: (record) =>
          alreadyExists(
            kind === 'arp' ? 'ARP entry' : 'NDP entry',
            scalarText(record.fields['ipAddress']),
            record.partition,
          ),
      },
    ],
  });
}

export const neighbourTypes: ObjectType[] = [neighbourType('arp'), neighbourType('ndp')];
