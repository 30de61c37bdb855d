// What can be wrong with a body before anybody looks at what it means.
import { describe } from 'vitest';

import { invalid, PUT, refusalSuite } from './support/refusals.ts';

const suite = refusalSuite();
const { refuses, listener, monitor, member, balancer, policy, rule, members, rules } = suite;

describe('reading bodies', () => {
  refuses([
    ['Request is not in valid JSON format', '/loadbalancers', '{"loadbalancer":'],
    ['Request is not in valid JSON format', '/loadbalancers', '[]'],
    ['Missing argument: "load_balancer"', '/loadbalancers', ' '],
    ['Missing argument: "listener_"', '/listeners', ' '],
    [invalid('loadbalancer', 'None', 'Mandatory field missing.'), '/loadbalancers', {}],
    ['Unknown attribute for argument load_balancer: lb', '/loadbalancers', { lb: {} }],
    [
      'Unknown attribute for argument load_balancer.loadbalancer: colour',
      '/loadbalancers',
      balancer({ colour: 1 }),
    ],
    [
      'Unknown attributes for argument listener_.listener: id, provisioning_status',
      '/listeners',
      listener({ id: 'x', provisioning_status: 'ACTIVE' }),
    ],
    [
      'Unknown attribute for argument load_balancer.loadbalancer.pools.members: weihgt',
      '/loadbalancers',
      balancer({ pools: [{ name: 'p', members: [{ weihgt: 1 }] }] }),
    ],
    [invalid('protocol', 'None', 'Mandatory field missing.'), '/listeners', { listener: {} }],
    [
      invalid('protocol', 'None', 'Mandatory field missing.'),
      '/listeners',
      listener({ protocol: null, protocol_port: 'x' }),
    ],
    [invalid('name', '5', 'Value should be string'), '/listeners', listener({ name: 5 })],
    [invalid('name', 'True', 'Value should be string'), '/listeners', listener({ name: true })],
    [
      invalid('name', 'x'.repeat(256), 'Value should have a maximum character requirement of 255'),
      '/listeners',
      listener({ name: 'x'.repeat(256) }),
    ],
    [
      invalid('name', '', 'Value should not contain null characters or unpaired surrogates'),
      '/listeners',
      listener({ name: 'a\0b' }),
    ],
    [
      invalid('loadbalancer_id', 'x', 'Value should be UUID format'),
      '/listeners',
      listener({ loadbalancer_id: 'x' }),
    ],
    [
      invalid('address', 'example.org', 'Value should be IPv4 or IPv6 format'),
      members,
      member({ address: 'example.org' }),
    ],
    [
      invalid('allowed_cidrs', '10.0.0.0/33', 'Value should be IPv4 or IPv6 CIDR format'),
      '/listeners',
      listener({ allowed_cidrs: ['10.0.0.0/33'] }),
    ],
    [
      invalid('protocol_port', '0', 'Value should be greater or equal to 1'),
      '/listeners',
      listener({ protocol_port: 0 }),
    ],
    [
      invalid('protocol_port', '65536', 'Value should be lower or equal to 65535'),
      '/listeners',
      listener({ protocol_port: '65536' }),
    ],
    [
      invalid(
        'protocol',
        'FOO',
        'Value should be one of: TCP, HTTPS, HTTP, TERMINATED_HTTPS, UDP, SCTP, PROMETHEUS',
      ),
      '/listeners',
      listener({ protocol: 'FOO' }),
    ],
    [
      invalid('http_version', '3', 'Value should be one of: 1.0, 1.1'),
      '/healthmonitors',
      monitor({ http_version: '3' }),
    ],
    [
      invalid('alpn_protocols', 'h3', 'Value should be a valid ALPN protocol ID'),
      '/listeners',
      listener({ alpn_protocols: ['h3'] }),
    ],
    [
      invalid('redirect_url', 'ftp://x', 'Value must be a valid URL string'),
      '/l7policies',
      policy({ redirect_url: 'ftp://x' }),
    ],
    [
      invalid('url_path', 'x', 'Value must be a valid URL Path string'),
      '/healthmonitors',
      monitor({ url_path: 'x' }),
    ],
    [
      invalid(
        'expected_codes',
        '20x',
        String.raw`Value should match the pattern ^(\d{3}(\s*,\s*\d{3})*)$|^(\d{3}-\d{3})$`,
      ),
      '/healthmonitors',
      monitor({ expected_codes: '20x' }),
    ],
    [
      invalid(
        'listener_',
        "{'listener': {'protocol': 'HTTP', 'protocol_port': 'foo', 'name': None}}",
        "invalid literal for int() with base 10: 'foo'",
      ),
      '/listeners',
      { listener: { protocol: 'HTTP', protocol_port: 'foo', name: null } },
    ],
    [
      invalid(
        'listener_',
        "{'listener': {'admin_state_up': 'zzz'}}",
        'Value not an unambiguous boolean: zzz',
      ),
      () => `/listeners/${suite.f.http.id}`,
      { listener: { admin_state_up: 'zzz' } },
      PUT,
    ],
    [
      invalid('listener_', "{'listener': {'tags': 'zz'}}", 'Value not a valid list: zz'),
      () => `/listeners/${suite.f.http.id}`,
      { listener: { tags: 'zz' } },
      PUT,
    ],
    [
      'Unknown attribute for argument listener_.listener: protocol',
      () => `/listeners/${suite.f.http.id}`,
      { listener: { protocol: 'TCP' } },
      PUT,
    ],
    [
      'Unknown attribute for argument load_balancer.loadbalancer: vip_address',
      () => `/loadbalancers/${suite.f.lb.id}`,
      { loadbalancer: { vip_address: '10.0.0.1' } },
      PUT,
    ],
    [
      'Unknown attribute for argument member_.member: address',
      () => `${members()}/${suite.f.member.id}`,
      { member: { address: '10.0.0.1' } },
      PUT,
    ],
    [
      'Unknown attribute for argument l7rule_.rule: name',
      () => `${rules()}/${suite.f.rule.id}`,
      { rule: { name: 'x' } },
      PUT,
    ],
    ['Unknown attribute for argument rule_.rule: name', rules, rule({ name: 'x' })],
    [
      'Unknown attribute for argument listener_.listener: default_pool',
      '/listeners',
      listener({ default_pool: { name: 'x' } }),
    ],
  ]);
});
