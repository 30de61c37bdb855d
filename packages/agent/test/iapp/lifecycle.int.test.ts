// A load balancer's life as application services: what is sent, what is there, that it reads back as it was meant.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterEach, describe, expect, it } from 'vitest';
import { stepsInWords } from '../../src/inspect/planned-step.ts';
import { asText } from '../../src/object-types/property.ts';
import { isWrite, named, type Lab } from '../driver/lab.ts';
import { deleted, sixRequests } from '../driver/scenario.ts';
import {
  contents,
  ordinary,
  PARTITION,
  POOL,
  reasons,
  service,
  signal,
  startIappLab,
  TENANT,
} from './iapp-lab.ts';

let lab: Lab;
afterEach(() => lab.stop());

const SERVICE = `Project_${POOL}.app/Project_${POOL}`;
const SERVICE_URI = `/sys/application/service/~${PARTITION}~Project_${POOL}.app~Project_${POOL}`;

async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
  await lab.devices[0]!.forgetCalls();
  await work();
  return (await lab.devices[0]!.calls()).filter(isWrite).map(named);
}

const session = (type: 'SOURCE_IP' | 'HTTP_COOKIE' | 'APP_COOKIE', more: object = {}) => ({
  session_persistence: {
    ...{ type, cookie_name: null, persistence_timeout: null, persistence_granularity: null },
    ...more,
  },
});

const DETAILS: Record<string, ServiceDefinition> = {
  'an ordinary service': ordinary(),
  'every protocol, limits and switched off': service({
    loadbalancer: { admin_state_up: false },
    listeners: [
      { default_pool_id: 'lb-1-pool-1', connection_limit: 10 },
      { default_pool_id: 'lb-1-pool-2', protocol: 'TCP', admin_state_up: false },
      { default_pool_id: 'lb-1-pool-3', protocol: 'HTTPS' },
      { protocol: 'TCP' },
    ],
    pools: [{}, { admin_state_up: false }, { lb_algorithm: 'LEAST_CONNECTIONS' }, {}],
    members: [{}, { pool_id: 'lb-1-pool-2' }, { pool_id: 'lb-1-pool-3', weight: 7 }],
  }),
  'every persistence': service({
    listeners: [1, 2, 3, 4, 5].map((n) => ({ default_pool_id: `lb-1-pool-${n}` })),
    pools: [
      session('SOURCE_IP'),
      session('SOURCE_IP', { persistence_timeout: 60, persistence_granularity: '255.255.0.0' }),
      { ...session('HTTP_COOKIE'), lb_algorithm: 'SOURCE_IP' },
      session('APP_COOKIE', { cookie_name: 'JSESSION$1' }),
      session('APP_COOKIE'),
    ],
  }),
  'every monitor': service({
    pools: [{}, {}, {}, {}, {}, {}],
    healthmonitors: (['HTTP', 'HTTPS', 'TCP', 'PING', 'UDP-CONNECT', 'TLS-HELLO'] as const).map(
      (type, n) => ({
        ...{ type, pool_id: `lb-1-pool-${n + 1}`, expected_codes: '200-204' },
        ...{ http_version: 1.1, domain_name: 'a.example', url_path: '/x?a="b"&c={d}[e]$f\\g' },
      }),
    ),
  }),
  'several monitors': ordinary({ healthmonitors: [{}, { type: 'TCP' }, { url_path: '/other' }] }),
  'every kind of member': service({
    pools: [{}],
    members: [
      { weight: 5 },
      { weight: 0 },
      { admin_state_up: false },
      { backup: true },
      { address: '2001:DB8::1' },
    ],
  }),
  'a listener on IPv6': service({
    loadbalancer: { vip_address: 'FD00::10' },
    listeners: [{ default_pool_id: POOL }],
    pools: [{}],
  }),
};

describe.each(['11.6', '12.1', '13.1', '15.1', '17.1'])('TMOS %s', (version) => {
  it('makes everything, shows it as it was written, and leaves nothing behind', async () => {
    lab = await startIappLab({ version });
    for (const [name, wanted] of Object.entries(DETAILS)) {
      expect(reasons(await lab.apply(wanted)), name).toEqual({});

      const again = await writesOf(async () => {
        const { outcomes, differences } = await lab.driver.resyncTenant(TENANT, [wanted], signal());
        expect(reasons(outcomes[0]!), name).toEqual({});
        expect(differences, name).toEqual([]);
      });
      expect(again, name).toEqual([]);

      await lab.apply(deleted(wanted));
      // The partition goes only when nothing is left in it.
      expect(await lab.driver.listTenants(signal()), name).toEqual([]);
    }
  });
});

describe('calls to one device', () => {
  it('are one for each change of a pool or of what is around it', async () => {
    lab = await startIappLab();
    const requests = sixRequests();

    expect(await writesOf(() => lab.apply(requests[0]!))).toEqual([
      'POST /sys/folder',
      'POST /ltm/virtual-address',
    ]);
    expect(await writesOf(() => lab.apply(requests[1]!)), 'a listener alone').toEqual([]);
    expect(await writesOf(() => lab.apply(requests[2]!))).toEqual([
      'POST /sys/application/service',
    ]);
    for (const next of requests.slice(3)) {
      expect(await writesOf(() => lab.apply(next))).toEqual([`PATCH ${SERVICE_URI}`]);
    }
    expect(await writesOf(() => lab.apply(requests.at(-1)!))).toEqual([]);
    expect(await writesOf(() => lab.apply(deleted(requests.at(-1)!)))).toEqual([
      `DELETE ${SERVICE_URI}`,
      `DELETE /ltm/virtual-address/~${PARTITION}~Project_lb-1`,
      `DELETE /ltm/node/~${PARTITION}~127.20.0.2`,
      `DELETE /ltm/node/~${PARTITION}~127.20.0.1`,
      `DELETE /sys/folder/~${PARTITION}`,
    ]);
  });

  it('to read a tenant back do not grow with what it has', async () => {
    lab = await startIappLab();
    const reads = async (services: ServiceDefinition[]): Promise<number> => {
      for (const one of services) await lab.apply(one);
      await lab.devices[0]!.forgetCalls();
      await lab.driver.resyncTenant(TENANT, services, signal());
      return (await lab.devices[0]!.calls()).length;
    };
    const small = await reads([ordinary()]);
    const many = Array.from({ length: 6 }, (_, n) =>
      service({
        ...{ id: `lb-${n + 2}`, loadbalancer: { vip_address: `127.10.0.${n + 20}` } },
        listeners: [{ default_pool_id: `lb-${n + 2}-pool-1` }],
        pools: [{}],
        members: [{}, {}],
      }),
    );

    expect(await reads([ordinary(), ...many])).toBe(small);
  });
});

describe('application services', () => {
  it('hold all that a pool and its listener are, and the address stays beside them', async () => {
    lab = await startIappLab();
    await lab.apply(ordinary());

    expect(await contents(lab)).toEqual([
      '127.20.0.1',
      '127.20.0.2',
      'Project_lb-1',
      ...[SERVICE, SERVICE, SERVICE],
      `Project_${POOL}.app/Project_${POOL}_http`,
    ]);
    const [virtual] = await lab.devices[0]!.list('/ltm/virtual', PARTITION);
    expect(virtual).toMatchObject({
      destination: `/${PARTITION}/Project_lb-1:80`,
      pool: `/${PARTITION}/${SERVICE}`,
      appService: `/${PARTITION}/${SERVICE}`,
    });
  });

  it('give a listener to another pool, and swap listeners, in one go', async () => {
    lab = await startIappLab();
    const two = (first: string | null, second: string | null): ServiceDefinition =>
      service({
        listeners: [{ default_pool_id: first }, { default_pool_id: second }],
        pools: [{}, {}],
      });
    const [one, other] = ['lb-1-pool-1', 'lb-1-pool-2'];
    const ports = async (): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await lab.devices[0]!.list('/ltm/virtual', PARTITION)).map((virtual) => [
          asText(virtual['name']),
          asText(virtual['destination']).replace(/.*:/, ''),
        ]),
      );
    await lab.apply(two(one, null));
    expect(await ports()).toEqual({ 'Project_lb-1-pool-1': '80' });

    expect(reasons(await lab.apply(two(other, null)))).toEqual({});
    expect(await ports()).toEqual({ 'Project_lb-1-pool-2': '80' });
    expect(reasons(await lab.apply(two(one, null)))).toEqual({});
    expect(reasons(await lab.apply(two(one, other)))).toEqual({});

    expect(reasons(await lab.apply(two(other, one)))).toEqual({});
    expect(await ports()).toEqual({ 'Project_lb-1-pool-1': '81', 'Project_lb-1-pool-2': '80' });
  });

  it('are repaired when somebody changed them, made anew when they were removed, and found when nobody knows them', async () => {
    lab = await startIappLab();
    await lab.apply(ordinary());
    const { reader } = lab.devices[0]!;
    const resync = (services: ServiceDefinition[]) =>
      lab.driver.resyncTenant(TENANT, services, signal());
    const settled = ordinary({ loadbalancer: { provisioning_status: 'ACTIVE' } });

    await reader.modify(SERVICE_URI, { strictUpdates: 'disabled' });
    const pool = `/ltm/pool/~${PARTITION}~Project_${POOL}.app~Project_${POOL}`;
    await reader.modify(pool, { loadBalancingMode: 'least-connections-member' });
    const repaired = await resync([settled]);
    expect(repaired.differences[0]?.steps).toMatchObject([
      { action: 'modify', changes: [{ property: 'strictUpdates', from: false, to: true }] },
    ]);
    expect((await reader.get(pool))['loadBalancingMode']).toBe('round-robin');

    await reader.remove(SERVICE_URI);
    expect((await resync([settled])).differences[0]?.steps).toMatchObject([{ action: 'create' }]);
    expect(await contents(lab)).toContain(SERVICE);

    const { orphans } = await resync([]);
    expect(orphans).toContainEqual(
      expect.objectContaining({ kind: 'pools', id: POOL, fullPath: `/${PARTITION}/${SERVICE}` }),
    );
    await lab.driver.removeOrphans(TENANT, orphans, signal());
    expect(await lab.driver.listTenants(signal())).toEqual([]);
  });

  it('are planned without being touched', async () => {
    lab = await startIappLab();
    await lab.apply(ordinary());
    const changed = ordinary({ pools: [{ lb_algorithm: 'LEAST_CONNECTIONS' }] });

    const writes = await writesOf(async () => {
      const [plan] = await lab.driver.planService(changed, signal());
      expect(plan?.steps).toMatchObject([
        {
          action: 'modify',
          type: 'application-service',
          request: { method: 'PATCH', body: { 'execute-action': 'definition' } },
        },
      ]);
    });
    expect(writes).toEqual([]);
    const [plan] = await lab.driver.planService(changed, signal());
    expect(stepsInWords(plan!.steps)).toEqual([
      `  modify application-service /${PARTITION}/${SERVICE}`,
      '    variables pool__lb_method: round-robin -> least-connections-member',
    ]);
  });
});
