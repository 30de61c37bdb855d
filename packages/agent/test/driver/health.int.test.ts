// Operating statuses up the tree while backends come and go, and where the traffic goes meanwhile.
import { aService, waitFor } from '@f5-lbaas/testkit';
import type { OperatingStatus, ServiceDefinition } from '@f5-lbaas/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyWhole, soon, withPolicies } from '../lbaas/services.ts';
import { freePort, get, httpBackend, type Backend } from '../lbaas/traffic.ts';
import type { HealthByKind } from '../../src/driver/health.ts';
import { startLab, type Lab } from './lab.ts';

const NAMES = ['good', 'drained', 'off', 'backup', 'plain'] as const;
type Name = (typeof NAMES)[number];

let lab: Lab;
let backends: Record<Name, Backend>;
let ports: number[];

beforeEach(async () => {
  lab = await startLab({ devices: 2 });
  const started = await Promise.all(NAMES.map((name) => httpBackend(name)));
  backends = Object.fromEntries(NAMES.map((name, n) => [name, started[n]])) as typeof backends;
  ports = [];
  for (let n = 0; n < 4; n += 1) ports.push(await freePort());
});
afterEach(async () => {
  await lab.stop();
  await Promise.all(Object.values(backends).map((backend) => backend.close()));
});

/** Listeners with a monitored pool, with one that nobody monitors, without a pool, and switched off. */
function service(): ServiceDefinition {
  const member = (name: Name) => ({
    id: name,
    ...{ address: '127.0.0.1', protocol_port: backends[name].port },
  });
  return aService({
    listeners: [
      { id: 'monitored', default_pool_id: 'pool' },
      { id: 'unmonitored', default_pool_id: 'plain-pool' },
      { id: 'bare' },
      { id: 'closed', admin_state_up: false, default_pool_id: 'pool' },
    ].map((listener, n) => ({ ...listener, protocol_port: ports[n] ?? 0 })),
    pools: [{ id: 'pool' }, { id: 'plain-pool' }],
    members: [
      member('good'),
      { ...member('drained'), weight: 0 },
      { ...member('off'), admin_state_up: false },
      { ...member('backup'), backup: true },
      { ...member('plain'), pool_id: 'plain-pool' },
    ],
    healthmonitors: [{ type: 'TCP', delay: 1, timeout: 1, max_retries_down: 1 }],
  });
}

const poll = (one: ServiceDefinition): Promise<HealthByKind> =>
  lab.driver.pollHealth([one], AbortSignal.timeout(20_000));

/** What a poll says once a member has the status. */
function when(
  one: ServiceDefinition,
  member: Name,
  status: OperatingStatus,
): Promise<HealthByKind> {
  return waitFor(
    async () => {
      const health = await poll(one);
      return health.members?.[member] === status ? health : undefined;
    },
    { what: `${member} to be ${status}` },
  );
}

const served = async (port: number): Promise<string> => (await get(port)).body;

/** Stops at once: the device's probes keep no connection, and the tests' requests neither. */
const stop = (name: Name): Promise<void> => backends[name].close();

describe('operating statuses', () => {
  it('follow backends up the tree, and tell failing from switched off, drained and unmonitored', async () => {
    const one = service();
    await applyWhole(lab, one);

    await when(one, 'backup', 'ONLINE');
    expect(await when(one, 'good', 'ONLINE')).toEqual({
      loadbalancers: { 'lb-1': 'ONLINE' },
      listeners: { monitored: 'ONLINE', unmonitored: 'ONLINE', bare: 'ONLINE', closed: 'OFFLINE' },
      pools: { pool: 'ONLINE', 'plain-pool': 'ONLINE' },
      members: {
        ...{ good: 'ONLINE', drained: 'DRAINING', off: 'OFFLINE', backup: 'ONLINE' },
        plain: 'NO_MONITOR',
      },
    });
    await soon(async () => expect(await served(ports[0]!)).toBe('good'));
    for (let n = 0; n < 8; n += 1) expect(await served(ports[0]!)).toBe('good');

    await stop('good');
    expect(await when(one, 'good', 'ERROR')).toMatchObject({
      loadbalancers: { 'lb-1': 'DEGRADED' },
      listeners: { monitored: 'DEGRADED', unmonitored: 'ONLINE', closed: 'OFFLINE' },
      pools: { pool: 'DEGRADED', 'plain-pool': 'ONLINE' },
    });
    await soon(async () => expect(await served(ports[0]!)).toBe('backup'));

    await stop('backup');
    expect(await when(one, 'backup', 'ERROR')).toMatchObject({
      loadbalancers: { 'lb-1': 'DEGRADED' },
      listeners: { monitored: 'ERROR', unmonitored: 'ONLINE', bare: 'ONLINE' },
      pools: { pool: 'ERROR' },
      members: { drained: 'DRAINING', off: 'OFFLINE' },
    });
    expect(await served(ports[1]!)).toBe('plain');

    await stop('drained');
    expect((await when(one, 'drained', 'ERROR')).pools).toMatchObject({ pool: 'ERROR' });
  });

  it('of what is switched off are OFFLINE, and nothing of it answers', async () => {
    const one = service();
    one.pools[0]!.admin_state_up = false;
    one.loadbalancer.admin_state_up = false;
    await applyWhole(lab, one);

    expect(await when(one, 'good', 'OFFLINE')).toMatchObject({
      loadbalancers: { 'lb-1': 'OFFLINE' },
      pools: { pool: 'OFFLINE', 'plain-pool': 'ONLINE' },
      members: { drained: 'OFFLINE', plain: 'NO_MONITOR' },
    });
    for (const port of ports) await expect(get(port)).rejects.toThrow();
  });

  it('of a listener are those of the pool that its policy sends to', async () => {
    const one = withPolicies(service(), [
      {
        policy: { listener_id: 'bare', action: 'REDIRECT_TO_POOL', redirect_pool_id: 'pool' },
        rules: [{ compare_type: 'STARTS_WITH', value: '/' }],
      },
    ]);
    await Promise.all([stop('good'), stop('backup')]);
    await applyWhole(lab, one);

    await when(one, 'good', 'ERROR');
    expect((await when(one, 'backup', 'ERROR')).listeners).toMatchObject({ bare: 'ERROR' });
  });

  it('cost one read of the active device, whatever there is, and none of the other', async () => {
    const one = service();
    await applyWhole(lab, one);
    const many = [one, aService({ ...{ id: 'lb-2', tenantId: 'tenant-2' }, pools: [{}] })];
    for (const device of lab.devices) await device.forgetCalls();

    await lab.driver.pollHealth(many, AbortSignal.timeout(20_000));

    const calls = await Promise.all(lab.devices.map((device) => device.calls()));
    expect(calls.map((list) => list.length).sort()).toEqual([0, 1]);
  });
});
