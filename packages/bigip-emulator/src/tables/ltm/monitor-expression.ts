// `monitor` of pools, members and nodes: `/Common/http`, `/Common/http and /Common/tcp`,
// `min 1 of { /Common/http /Common/tcp }` (iControl REST 6.11).
import { validationError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { textOf } from '../../schema/fields.ts';
import type { Field, ReferenceTo } from '../../schema/types.ts';

export interface MonitorRule {
  paths: string[];
  /** `all`, or how many of the monitors must be up. */
  min: number | 'all';
}

const MIN_OF = /^min\s+(\d+)\s+of\s+\{?([^{}]*)\}?$/;

/** Words such as `default` and `none` give no monitors. */
export function parseMonitorRule(expression: string): MonitorRule {
  const trimmed = expression.trim();
  const quorum = MIN_OF.exec(trimmed);
  if (quorum !== null) {
    const paths = (quorum[2] ?? '').split(/\s+/).filter((path) => path !== '' && path !== 'and');
    return { paths, min: Number(quorum[1]) };
  }
  if (['', 'default', 'none', '/Common/none'].includes(trimmed)) return { paths: [], min: 'all' };
  return { paths: trimmed.split(/\s+and\s+/), min: 'all' };
}

function formatMonitorRule({ paths, min }: MonitorRule): string {
  return min === 'all' ? paths.join(' and ') : `min ${min} of { ${paths.join(' ')} }`;
}

function references(value: Json): ReferenceTo[] {
  if (typeof value !== 'string') return [];
  return parseMonitorRule(value).paths.map((path) => ({ family: 'monitor', path }));
}

export function monitorExpression(options: Partial<Field> = {}): Field {
  return {
    parse: (input, context) => {
      const text = textOf(context.property, input).trim();
      if (text === 'default' && options.default === 'default') return undefined;
      const { paths, min } = parseMonitorRule(text);
      if (paths.length === 0) return text === '/Common/none' ? text : undefined;
      if (paths.some((path) => /\s/.test(path)) || (min !== 'all' && min > paths.length)) {
        throw validationError(`invalid monitor rule "${text}"`);
      }
      const resolved = paths.map((path) => context.resolve('monitor', path));
      return formatMonitorRule({ paths: resolved, min });
    },
    references,
    // One trailing blank up to 15.x (iControl REST 2.3); quorums have none.
    show: (value, _record, { runtime }) =>
      typeof value === 'string' && value.startsWith('/') && !runtime.version.atLeast('14.0')
        ? `${value} `
        : value,
    ...options,
  };
}
