// Properties of application services: what a template's script is given. Variables and tables are compared by name, as
// the device keeps no order of variables and columns. @see F5 iControl REST: sys/application/service
import { isFields, partitionOf, type Fields, type Value } from './device-object.ts';
import { asList, asText, type Property } from './property.ts';

/** Variable name -> value. */
type Variables = Readonly<Record<string, string>>;

function named(list: Value | undefined): [name: string, item: Fields][] {
  return asList(list)
    .filter(isFields)
    .map((item): [string, Fields] => [asText(item['name']), item])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Values may begin and end with blanks; unset ones are left out. */
function valueOf(value: Value | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function withoutUnset(entries: readonly (readonly [string, string])[]): Variables {
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function readVariables(item: Fields): Variables {
  return withoutUnset(
    named(item['variables']).map(([name, one]) => [name, valueOf(one['value'])] as const),
  );
}

/** `{ <name>: <value> }`; the empty text is not said. */
export const variables: Property = {
  default: {},
  read: readVariables,
  write: (value) => ({
    variables: Object.entries(isFields(value) ? value : {}).map(([name, one]) => ({
      name,
      value: one,
    })),
  }),
};

function readTable(table: Fields): Variables[] {
  const columns = asList(table['columnNames']).map(asText);
  return asList(table['rows'])
    .filter(isFields)
    .map(({ row }) =>
      withoutUnset(
        columns
          .map((column, index) => [column, valueOf(asList(row)[index])] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
}

function writeTable(name: string, rows: readonly Fields[]): Fields {
  const columnNames = [...new Set(rows.flatMap((row) => Object.keys(row)))].sort();
  return {
    name,
    columnNames,
    rows: rows.map((row) => ({ row: columnNames.map((column) => row[column] ?? '') })),
  };
}

/** `{ <name>: { <column>: <cell> }[] }`; tables without rows are not said. */
export const tables: Property = {
  default: {},
  read: (item) =>
    Object.fromEntries(
      named(item['tables'])
        .map(([name, table]) => [name, readTable(table)] as const)
        .filter(([, rows]) => rows.length > 0),
    ),
  write: (value) => ({
    tables: Object.entries(isFields(value) ? value : {}).map(([name, rows]) =>
      writeTable(name, asList(rows).filter(isFields)),
    ),
  }),
};

/**
 * Address and port that the service's virtual server listens on, or null. Told by the variables. Two services that
 * swap theirs could not both be changed in place, so one that takes another place is made anew.
 */
export const vip: Property = {
  default: null,
  immutable: (from, to) => from !== null && to !== null,
  read: (item) => vipOf(readVariables(item)),
  write: () => ({}),
};

export function vipOf(values: Variables): string | null {
  const { vip__state: state, vip__addr: address, vip__port: port } = values;
  return state === 'delete' || address === undefined ? null : `${address} ${port ?? ''}`;
}

/** Nodes of the members, full paths. Told by the table of members. */
export const nodes: Property = {
  default: [],
  read(item) {
    const { pool__members: members } = isFields(tables.read(item))
      ? (tables.read(item) as Fields)
      : {};
    return nodesOf(asText(item['partition']) || partitionOf(asText(item['fullPath'])), members);
  },
  write: () => ({}),
  refersTo: { types: ['node'], paths: (value) => asList(value).map(asText) },
};

export function nodesOf(partition: string, members: Value | undefined): string[] {
  const addresses = asList(members)
    .filter(isFields)
    .map(({ addr }) => `/${partition}/${asText(addr)}`);
  return [...new Set(addresses)].sort();
}
