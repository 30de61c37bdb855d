import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SERVICE_PROVIDER_OPTION } from './service-provider-option.ts';

const parse = (...lines: string[]) => SERVICE_PROVIDER_OPTION.parse(lines);

describe('service_provider', () => {
  it('names environment, description and the default of several providers', () => {
    const value = parse(
      'F5Networks:Project:default',
      'gold : Gold : With TLS hardware: ask first',
      'silver:Silver:Shared devices',
    );

    expect(value).toEqual({
      value: {
        defaultProvider: 'f5networks',
        providers: {
          f5networks: {
            environment: 'Project',
            description: 'The F5 BIG-IP driver, environment Project.',
          },
          gold: { environment: 'Gold', description: 'With TLS hardware: ask first' },
          silver: { environment: 'Silver', description: 'Shared devices' },
        },
      },
    });
  });

  it('needs no mark on a single one, and may name an environment twice', () => {
    expect(parse('only:Project')).toMatchObject({ value: { defaultProvider: 'only' } });
    expect(parse('new:Project:default', 'old:Project')).toMatchObject({
      value: { providers: { old: { environment: 'Project' } } },
    });
  });

  it.each([
    [['gold'], 'write name:environment'],
    [['gold:'], 'write name:environment'],
    [['gold:default'], 'write name:environment'],
    [[''], 'write name:environment'],
    [
      ['LOADBALANCERV2:F5Networks:neutron_lbaas.drivers.f5.driver_v2.F5LBaaSV2Driver:default'],
      'neutron-lbaas',
    ],
    [['go ld:Gold'], 'no provider name'],
    [[`${'g'.repeat(65)}:Gold`], 'no provider name'],
    [['gold:Go.ld'], 'no environment'],
    [['gold:1st'], 'no environment'],
    [['a:A', 'b:B'], 'no provider is the default'],
    [['a:A:default', 'b:B:default'], "'a', 'b' are all marked"],
    [['Gold:A:default', 'gold:B'], "'gold' is there twice"],
  ])('refuses %j with what to write', (lines, problem) => {
    const parsed = parse(...lines);

    expect(parsed).toHaveProperty('problem', expect.stringContaining(problem));
  });

  it('answers a provider or a problem, whatever is written', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        const parsed = parse(...lines);
        if ('problem' in parsed || parsed.value === undefined) return;
        const { providers, defaultProvider } = parsed.value;
        expect(Object.keys(providers)).toHaveLength(lines.length);
        expect(Object.hasOwn(providers, defaultProvider)).toBe(true);
      }),
    );
  });
});
