// net/self (iControl REST 6.6).
import { configurationError, mcpError, type DeviceError } from '../../errors.ts';
import { asString, scalarText } from '../../json.ts';
import {
  isInNetwork,
  networkOf,
  parseAddress,
  routeDomainOf,
  showAddress,
  withoutRouteDomain,
} from '../../schema/address.ts';
import { defineType } from '../../schema/define-type.ts';
import { computed, constant, text, trueFalse } from '../../schema/fields.ts';
import { address, reference } from '../../schema/reference-fields.ts';
import type { Field, ObjectType, ReadContext, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { LOCAL_TRAFFIC_GROUP } from '../sys/folder.ts';
import { routeDomainOfVlan } from './route-domain-vlans.ts';

const SELF_IP = 'self-ip';
const NETWORK = 'self-network';

function addressOf(record: ConfigRecord): string {
  return asString(record.fields['address']) ?? '';
}

function networkKey(record: ConfigRecord): string | undefined {
  const stored = addressOf(record);
  if (stored === '') return undefined;
  return `${networkOf(parseAddress(stored, 0))}%${routeDomainOf(stored)}`;
}

function isFloating(record: ConfigRecord): boolean {
  const group = asString(record.fields['trafficGroup']) ?? LOCAL_TRAFFIC_GROUP;
  return group !== LOCAL_TRAFFIC_GROUP;
}

function allowService(): Field {
  return {
    parse: (input) => {
      if (input === 'none') return undefined;
      if (input === 'all') return 'all';
      const items = Array.isArray(input) ? input : [input];
      return items.length === 0 ? undefined : items;
    },
  };
}

const trafficGroupMissing = (path: string): DeviceError =>
  configurationError(`Traffic group (${path}) does not exist.`);

function siblings(record: ConfigRecord, { store }: Pick<ReadContext, 'store'>): ConfigRecord[] {
  const key = networkKey(record);
  return store
    .list('net/self')
    .filter((other) => other.fullPath !== record.fullPath && networkKey(other) === key);
}

/** A floating self IP needs a local one on its network (iControl REST 4.3). */
function checkLocalRemains(record: ConfigRecord, context: RuleContext): void {
  if (isFloating(record)) return;
  const others = siblings(record, context);
  const floating = others.find(isFloating);
  if (floating === undefined || others.some((other) => !isFloating(other))) return;
  throw mcpError(
    '01070393:3',
    `Cannot delete IP ${withoutRouteDomain(addressOf(record)).split('/')[0] ?? ''} because it would leave ` +
      `floating self IP ${floating.fullPath} with no non-floating IP on this network.`,
  );
}

function checkConfigSync(record: ConfigRecord, { store }: RuleContext): void {
  const ip = withoutRouteDomain(addressOf(record)).split('/')[0] ?? '';
  const user = store.list('cm/device').find(({ fields }) => fields['configsyncIp'] === ip);
  if (user !== undefined) {
    throw mcpError(
      '01071412:3',
      `Cannot delete IP (${ip}) because it is used by the system config-sync setting.`,
    );
  }
}

function checkVlan(record: ConfigRecord, { store }: RuleContext): void {
  const vlan = asString(record.fields['vlan']) ?? '';
  const routeDomain = routeDomainOf(addressOf(record));
  const actual = routeDomainOfVlan(store, vlan);
  if (actual !== undefined && actual !== routeDomain) {
    throw mcpError(
      '01070395:3',
      `Self IP ${record.fullPath} vlan ${vlan} must be one of the vlans in the associated route domain (/Common/${routeDomain}).`,
    );
  }
}

function checkNetwork(record: ConfigRecord, context: RuleContext): void {
  const others = siblings(record, context);
  const elsewhere = others.find((other) => other.fields['vlan'] !== record.fields['vlan']);
  const stored = addressOf(record);
  if (elsewhere !== undefined) {
    const [ip, length] = withoutRouteDomain(stored).split('/');
    throw mcpError(
      '01070354:3',
      `Self IP ${ip ?? ''} / ${length ?? ''}: This network is defined on two vlans.`,
    );
  }
  if (isFloating(record) && !others.some((other) => !isFloating(other))) {
    throw mcpError(
      '01070392:3',
      `Floating self IP ${record.fullPath} must have a non-floating self IP on the same network and vlan.`,
    );
  }
}

export const selfType: ObjectType = defineType({
  path: 'net/self',
  className: 'self IP',
  syncs: isFloating,
  fields: {
    address: address('address', {
      prefix: 'with',
      required: true,
      access: 'create-only',
      show: (value, record, context) =>
        showAddress(scalarText(value), context.defaultRouteDomain(record)),
    }),
    addressSource: constant('from-user'),
    allowService: allowService(),
    floating: computed((record) => (isFloating(record) ? 'enabled' : 'disabled')),
    fwEnforcedPolicy: text(),
    inheritedTrafficGroup: trueFalse('false'),
    trafficGroup: reference('cm/traffic-group', {
      default: LOCAL_TRAFFIC_GROUP,
      missing: trafficGroupMissing,
      crossPartition: true,
    }),
    unit: computed((record) => (isFloating(record) ? 1 : 0)),
    vlan: reference('vlan', {
      required: true,
      missing: (path) =>
        mcpError(
          '01070094:3',
          `Referenced vlan (${path}) is hidden, does not already exist, or is on a different partition.`,
        ),
    }),
  },
  unique: [
    {
      family: SELF_IP,
      key: (record) => addressOf(record).split('/')[0],
      clash: (record) =>
        mcpError(
          '0107176c:3',
          `Invalid self IP, the IP address ${addressOf(record).split('/')[0] ?? ''} already exists.`,
        ),
    },
    { family: NETWORK, key: networkKey },
  ],
  rules: {
    beforeRemove: (record, context) => {
      checkLocalRemains(record, context);
      checkConfigSync(record, context);
    },
    check: (record, context) => {
      checkVlan(record, context);
      checkNetwork(record, context);
    },
  },
});

/** True when an address lies on a network of a self IP in that route domain. */
export function isConnected(
  ip: string,
  routeDomain: number,
  { store }: Pick<ReadContext, 'store'>,
): boolean {
  return store.list('net/self').some((self) => {
    const stored = addressOf(self);
    return routeDomainOf(stored) === routeDomain && isInNetwork(ip, withoutRouteDomain(stored));
  });
}
