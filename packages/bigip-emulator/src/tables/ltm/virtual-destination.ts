// Destination of a virtual server: from what clients type to a virtual address and a port (iControl REST 6.9).
import { configurationError, validationError } from '../../errors.ts';
import { asString, type JsonObject } from '../../json.ts';
import {
  formatAddress,
  joinPort,
  maskOf,
  parseAddress,
  routeDomainOf,
  splitPort,
  storedAddress,
  tryParseAddress,
  withoutRouteDomain,
  type Address,
} from '../../schema/address.ts';
import { nameKey } from '../../schema/schema.ts';
import type { RuleContext } from '../../schema/types.ts';
import { folderOf, type ConfigRecord } from '../../store/record.ts';
import { releaseVirtualAddress, VIRTUAL_ADDRESS_IP } from './virtual-address.ts';

const WILDCARD = '0.0.0.0:0';

/** Stored destination: `/T1/10.0.0.1%5:443`, the virtual address's path and the port. */
export interface Destination {
  addressPath: string;
  port: number;
}

export function parseDestination(stored: string): Destination {
  const split = splitPort(stored);
  return split === undefined
    ? { addressPath: stored, port: 0 }
    : { addressPath: split.host, port: split.port };
}

function joinDestination({ addressPath, port }: Destination): string {
  return joinPort(addressPath, port);
}

/** @throws DeviceError for a destination that is no `address:port` */
function destinationInput(text: string): {
  folder: string | null;
  host: string;
  port: number;
} {
  const slash = text.lastIndexOf('/');
  const folder = slash > 0 ? text.slice(0, slash) : null;
  const split = splitPort(slash >= 0 ? text.slice(slash + 1) : text);
  if (split === undefined) throw validationError(`"${text}" invalid or ambiguous service`);
  return { folder, ...split };
}

/** Existing address object of the same partition or /Common with that IP, or the path of a new one. */
function addressObject(address: Address, folder: string, context: RuleContext): string {
  const stored = storedAddress({ ...address });
  const partition = folder.split('/')[1] ?? 'Common';
  const known = context.store
    .named(nameKey(VIRTUAL_ADDRESS_IP, stored))
    .find((record) => record.partition === partition || record.partition === 'Common');
  if (known !== undefined) return known.fullPath;
  const shown = formatAddress(address, context.read.defaultRouteDomain(placeIn(partition)));
  return `${folder}/${shown}`;
}

function placeIn(partition: string): ConfigRecord {
  const blank = { type: '', keys: [], name: '', subPath: null, fullPath: '' };
  return { ...blank, partition, generation: 0, fields: {} };
}

/** Mask of the virtual: given, `any` for the wildcard, else the host mask. */
function defaultMask(address: Address): string {
  return address.ip === '0.0.0.0' || address.ip === '::' ? 'any' : maskOf(address);
}

interface Resolved {
  destination: string;
  address: string;
  mask: string;
}

function resolveDestination(text: string, record: ConfigRecord, context: RuleContext): Resolved {
  const { folder, host, port } = destinationInput(text);
  const place = folder ?? folderOf(record) ?? '/Common';
  const routeDomain = context.read.defaultRouteDomain(placeIn(place.split('/')[1] ?? 'Common'));
  const address = tryParseAddress(host, routeDomain);
  if (address !== undefined) {
    const addressPath = addressObject(address, place, context);
    return {
      destination: joinDestination({ addressPath, port }),
      address: storedAddress(address),
      mask: defaultMask(address),
    };
  }
  return resolveNamed(`${place}/${host}`, port, text, context);
}

function resolveNamed(path: string, port: number, text: string, context: RuleContext): Resolved {
  const named = context.store.find(nameKey('ltm/virtual-address', path));
  const stored = asString(named?.fields['address']);
  if (named === undefined || stored === undefined) {
    throw validationError(`"${text}" invalid address`);
  }
  const ip = stored === 'any6' ? '::' : stored;
  const mask = asString(named.fields['mask']) ?? defaultMask(parseAddress(ip, 0));
  return { destination: joinDestination({ addressPath: path, port }), address: ip, mask };
}

/** Settles destination, address, mask and the address object after a virtual was created or changed. */
export function settleDestination(
  record: ConfigRecord,
  before: ConfigRecord | undefined,
  context: RuleContext,
): ConfigRecord {
  const typed = asString(record.fields['destination']) ?? WILDCARD;
  if (before !== undefined && before.fields['destination'] === record.fields['destination']) {
    return record;
  }
  const resolved = resolveDestination(typed, record, context);
  const mask = maskOfVirtual(record, before) ?? resolved.mask;
  const { addressPath } = parseDestination(resolved.destination);
  const fields: JsonObject = {
    destination: resolved.destination,
    mask,
    resolvedAddress: resolved.address,
  };
  const settled = context.update(record, fields);
  ensureAddress(addressPath, resolved.address, mask, context);
  const previous = asString(before?.fields['destination']);
  if (previous !== undefined)
    releaseVirtualAddress(parseDestination(previous).addressPath, context);
  return settled;
}

/** A mask that was typed, not one that an earlier destination brought. */
function maskOfVirtual(record: ConfigRecord, before: ConfigRecord | undefined): string | undefined {
  const mask = asString(record.fields['mask']);
  return mask === asString(before?.fields['mask']) ? undefined : mask;
}

function ensureAddress(path: string, address: string, mask: string, context: RuleContext): void {
  if (context.store.hasName(nameKey('ltm/virtual-address', path))) return;
  context.create('ltm/virtual-address', [], { name: path, address, mask });
}

/** The source's route domain must be the destination's. */
export function checkSource(record: ConfigRecord): void {
  const source = asString(record.fields['source']);
  const address = asString(record.fields['resolvedAddress']);
  if (source === undefined || address === undefined) return;
  if (routeDomainOf(source) !== routeDomainOf(address)) {
    throw configurationError(
      `Virtual Server (${record.fullPath}) source (${source}) and destination ` +
        `(${address}) addresses must be in the same route domain.`,
    );
  }
}

/** `0.0.0.0/0` in the destination's route domain and family. */
export function defaultSource(record: ConfigRecord): string {
  const address = asString(record.fields['resolvedAddress']) ?? '0.0.0.0';
  const any = withoutRouteDomain(address).includes(':') ? '::' : '0.0.0.0';
  return formatAddress(
    {
      ip: any,
      family: any === '::' ? 'ipv6' : 'ipv4',
      routeDomain: routeDomainOf(address),
      prefix: 0,
    },
    0,
  );
}
