import { describe, expect, it } from 'vitest';
import type { ServiceHealthMonitor } from '@f5-lbaas/model';
import { canonicalAddress, hostMask, memberName } from './addresses.ts';
import { appCookieRule } from './app-cookie-rule.ts';
import { describe as description } from './description.ts';
import { loadBalancingMode } from './load-balancing-mode.ts';
import { expectedCodes, receiveString, sendString } from './monitor-strings.ts';

describe('addresses', () => {
  it('are written as the device shows them', () => {
    expect(canonicalAddress('10.0.0.1%0')).toBe('10.0.0.1');
    expect(canonicalAddress('10.0.0.1%5')).toBe('10.0.0.1%5');
    expect(canonicalAddress('2001:DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
    expect(memberName('10.0.0.1', 80)).toBe('10.0.0.1:80');
    expect(memberName('2001:db8::1', 80)).toBe('2001:db8::1.80');
    expect(hostMask('2001:db8::1')).toMatch(/^ffff:/);
  });
});

describe('description', () => {
  it.each([
    ['web', 'shop', 'web: shop'],
    ['web', '', 'web:'],
    ['', 'shop', 'shop'],
    ['', '', ''],
  ])('of %j and %j is %j', (name, text, expected) => {
    expect(description({ name, description: text })).toBe(expected);
  });
});

describe('load balancing mode', () => {
  it('counts weights only when one is above 1', () => {
    expect(loadBalancingMode('ROUND_ROBIN', [1, 0, 1])).toBe('round-robin');
    expect(loadBalancingMode('ROUND_ROBIN', [1, 2])).toBe('ratio-member');
    expect(loadBalancingMode('LEAST_CONNECTIONS', [])).toBe('least-connections-member');
    expect(loadBalancingMode('LEAST_CONNECTIONS', [9])).toBe('ratio-least-connections-member');
    expect(loadBalancingMode('SOURCE_IP', [9])).toBe('least-connections-node');
  });
});

describe('HTTP monitor strings', () => {
  const monitor = (part: Partial<ServiceHealthMonitor>): ServiceHealthMonitor => ({
    id: 'm',
    tenant_id: 't',
    name: '',
    admin_state_up: true,
    provisioning_status: 'ACTIVE',
    pool_id: 'p',
    type: 'HTTP',
    delay: 5,
    timeout: 3,
    max_retries: 3,
    max_retries_down: 3,
    http_method: null,
    url_path: null,
    expected_codes: null,
    http_version: null,
    domain_name: null,
    ...part,
  });

  it('send method, path and, for HTTP/1.1, the host', () => {
    expect(sendString(monitor({}))).toBe('GET / HTTP/1.0\\r\\n\\r\\n');
    expect(sendString(monitor({ http_method: 'HEAD', url_path: '/up' }))).toBe(
      'HEAD /up HTTP/1.0\\r\\n\\r\\n',
    );
    expect(sendString(monitor({ http_version: 1.1, domain_name: 'a.example' }))).toBe(
      'GET / HTTP/1.1\\r\\nHost: a.example\\r\\nConnection: close\\r\\n\\r\\n',
    );
  });

  it('accept single codes, lists and ranges', () => {
    expect(receiveString('200')).toBe('HTTP/1.(0|1) 200');
    expect(receiveString('200,202')).toBe('HTTP/1.(0|1) (200|202)');
    expect(receiveString('200-203, 302')).toBe('HTTP/1.(0|1) (200|201|202|203|302)');
    expect(receiveString(null)).toBe('HTTP/1.(0|1) 200');
    expect(expectedCodes('many')).toEqual(['200']);
  });

  it('match what they say they match', () => {
    const expression = new RegExp(receiveString('200-204'));

    expect(expression.test('HTTP/1.1 203 Ok')).toBe(true);
    expect(expression.test('HTTP/1.1 404 Not Found')).toBe(false);
  });
});

describe('application cookie iRule', () => {
  it('quotes the cookie name for Tcl', () => {
    expect(appCookieRule('a[b]$c')).toContain('[HTTP::cookie "a\\[b\\]\\$c"]');
  });
});
