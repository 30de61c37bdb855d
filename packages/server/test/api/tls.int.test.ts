// TLS attributes where the deployment allows TLS termination.
import { afterAll, beforeAll, expect, it } from 'vitest';

import { DEFAULT_SETTINGS } from '../../src/index.ts';
import { startApi, type Item, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
let lb: Item;
beforeAll(async () => {
  const tls = {
    ...DEFAULT_SETTINGS.tls,
    minimumVersion: 'TLSv1.2',
    prohibitedCiphers: ['RC4', 'NULL'],
  };
  const allowed = { allowTlsTerminatedListeners: true, allowPrometheusListeners: true };
  api = await startApi({ settings: { ...allowed, tls, allowPingHealthMonitors: false } });
  lb = await api.loadBalancer();
});
afterAll(() => api.stop());

const ref = 'https://secrets.example/1';
const tls = { protocol: 'TERMINATED_HTTPS', default_tls_container_ref: ref };

it.each<[string, object]>([
  [
    'An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol listeners.',
    { protocol: 'TERMINATED_HTTPS' },
  ],
  [
    'An SNI or default certificate container reference must be provided with a client CA container reference.',
    { protocol: 'TERMINATED_HTTPS', client_ca_tls_container_ref: ref },
  ],
  [
    'Client authentication setting OPTIONAL requires a client CA container reference.',
    { ...tls, client_authentication: 'OPTIONAL' },
  ],
  [
    'A client authentication CA reference is required to specify a client authentication revocation list.',
    { ...tls, client_crl_container_ref: ref },
  ],
  [
    'The following ciphers have been prohibited by an administrator: RC4, NULL',
    { ...tls, tls_ciphers: 'RC4:AES:NULL' },
  ],
  [
    'Requested TLS versions are less than the minimum: TLSv1, TLSv1.1 < TLSv1.2',
    { ...tls, tls_versions: ['TLSv1', 'TLSv1.1', 'TLSv1.3'] },
  ],
  [
    'HSTS configuration options hsts_include_subdomains and hsts_preload only make sense if hsts_max_age is set as well.',
    { ...tls, hsts_preload: true },
  ],
])('%s', async (sentence, attributes) => {
  const { status, body } = await api.post('/listeners', {
    listener: { loadbalancer_id: lb.id, protocol_port: 443, ...attributes },
  });
  expect(body).toMatchObject({ faultstring: `Validation failure: ${sentence}` });
  expect(status).toBe(400);
});

it('fills in defaults for terminating listeners only', async () => {
  const { item } = await api.post('/listeners', {
    listener: { loadbalancer_id: lb.id, protocol_port: 443, ...tls },
  });
  await api.settled();
  expect(item).toMatchObject({
    tls_versions: ['TLSv1.2', 'TLSv1.3'],
    alpn_protocols: ['h2', 'http/1.1', 'http/1.0'],
    tls_ciphers: DEFAULT_SETTINGS.tls.defaultCiphers,
  });
  const update = await api.put(`/listeners/${item.id}`, { listener: { hsts_preload: true } });
  expect(update.body).toMatchObject({
    faultstring:
      'Validation failure: Cannot enable hsts_include_subdomains or hsts_preload if hsts_max_age was not set as well.',
  });
});

it('gives PROMETHEUS listeners no children', async () => {
  const { item } = await api.post('/listeners', {
    listener: { loadbalancer_id: lb.id, protocol_port: 9100, protocol: 'PROMETHEUS' },
  });
  await api.settled();
  const faultstring = 'Protocol PROMETHEUS listeners cannot have child objects.';
  const policy = { listener_id: item.id, action: 'REJECT' };
  const pool = { listener_id: item.id, protocol: 'HTTP', lb_algorithm: 'SOURCE_IP' };
  expect((await api.post('/l7policies', { l7policy: policy })).body).toMatchObject({ faultstring });
  expect((await api.post('/pools', { pool })).body).toMatchObject({ faultstring });
});

it('refuses PING monitors where they are switched off', async () => {
  const pool = { loadbalancer_id: lb.id, protocol: 'HTTP', lb_algorithm: 'SOURCE_IP' };
  const { item } = await api.post('/pools', { pool });
  await api.settled();
  const ping = { pool_id: item.id, type: 'PING', delay: 1, timeout: 1, max_retries: 1 };
  expect((await api.post('/healthmonitors', { healthmonitor: ping })).body).toMatchObject({
    faultstring: 'The selected type is not allowed in this deployment: PING',
  });
});

it('keeps a CA while a revocation list needs it', async () => {
  const pool = { loadbalancer_id: lb.id, protocol: 'HTTP', lb_algorithm: 'SOURCE_IP' };
  const refs = { ca_tls_container_ref: ref, crl_container_ref: ref };
  const { item } = await api.post('/pools', { pool: { ...pool, ...refs } });
  await api.settled();
  const removed = await api.put(`/pools/${item.id}`, { pool: { ca_tls_container_ref: null } });
  expect(removed.body).toMatchObject({
    faultstring:
      'Validation failure: A CA reference cannot be removed when a certificate revocation list is present.',
  });
});
