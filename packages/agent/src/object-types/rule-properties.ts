// Properties of iRules and of the value lists that they look things up in.
import { isFields } from './device-object.ts';
import { asList, asText, text, type Property } from './property.ts';

/** Full paths as they stand in a rule: `pool /P/x`, `class match ... equals /P/x`. */
const FULL_PATH = /(?<=\s)\/[\w.-]+\/[\w.:%-]+/g;

/** Tcl text; what it names must exist, and cannot go before the rule does. */
export const ruleDefinition: Property = {
  ...text('apiAnonymous'),
  refersTo: {
    types: ['pool', 'data-group'],
    paths: (value) => [...new Set(asText(value).match(FULL_PATH) ?? [])],
  },
};

/** Names of records without data, sorted as the device sorts them. */
export const recordNames: Property = {
  default: [],
  read: (item) =>
    asList(item['records'])
      .map((record) => asText(isFields(record) ? record['name'] : record))
      .sort(),
  write: (value) => ({ records: asList(value).map((name) => ({ name })) }),
};
