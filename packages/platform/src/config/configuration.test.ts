import { describe, expect, it } from 'vitest';
import { ConfigurationError, readConfiguration, type ConfigurationFile } from './configuration.ts';
import {
  booleanOption,
  choiceOption,
  integerOption,
  listOption,
  mapOption,
  multiOption,
  noEffectOption,
  optionalTextOption,
  secondsOption,
  textOption,
} from './option.ts';

const TABLE = {
  environmentPrefix: textOption({ name: 'environment_prefix', help: 'h' }, 'Project'),
  agentId: optionalTextOption({ name: 'agent_id', help: 'h' }),
  debug: booleanOption({ name: 'debug', help: 'h' }, false),
  group: integerOption({ name: 'environment_group_number', help: 'h' }, 1, { min: 1 }),
  reportIntervalMs: secondsOption({ name: 'report_interval', group: 'AGENT', help: 'h' }, 30),
  haType: choiceOption({ name: 'f5_ha_type', help: 'h' }, ['standalone', 'pair'], 'pair'),
  hosts: listOption({ name: 'icontrol_hostname', help: 'h', deprecatedNames: ['hostname'] }, [
    '10.190.5.7',
  ]),
  providers: multiOption({ name: 'service_provider', group: 'service_providers', help: 'h' }, []),
  extra: mapOption({ name: 'static_agent_configuration_data', help: 'h' }),
  password: textOption({ name: 'icontrol_password', help: 'h', isSecret: true }, 'admin'),
  port: integerOption({ name: 'secret_port', help: 'h', isSecret: true }, 1),
  unused: noEffectOption('f5_errored_services_timeout', 'nothing ever waited for it'),
};

const read = (...texts: (string | ConfigurationFile)[]) =>
  readConfiguration(
    TABLE,
    texts.map((text, n) => (typeof text === 'string' ? { path: `${n}.ini`, text } : text)),
  );

const problemsOf = (text: string): readonly string[] => {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};

describe('configuration', () => {
  it('has every default when nothing is given', () => {
    const { values, given, warnings } = read();

    expect(values).toMatchObject({ environmentPrefix: 'Project', reportIntervalMs: 30_000 });
    expect(values.agentId).toBeUndefined();
    expect(given.size).toBe(0);
    expect(warnings).toEqual([]);
  });

  it('reads every kind of option', () => {
    const { values, given } = read(`
[DEFAULT]
debug = yes
environment_group_number = 2
f5_ha_type = standalone
icontrol_hostname = 10.0.0.2, 10.0.0.1
static_agent_configuration_data = location:Tower1,url:http://x:80/
agent_id = None
[AGENT]
report_interval = 2.5
[service_providers]
service_provider = a
service_provider = b
`);

    expect(values).toEqual({
      environmentPrefix: 'Project',
      agentId: undefined,
      debug: true,
      group: 2,
      reportIntervalMs: 2_500,
      haType: 'standalone',
      hosts: ['10.0.0.2', '10.0.0.1'],
      providers: ['a', 'b'],
      extra: { location: 'Tower1', url: 'http://x:80/' },
      password: 'admin',
      port: 1,
      unused: '',
    });
    expect(given.has('debug')).toBe(true);
    expect(given.has('password')).toBe(false);
  });

  it('lets later lines and later files win, except for options that add up', () => {
    const { values } = read(
      '[DEFAULT]\ndebug = True\nenvironment_prefix = a\nenvironment_prefix = b\n[service_providers]\nservice_provider = x\n',
      '[DEFAULT]\ndebug = False\n[service_providers]\nservice_provider = y\n',
    );

    expect(values.debug).toBe(false);
    expect(values.environmentPrefix).toBe('b');
    expect(values.providers).toEqual(['x', 'y']);
  });

  it('says what is wrong, where, and what to write, all at once', () => {
    const text = `[DEFAULT]
debug = maybe
environment_group_number = 0
f5_ha_type = cluster
static_agent_configuration_data = oops
nonsense
[AGENT]
report_interval = soon
`;

    expect(problemsOf(text)).toEqual([
      "0.ini:6: No '=' or ':' found in assignment.",
      "0.ini:2: [DEFAULT] debug: 'maybe' is not a boolean: write True or False.",
      "0.ini:3: [DEFAULT] environment_group_number: '0' is too small: the least is 1.",
      "0.ini:8: [AGENT] report_interval: 'soon' is not a number of seconds.",
      "0.ini:4: [DEFAULT] f5_ha_type: 'cluster' is not one of standalone, pair.",
      '0.ini:5: [DEFAULT] static_agent_configuration_data: an item has no colon: write name:value,name:value.',
    ]);
  });

  it('asks for what is required and missing or empty', () => {
    const table = {
      url: textOption({ name: 'transport_url', help: 'Message bus.', isRequired: true }, ''),
    };
    const readUrl = (text: string) => () => readConfiguration(table, [{ path: 'a.ini', text }]);

    expect(readUrl('')).toThrow('a.ini: [DEFAULT] transport_url is required: Message bus.');
    expect(readUrl('[DEFAULT]\ntransport_url =')).toThrow('a.ini:2: [DEFAULT] transport_url is');
    expect(readUrl('[DEFAULT]\ntransport_url = x')().values.url).toBe('x');
  });

  it('does not repeat a secret in an error', () => {
    expect(problemsOf('[DEFAULT]\nsecret_port = hunter2')).toEqual([
      '0.ini:2: [DEFAULT] secret_port: its value cannot be used.',
    ]);
  });

  it('reports unknown options, options without effect and deprecated names', () => {
    const { values, warnings } = read(`[DEFAULT]
hostname = 10.0.0.9
f5_errored_services_timeout = 60
enviroment_prefix = typo
`);

    expect(values.hosts).toEqual(['10.0.0.9']);
    expect(warnings).toEqual([
      '0.ini:4: [DEFAULT] enviroment_prefix is not an option known here and is ignored.',
      '0.ini:2: [DEFAULT] hostname is deprecated: write icontrol_hostname.',
      '0.ini:3: [DEFAULT] f5_errored_services_timeout has no effect: nothing ever waited for it.',
    ]);
  });

  it('leaves what is unknown in a shared file to the services that share it', () => {
    const { values, warnings } = read({
      path: 'neutron.conf',
      text: '[DEFAULT]\ncore_plugin = ml2\ndebug = on\n[database]\nconnection = x',
      isShared: true,
    });

    expect(values.debug).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('fills in other values for $name, and leaves other dollar signs alone', () => {
    const { values } = read(`[DEFAULT]
base = one
environment_prefix = $base-\${DEFAULT.base}-$$base
icontrol_password = pa$word$
circle = $circle
agent_id = \${circle}
`);

    expect(values.environmentPrefix).toBe('one-one-$base');
    expect(values.password).toBe('pa$word$');
    expect(values.agentId).toBe('$circle');
  });
});
