// Every sentence of a 400, 403, 404 or 409 that does not depend on the state of the load balancer.
import { describe, expect, it } from 'vitest';

import { invalid, NOBODY, PUT, refusalSuite, type Case } from './support/refusals.ts';

const suite = refusalSuite();
const { refuses, listener, pool, monitor, member, balancer, policy, rule, members, rules } = suite;

describe('load balancers', () => {
  refuses([
    [
      'Validation failure: VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.',
      '/loadbalancers',
      { loadbalancer: { vip_address: '10.0.0.1' } },
    ],
    ['Validation failure: Invalid flavor_id.', '/loadbalancers', balancer({ flavor_id: NOBODY })],
    [
      'Validation failure: Invalid availability zone.',
      '/loadbalancers',
      balancer({ availability_zone: 'moon' }),
    ],
    ["Provider 'amphora' is not enabled.", '/loadbalancers', balancer({ provider: 'amphora' })],
    [
      'Policy does not allow this request to be performed.',
      '/loadbalancers',
      balancer({ project_id: 'somebody-else' }),
      { status: 403 },
    ],
    [
      `Load Balancer ${NOBODY} not found.`,
      `/loadbalancers/${NOBODY}`,
      { loadbalancer: {} },
      { ...PUT, status: 404 },
    ],
    [
      `qos_policy ${NOBODY} not found.`,
      () => `/loadbalancers/${suite.f.lb.id}`,
      { loadbalancer: { vip_qos_policy_id: NOBODY } },
      PUT,
    ],
    [
      `Security Group ${NOBODY} not found.`,
      () => `/loadbalancers/${suite.f.lb.id}`,
      { loadbalancer: { vip_sg_ids: [NOBODY] } },
      PUT,
    ],
    [
      'Policy does not allow this request to be performed.',
      () => `/loadbalancers/${suite.f.lb.id}/failover`,
      {},
      { ...PUT, status: 403 },
    ],
  ]);

  it('are not deleted with children unless asked to cascade', async () => {
    for (const query of ['', '?cascade=false', '?cascade=maybe']) {
      const { status, body } = await suite.api.remove(`/loadbalancers/${suite.f.lb.id}${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({
        faultstring: `Validation failure: Cannot delete Load Balancer ${suite.f.lb.id} - it has children`,
      });
    }
  });
});

describe('fully populated load balancers', () => {
  const def = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  const front = { protocol: 'HTTP', protocol_port: 80 };
  refuses([
    [
      'Validation failure: Pools must be named when creating a fully populated loadbalancer.',
      '/loadbalancers',
      balancer({ pools: [def] }),
    ],
    [
      'Validation failure: Pool names must be unique when creating a fully populated loadbalancer.',
      '/loadbalancers',
      balancer({
        pools: [
          { name: 'p', ...def },
          { name: 'p', ...def },
        ],
      }),
    ],
    [
      "Validation failure: Pool 'q' was referenced but no full definition was found.",
      '/loadbalancers',
      balancer({ listeners: [{ ...front, default_pool: { name: 'q' } }] }),
    ],
    [
      "Validation failure: Pool definition for 'p' missing required attribute: lb_algorithm",
      '/loadbalancers',
      balancer({ pools: [{ name: 'p', protocol: 'HTTP' }] }),
    ],
    [
      'Another Listener on this Load Balancer is already using protocol HTTP and protocol_port 80',
      '/loadbalancers',
      balancer({ listeners: [front, { ...front, protocol: 'TCP' }] }),
      { status: 409 },
    ],
    [
      'Another member on this pool is already using ip 10.9.0.9 on protocol_port 80',
      '/loadbalancers',
      balancer({
        pools: [{ name: 'p', ...def, members: [member().member, member().member] }],
      }),
      { status: 409 },
    ],
    [
      `Pool ${NOBODY} not found.`,
      '/loadbalancers',
      balancer({ listeners: [{ ...front, default_pool_id: NOBODY }] }),
      { status: 404 },
    ],
    [
      "Validation failure: The pool protocol 'TCP' is invalid while the listener protocol is 'HTTP'.",
      '/loadbalancers',
      balancer({
        listeners: [{ ...front, default_pool: { name: 'p', ...def, protocol: 'TCP' } }],
      }),
    ],
    [
      `Subnet ${NOBODY} not found.`,
      '/loadbalancers',
      balancer({
        pools: [{ name: 'p', ...def, members: [member({ subnet_id: NOBODY }).member] }],
      }),
    ],
  ]);
});

describe('listeners', () => {
  const ref = 'https://secrets.example/1';
  refuses([
    [
      `Load Balancer ${NOBODY} not found.`,
      '/listeners',
      listener({ loadbalancer_id: NOBODY }),
      { status: 404 },
    ],
    [
      `Pool ${NOBODY} not found.`,
      '/listeners',
      listener({ default_pool_id: NOBODY }),
      { status: 404 },
    ],
    [
      'Another Listener on this Load Balancer is already using protocol HTTP and protocol_port 80',
      '/listeners',
      listener({ protocol: 'TCP', protocol_port: 80 }),
      { status: 409 },
    ],
    [
      "Validation failure: The pool protocol 'UDP' is invalid while the listener protocol is 'HTTP'.",
      '/listeners',
      () => listener({ default_pool_id: suite.f.udpPool.id })(),
    ],
    [
      'insert-headers is not a valid option for a TCP protocol listener.',
      '/listeners',
      listener({ protocol: 'TCP', insert_headers: { 'X-Forwarded-For': 'true' } }),
    ],
    [
      "dict_keys(['X-Foo']) is not a valid option for insert_headers",
      '/listeners',
      listener({ insert_headers: { 'X-Foo': 'true' } }),
    ],
    [
      "['X-Foo'] is not a valid option for insert_headers",
      () => `/listeners/${suite.f.http.id}`,
      { listener: { insert_headers: { 'X-Foo': 'true' } } },
      PUT,
    ],
    [
      "['X-SSL-Issuer'] is not a valid option for HTTP protocol listener.",
      '/listeners',
      listener({ insert_headers: { 'X-SSL-Issuer': 'true' } }),
    ],
    [
      invalid('insert_headers', 'True', 'Value should be string'),
      '/listeners',
      listener({ insert_headers: { 'X-Forwarded-For': true } }),
    ],
    [
      'Validation failure: UDP protocol listener does not support TLS.',
      '/listeners',
      listener({ protocol: 'UDP', default_tls_container_ref: ref }),
    ],
    [
      'Validation failure: UDP protocol listener does not support TLS or header insertion.',
      () => `/listeners/${suite.f.udp.id}`,
      { listener: { default_tls_container_ref: ref } },
      PUT,
    ],
    [
      'The selected protocol is not allowed in this deployment: TERMINATED_HTTPS',
      '/listeners',
      listener({ protocol: 'TERMINATED_HTTPS' }),
    ],
    [
      'The selected protocol is not allowed in this deployment: PROMETHEUS',
      '/listeners',
      listener({ protocol: 'PROMETHEUS' }),
    ],
    [
      'Validation failure: Certificate container references are not allowed on HTTP protocol listeners.',
      '/listeners',
      listener({ sni_container_refs: [ref] }),
    ],
    [
      'Validation failure: Client authentication setting MANDATORY requires a client CA container reference.',
      '/listeners',
      listener({ client_authentication: 'MANDATORY' }),
    ],
    [
      "Validation failure: CIDR 2001:db8::/32 IP version incompatible with all VIPs ['10.0.1.11'] IP version.",
      '/listeners',
      listener({ allowed_cidrs: ['2001:db8::1/32'] }),
    ],
    [
      'Validation failure: The HSTS feature can only be used for listeners using the TERMINATED_HTTPS protocol.',
      '/listeners',
      listener({ hsts_max_age: 1 }),
    ],
    [
      'Validation failure: Invalid characters in cipher string. Only alphanumeric, -, +, !, :, @, =, _, and . are allowed.',
      () => `/listeners/${suite.f.http.id}`,
      { listener: { tls_ciphers: 'a b' } },
      PUT,
    ],
    [
      'Validation failure: Invalid TLS versions: TLSv9',
      () => `/listeners/${suite.f.http.id}`,
      { listener: { tls_versions: ['TLSv9'] } },
      PUT,
    ],
    [
      'Validation failure: Empty TLS version list. Either specify at least one TLS version or remove this parameter to use the default.',
      () => `/listeners/${suite.f.http.id}`,
      { listener: { tls_versions: [] } },
      PUT,
    ],
    [
      'Validation failure: Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this parameter to use the default.',
      () => `/listeners/${suite.f.http.id}`,
      { listener: { alpn_protocols: [] } },
      PUT,
    ],
  ]);
});

describe('pools', () => {
  const persistence = (session_persistence: object, protocol = 'HTTP') =>
    pool({ session_persistence, protocol });
  refuses([
    [
      'Validation failure: Must provide at least one of: loadbalancer_id, listener_id',
      '/pools',
      pool({ loadbalancer_id: null }),
    ],
    [
      `Listener ${NOBODY} not found.`,
      '/pools',
      pool({ loadbalancer_id: null, listener_id: NOBODY }),
      { status: 404 },
    ],
    [
      'This listener already has a default pool',
      '/pools',
      () => pool({ listener_id: suite.f.http.id })(),
      { status: 409 },
    ],
    [
      "Validation failure: The pool protocol 'HTTP' is invalid while the listener protocol is 'UDP'.",
      '/pools',
      () => pool({ loadbalancer_id: null, listener_id: suite.f.udp.id })(),
    ],
    [
      invalid('lb_algorithm', 'None', 'Mandatory field missing.'),
      () => `/pools/${suite.f.pool.id}`,
      { pool: { lb_algorithm: null } },
      PUT,
    ],
    [
      'Validation failure: persistence_timeout and persistence_granularity is only for UDP and SCTP protocol pools.',
      '/pools',
      persistence({ type: 'SOURCE_IP', persistence_timeout: 5 }),
    ],
    [
      'Validation failure: persistence_timeout and persistence_granularity is only for UDP protocol pools.',
      () => `/pools/${suite.f.pool.id}`,
      { pool: { session_persistence: { type: 'SOURCE_IP', persistence_timeout: 5 } } },
      PUT,
    ],
    [
      'Validation failure: Session persistence of type HTTP_COOKIE is not supported for UDP/SCTP protocol pools.',
      '/pools',
      persistence({ type: 'HTTP_COOKIE' }, 'UDP'),
    ],
    [
      'Validation failure: Cookie names are not supported for UDP/SCTP pools.',
      '/pools',
      persistence({ type: 'APP_COOKIE', cookie_name: 'c' }, 'UDP'),
    ],
    [
      'Validation failure: Field "cookie_name" can only be specified with session persistence of type "APP_COOKIE".',
      '/pools',
      persistence({ type: 'HTTP_COOKIE', cookie_name: 'c' }),
    ],
    [
      'Validation failure: Field "cookie_name" must be specified when using the "APP_COOKIE" session persistence type.',
      '/pools',
      persistence({ type: 'APP_COOKIE' }),
    ],
    [
      'Validation failure: Supplied "cookie_name" is invalid.',
      '/pools',
      persistence({ type: 'APP_COOKIE', cookie_name: 'a{b' }),
    ],
    [
      'Validation failure: Invalid session_persistence provided.',
      () => `/pools/${suite.f.spare.id}`,
      { pool: { session_persistence: { cookie_name: 'c' } } },
      PUT,
    ],
    [
      'Validation failure: A CA certificate reference is required to specify a revocation list.',
      '/pools',
      pool({ crl_container_ref: 'x' }),
    ],
    [
      'Validation failure: A CA reference is required to specify a certificate revocation list.',
      () => `/pools/${suite.f.pool.id}`,
      { pool: { crl_container_ref: 'x' } },
      PUT,
    ],
    [
      'Validation failure: Invalid TLS versions: TLSv9',
      '/pools',
      pool({ tls_enabled: true, tls_versions: ['TLSv9'] }),
    ],
  ]);

  it('are kept while an L7 policy sends to them', async () => {
    const { status, body } = await suite.api.remove(`/pools/${suite.f.spare.id}`);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      faultstring: `Pool ${suite.f.spare.id} is in use by L7 policy ${suite.f.policy.id}`,
    });
  });
});

describe('members', () => {
  const batch = (...items: object[]) => ({ members: items });
  refuses([
    [
      '169.254.169.254 is not a valid option for member address',
      members,
      member({ address: '169.254.169.254' }),
    ],
    [
      '::ffff:169.254.169.254 is not a valid option for member address',
      members,
      member({ address: '::ffff:169.254.169.254' }),
    ],
    [`Subnet ${NOBODY} not found.`, members, member({ subnet_id: NOBODY })],
    [
      'Another member on this pool is already using ip 10.9.0.1 on protocol_port 8080',
      members,
      member({ address: '10.9.0.1', protocol_port: 8080 }),
      { status: 409 },
    ],
    [
      'The load balancer flavor does not allow SR-IOV member ports.',
      members,
      member({ request_sriov: true }),
    ],
    [
      invalid('weight', '257', 'Value should be lower or equal to 256'),
      members,
      member({ weight: 257 }),
    ],
    [
      'Validation failure: Member must be updated only once in the same request.',
      members,
      batch(
        { address: '10.9.0.1', protocol_port: 8080 },
        { address: '10.9.0.1', protocol_port: 8080 },
      ),
      PUT,
    ],
    [
      'Another member on this pool is already using ip 10.9.0.2 on protocol_port 1',
      members,
      batch({ address: '10.9.0.2', protocol_port: 1 }, { address: '10.9.0.2', protocol_port: 1 }),
      { ...PUT, status: 409 },
    ],
    [
      `Member ${NOBODY} not found.`,
      () => `${members()}/${NOBODY}`,
      { member: {} },
      { ...PUT, status: 404 },
    ],
  ]);

  it('are not found through another pool', async () => {
    const { status, body } = await suite.api.get(
      `/pools/${suite.f.spare.id}/members/${suite.f.member.id}`,
    );
    expect(status).toBe(404);
    expect(body).toMatchObject({ faultstring: `Member ${suite.f.member.id} not found.` });
  });

  it.each(['/members', '/members/x'])(
    'answer in the form of the router below no pool: %s',
    async (p) => {
      const { status, body } = await suite.api.get(`/pools/${NOBODY}${p}`);
      expect(status).toBe(404);
      expect(body).toEqual({
        code: 404,
        title: 'Bad Request',
        description: `Pool ${NOBODY} not found.`,
      });
    },
  );
});

describe('health monitors', () => {
  refuses([
    [`Pool ${NOBODY} not found.`, '/healthmonitors', monitor({ pool_id: NOBODY }), { status: 404 }],
    [
      'This pool already has a health monitor',
      '/healthmonitors',
      () => monitor({ pool_id: suite.f.pool.id })(),
      { status: 409 },
    ],
    ...['http_method', 'url_path', 'expected_codes'].map((option): Case => {
      const value = { http_method: 'GET', url_path: '/', expected_codes: '200' }[option];
      const sentence = `${option} is not a valid option for health monitors of type TCP`;
      return [sentence, '/healthmonitors', monitor({ type: 'TCP', [option]: value })];
    }),
    [
      "Validation failure: 'http_version' must be specified when 'domain_name' is provided.",
      '/healthmonitors',
      monitor({ domain_name: 'example.org' }),
    ],
    [
      'http_version 1.0 is not a valid option for health monitors HTTP 1.1 domain name health check',
      '/healthmonitors',
      monitor({ domain_name: 'example.org', http_version: 1.0 }),
    ],
    [
      'Validation failure: The associated pool protocol is UDP, so only a UDP-CONNECT/SCTP/TCP/HTTP health monitor is supported.',
      '/healthmonitors',
      () => monitor({ type: 'PING' }, 'udpPool')(),
    ],
    [
      'Validation failure: The UDP-CONNECT type is only supported for pools of type UDP/SCTP.',
      '/healthmonitors',
      monitor({ type: 'UDP-CONNECT' }),
    ],
    [
      "Provider 'f5networks' does not support a requested option: BIG-IP has no health monitor that probes like type SCTP.",
      '/healthmonitors',
      () => monitor({ type: 'SCTP' }, 'udpPool')(),
      { status: 501 },
    ],
    [
      'Validation failure: The request delay value 2 should be larger than 3 for UDP-CONNECT health monitor type.',
      '/healthmonitors',
      () => monitor({ type: 'UDP-CONNECT', delay: 2 }, 'udpPool')(),
    ],
    [
      invalid('delay', 'None', 'Mandatory field missing.'),
      () => `/healthmonitors/${suite.f.monitor.id}`,
      { healthmonitor: { delay: null } },
      PUT,
    ],
    [
      invalid('max_retries', '11', 'Value should be lower or equal to 10'),
      '/healthmonitors',
      monitor({ max_retries: 11 }),
    ],
  ]);
});

describe('L7 policies and rules', () => {
  const args = (detail: string): string => `Invalid L7 Policy arguments: ${detail}`;
  const parsing = (detail: string): string => `Error parsing L7Rule: ${detail}`;
  refuses([
    [
      `Listener ${NOBODY} not found.`,
      '/l7policies',
      policy({ listener_id: NOBODY }),
      { status: 404 },
    ],
    [args('redirect_url must not be None'), '/l7policies', policy({ action: 'REDIRECT_TO_URL' })],
    [
      args('redirect_pool_id or redirect_pool must not be None'),
      '/l7policies',
      policy({ action: 'REDIRECT_TO_POOL' }),
    ],
    [
      args('redirect_prefix must not be None'),
      '/l7policies',
      policy({ action: 'REDIRECT_PREFIX' }),
    ],
    [
      args('Cannot specify redirect_pool_id and redirect_url or redirect_prefix at the same time'),
      '/l7policies',
      () =>
        policy({
          action: 'REDIRECT_TO_POOL',
          redirect_pool_id: suite.f.spare.id,
          redirect_prefix: 'http://x',
        })(),
    ],
    [
      `Pool ${NOBODY} not found.`,
      '/l7policies',
      policy({ action: 'REDIRECT_TO_POOL', redirect_pool_id: NOBODY }),
      { status: 404 },
    ],
    [
      "Validation failure: The pool protocol 'UDP' is invalid while the listener protocol is 'HTTP'.",
      '/l7policies',
      () => policy({ action: 'REDIRECT_TO_POOL', redirect_pool_id: suite.f.udpPool.id })(),
    ],
    [
      args('Invalid update options'),
      () => `/l7policies/${suite.f.policy.id}`,
      { l7policy: {} },
      PUT,
    ],
    [parsing('Invalid L7 Rule: L7 rule type requires a key'), rules, rule({ type: 'HEADER' })],
    [parsing('Invalid L7 Rule: L7 rule type requires a value'), rules, rule({ value: '' })],
    [parsing('Invalid characters in key'), rules, rule({ type: 'COOKIE', key: 'a b' })],
    [
      parsing('Invalid characters in cookie value'),
      rules,
      rule({ type: 'COOKIE', key: 'a', value: 'a;b' }),
    ],
    [parsing('Invalid characters in header value'), rules, rule({ value: 'a b' })],
    [
      parsing('Invalid L7 Rule: invalid comparison type for rule type'),
      rules,
      rule({ type: 'FILE_TYPE', compare_type: 'CONTAINS' }),
    ],
    [
      parsing(
        'Unable to parse regular expression: Invalid regular expression: /(/: Unterminated group',
      ),
      rules,
      rule({ compare_type: 'REGEX', value: '(' }),
    ],
    [
      parsing('Invalid L7 Rule: L7rule type SSL_CONN_HAS_CERT does not use the "key" field.'),
      rules,
      rule({ type: 'SSL_CONN_HAS_CERT', key: 'x', value: 'true' }),
    ],
    [
      parsing('Invalid L7 Rule: L7rule value no is not a boolean True string.'),
      rules,
      rule({ type: 'SSL_CONN_HAS_CERT', value: 'no' }),
    ],
    [
      parsing(
        'Invalid L7 Rule: L7rule type SSL_VERIFY_RESULT only supports the EQUAL_TO compare type.',
      ),
      rules,
      rule({ type: 'SSL_VERIFY_RESULT', compare_type: 'REGEX', value: '0' }),
    ],
    [
      parsing('Invalid L7 Rule: L7rule type SSL_VERIFY_RESULT needs a int value, which is >= 0'),
      rules,
      rule({ type: 'SSL_VERIFY_RESULT', value: '-1' }),
    ],
    [
      parsing('Invalid L7 Rule: L7rule type SSL_DN_FIELD needs to specify a key and a value.'),
      rules,
      rule({ type: 'SSL_DN_FIELD' }),
    ],
    [
      parsing('Invalid L7 Rule: Invalid L7rule distinguished name field.'),
      rules,
      rule({ type: 'SSL_DN_FIELD', key: '1' }),
    ],
    [
      `L7 Rule ${NOBODY} not found.`,
      () => `${rules()}/${NOBODY}`,
      { rule: {} },
      { ...PUT, status: 404 },
    ],
  ]);

  it('answer in the form of the router below no policy', async () => {
    const { status, body } = await suite.api.get(`/l7policies/${NOBODY}/rules`);
    expect(status).toBe(404);
    expect(body).toMatchObject({ description: `L7 Policy ${NOBODY} not found.` });
  });
});
