import { describe, expect, it } from 'vitest';
import { parseTransportUrl } from './transport-url.ts';

describe('transport_url', () => {
  it.each([
    [
      'rabbit://openstack:s3cr%40t@ctl1:5672/',
      { hosts: ['ctl1:5672'], username: 'openstack', password: 's3cr@t', vhost: '/', isTls: false },
    ],
    [
      'rabbit://u:p@ctl1,u:p@ctl2:5673/lbaas',
      {
        hosts: ['ctl1:5672', 'ctl2:5673'],
        username: 'u',
        password: 'p',
        vhost: 'lbaas',
        isTls: false,
      },
    ],
    [
      'rabbit://u:a:b@ctl1/%2Fown?ssl=1',
      { hosts: ['ctl1:5671'], username: 'u', password: 'a:b', vhost: '/own', isTls: true },
    ],
    [
      'amqps://ctl1',
      { hosts: ['ctl1:5671'], username: 'guest', password: 'guest', vhost: '/', isTls: true },
    ],
  ])('%s is read as OpenStack writes it', (url, expected) => {
    expect(parseTransportUrl(url)).toEqual(expected);
  });

  it.each([
    ['http://ctl1', /rabbit:\/\//],
    ['rabbit:///vhost', /no host/],
    ['rabbit://u:secret@ctl1:port/', /'port' is not a port/],
    ['rabbit://u:secret@[::1]:5672/', /IPv6/],
    ['rabbit://u:sec%ret@ctl1/', /percent sign/],
  ])('%s is refused with the reason and without the password', (url, reason) => {
    expect(() => parseTransportUrl(url)).toThrow(reason);
    expect(() => parseTransportUrl(url)).not.toThrow(/secret/);
  });
});
