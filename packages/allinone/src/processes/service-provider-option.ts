// Providers of the server as its configuration names them, in the spirit of neutron-lbaas's `service_provider`.
import type { Option } from '@f5-lbaas/platform';
import type { Providers } from '@f5-lbaas/server';

export interface ConfiguredProviders {
  defaultProvider: string;
  providers: Providers;
}

interface Line {
  name: string;
  environment: string;
  description: string;
  isDefault: boolean;
}

/** As long as Octavia takes it. */
const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;
/** Part of partition names, topics and queue names. */
const ENVIRONMENT = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** What neutron-lbaas's lines begin with, in lower case. */
const SERVICE_TYPES = ['loadbalancer', 'loadbalancerv2'];
const HOW_TO = "write name:environment, name:environment:description, or either with ':default'";

/**
 * `name:environment[:description][:default]`, one value for each provider. One of several is the default one; one
 * alone needs no mark. Names count in lower case, as clients of neutron-lbaas write them in any.
 * Undefined when there is none.
 */
export const SERVICE_PROVIDER_OPTION: Option<ConfiguredProviders | undefined> = {
  group: 'service_providers',
  name: 'service_provider',
  help:
    'A provider and the environment of its agents; one of several is marked as the default. ' +
    'Absent: `f5networks`, with the environment of environment_prefix.',
  type: 'name:environment[:description][:default], may be given several times',
  default: undefined,
  defaultText: '',
  parse(raw) {
    const lines: Line[] = [];
    for (const text of raw) {
      const line = lineOf(text);
      if (typeof line === 'string') return { problem: `'${text}': ${line}` };
      if (lines.some(({ name }) => name === line.name)) {
        return { problem: `provider '${line.name}' is there twice` };
      }
      lines.push(line);
    }
    return providersOf(lines);
  },
};

/** @returns what is wrong with it when it is no provider */
function lineOf(text: string): Line | string {
  const [first = '', second = '', ...rest] = text.split(':');
  const [name, environment] = [first.trim().toLowerCase(), second.trim()];
  const isDefault = rest.at(-1)?.trim() === 'default';
  const description = (isDefault ? rest.slice(0, -1) : rest).join(':').trim();
  return problemOf(name, environment) ?? { name, environment, description, isDefault };
}

function problemOf(name: string, environment: string): string | undefined {
  if (environment === '' || environment === 'default') return HOW_TO;
  if (SERVICE_TYPES.includes(name)) {
    return `it is neutron-lbaas's form, with service type and class: ${HOW_TO}`;
  }
  if (!NAME.test(name)) {
    return `'${name}' is no provider name: letters, digits, '_', '.', '-', at most 64`;
  }
  if (!ENVIRONMENT.test(environment)) {
    return `'${environment}' is no environment: a letter, then letters, digits, '_', '-', at most 64`;
  }
  return undefined;
}

function providersOf(
  lines: readonly Line[],
): { value: ConfiguredProviders | undefined } | { problem: string } {
  const [first] = lines;
  if (first === undefined) return { value: undefined };
  const marked = lines.filter(({ isDefault }) => isDefault);
  const [chosen = lines.length === 1 ? first : undefined, ...more] = marked;
  if (chosen === undefined) return { problem: "no provider is the default: add ':default' to one" };
  if (more.length > 0) {
    const names = marked.map(({ name }) => `'${name}'`).join(', ');
    return { problem: `${names} are all marked as the default: there is one` };
  }
  const providers = lines.map(({ name, environment, description }) => [
    name,
    { environment, description: description === '' ? describe(environment) : description },
  ]);
  return {
    value: { defaultProvider: chosen.name, providers: Object.fromEntries(providers) as Providers },
  };
}

function describe(environment: string): string {
  return `The F5 BIG-IP driver, environment ${environment}.`;
}
