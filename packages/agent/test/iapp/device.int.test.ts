// What the agent and a device make of each other in deployment mode `iapp`: the template, changes of the mode, refusals,
// a stop after every step, groups, networks left as they are.
import { createHttpClient, type HttpClient } from '@f5-lbaas/platform';
import { createIControlDriver } from '../../src/driver/icontrol-driver.ts';
import { IMPLEMENTATION, templateVersionOf } from '../../src/iapp/implementation.ts';
import { TEMPLATE_DEFINITION, TEMPLATE_PATH } from '../../src/iapp/template.ts';
import { itemPath } from '@f5-lbaas/bigip-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configurationOf } from '../driver/configuration.ts';
import { allReady, isWrite, named, startLab, type Lab } from '../driver/lab.ts';
import { deleted } from '../driver/scenario.ts';
import { applyWhole, soon } from '../lbaas/services.ts';
import { freePort, get, httpBackend, type Backend } from '../lbaas/traffic.ts';
import {
  changeMode,
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

const TEMPLATES = '/sys/application/template';
const DEFINITION = `${itemPath(TEMPLATES, TEMPLATE_PATH)}/actions/definition`;
const SERVICE_URI = `/sys/application/service/~${PARTITION}~Project_${POOL}.app~Project_${POOL}`;

async function implementation(device = 0): Promise<unknown> {
  return (await lab.devices[device]!.reader.get(DEFINITION))['implementation'];
}

/** A script of somebody else with the variables of F5's: a pool, and a virtual server when one is wanted. */
const FOREIGN = String.raw`
  set members ""
  if { [info exists ::pool__members] } {
      foreach row $::pool__members {
          array set column [lindex $row 0]
          append members " $column(addr):$column(port)"
      }
  }
  tmsh::create "ltm pool $tmsh::app_name members replace-all-with \{ $members \}"
  if { $::vip__state ne "delete" } {
      tmsh::create "ltm virtual $tmsh::app_name destination $::vip__addr:$::vip__port ip-protocol tcp pool $tmsh::app_name"
  }
`;

async function withTemplate(script: string): Promise<void> {
  lab = await startLab();
  await lab.devices[0]!.reader.create(TEMPLATES, {
    ...{ name: 'f5.lbaas', partition: 'Common' },
    actions: { definition: { implementation: script, presentation: '' } },
  });
  await changeMode(lab, 'iapp');
}

describe('the template', () => {
  it('is installed where it is missing, and costs one look afterwards', async () => {
    lab = await startIappLab();
    expect(await implementation()).toBe(IMPLEMENTATION);
    expect(templateVersionOf(IMPLEMENTATION)).toBeGreaterThan(0);

    await lab.devices[0]!.forgetCalls();
    await changeMode(lab, 'iapp');
    const calls = (await lab.devices[0]!.calls()).filter(({ path }) => path.includes('template'));
    expect(calls.map(named)).toEqual([`GET ${DEFINITION}`]);
  });

  it('is brought up to date, and services made with the old one are run again', async () => {
    lab = await startIappLab();
    await lab.apply(ordinary());
    const { reader } = lab.devices[0]!;
    const old = IMPLEMENTATION.replace(/version \d+/, 'version 0');
    await reader.modify(DEFINITION, { ...TEMPLATE_DEFINITION, implementation: old });
    const made = await reader.get(SERVICE_URI);
    const variables = made['variables'] as { name: string; value: string }[];
    const versioned = variables.map((one) =>
      one.name === 'lbaas__version' ? { ...one, value: '0' } : one,
    );
    await reader.modify(SERVICE_URI, { variables: versioned });

    await changeMode(lab, 'iapp');
    expect(await implementation()).toBe(IMPLEMENTATION);
    const { differences } = await lab.driver.resyncTenant(TENANT, [ordinary()], signal());
    expect(differences).toEqual([]); // not settled: it is applied, not drift
    expect((await reader.get(SERVICE_URI))['variables']).toContainEqual(
      expect.objectContaining({ name: 'lbaas__version', value: '1' }),
    );
  });

  it('of a newer agent stays', async () => {
    const newer = IMPLEMENTATION.replace(/version \d+/, 'version 999');
    await withTemplate(newer);

    expect(await implementation()).toBe(newer);
    expect(reasons(await lab.apply(ordinary()))).toEqual({});
  });

  it('of F5 stays, serves what it can, and what it cannot is said', async () => {
    await withTemplate(FOREIGN);
    expect(await implementation()).toBe(FOREIGN);

    expect(reasons(await lab.apply(ordinary()))).toEqual({});
    expect(await contents(lab)).toContain(`Project_${POOL}.app/Project_${POOL}`);
    const backups = ordinary({ members: [{}, { backup: true }] });
    expect(reasons(await lab.apply(backups))[POOL]).toBe(
      'Backup members: the f5.lbaas template on the device is not this agent’s and has no variable for it.'.replace(
        '’',
        "'",
      ),
    );
    const udp = ordinary({ healthmonitors: [{ type: 'UDP-CONNECT' }] });
    expect(reasons(await lab.apply(udp))['lb-1-monitor-1']).toMatch(
      /^Monitors of type UDP-CONNECT: /,
    );
    const several = ordinary({ healthmonitors: [{}, { type: 'TCP' }] });
    expect(reasons(await lab.apply(several))['lb-1-monitor-2']).toMatch(/^Several monitors /);
    const limited = ordinary({ listeners: [{ default_pool_id: POOL, connection_limit: 5 }] });
    expect(reasons(await lab.apply(limited))['lb-1-listener-1']).toMatch(
      /^connection_limit of an HTTP/,
    );
  });

  it('is looked at and not touched by a driver that only looks', async () => {
    lab = await startLab();
    await lab.driver.stop();
    lab.driver = createIControlDriver({
      ...lab.driverOptions,
      configMode: 'iapp',
      isReadOnly: true,
    });
    lab.driver.start();
    await allReady(lab.driver, 1);
    const [plan] = await lab.driver.planService(ordinary(), signal());

    expect(plan!.steps.map(({ type }) => type)).toEqual([
      'folder',
      'virtual-address',
      'application-service',
    ]);
    expect((await lab.devices[0]!.calls()).filter(isWrite).map(named)).toEqual([]);
  });
});

describe('a change of the deployment mode', () => {
  let backend: Backend;
  let port: number;
  beforeEach(async () => {
    backend = await httpBackend('member');
    port = await freePort();
  });
  afterEach(() => backend.close());

  const web = () =>
    service({
      listeners: [{ protocol_port: port, default_pool_id: POOL }],
      pools: [
        {
          session_persistence: {
            ...{ type: 'APP_COOKIE', cookie_name: 'sid' },
            ...{ persistence_timeout: null, persistence_granularity: null },
          },
        },
      ],
      members: [{ address: '127.0.0.1', protocol_port: backend.port }],
      healthmonitors: [{}],
    });

  it('leaves nothing of the other mode, in either direction, and traffic flows after it', async () => {
    lab = await startLab();
    await applyWhole(lab, web());
    const asObjects = await configurationOf(lab.devices[0]!);

    await changeMode(lab, 'iapp');
    const there = await lab.driver.resyncTenant(TENANT, [web()], signal());
    expect(reasons(there.outcomes[0]!)).toEqual({});
    expect(there.orphans).toEqual([]);
    const virtuals = await lab.devices[0]!.list('/ltm/virtual', PARTITION);
    expect(virtuals.map(({ fullPath }) => fullPath)).toEqual([
      `/${PARTITION}/Project_${POOL}.app/Project_${POOL}`,
    ]);
    expect((await contents(lab)).filter((path) => !path.includes('.app/'))).toEqual([
      '127.0.0.1',
      'Project_lb-1',
    ]);
    await soon(async () => expect((await get(port)).body).toBe('member'));

    await changeMode(lab, 'objects');
    const back = await lab.driver.resyncTenant(TENANT, [web()], signal());
    expect(reasons(back.outcomes[0]!)).toEqual({});
    expect(back.orphans).toEqual([]);
    expect(await configurationOf(lab.devices[0]!)).toEqual(asObjects);
    expect(await contents(lab)).not.toContainEqual(expect.stringContaining('.app'));
    await soon(async () => expect((await get(port)).body).toBe('member'));
  });

  it('leaves what the template cannot do as it was, and says so', async () => {
    lab = await startLab();
    const guarded = service({
      listeners: [{ protocol_port: port, default_pool_id: POOL, allowed_cidrs: ['127.0.9.0/24'] }],
      pools: [{}],
      members: [{ address: '127.0.0.1', protocol_port: backend.port }],
    });
    await applyWhole(lab, guarded);
    const before = await configurationOf(lab.devices[0]!);

    await changeMode(lab, 'iapp');
    const { outcomes } = await lab.driver.resyncTenant(TENANT, [guarded], signal());

    expect(reasons(outcomes[0]!)['lb-1-listener-1']).toMatch(/^allowed_cidrs: not possible/);
    expect(await configurationOf(lab.devices[0]!)).toEqual(before);
    await soon(async () => expect((await get(port, { from: '127.0.9.4' })).body).toBe('member'));
    await lab.apply(deleted(guarded));
    expect(await lab.driver.listTenants(signal())).toEqual([]);
  });
});

describe('a device that refuses', () => {
  it('is the reason of what was changed, and of nothing else; the next change goes through', async () => {
    lab = await startIappLab();
    await lab.apply(ordinary());
    const { reader } = lab.devices[0]!;
    const refusing = `${IMPLEMENTATION.split('\n')[0] ?? ''}\nerror "01070734:3: Configuration error: no"`;
    await reader.modify(DEFINITION, { ...TEMPLATE_DEFINITION, implementation: refusing });
    const changed = ordinary({ loadbalancer: { provisioning_status: 'ACTIVE' } });
    Object.assign(changed.members[0]!, { weight: 5, provisioning_status: 'PENDING_UPDATE' });

    expect(reasons(await lab.apply(changed))).toEqual({
      'lb-1-member-1': expect.stringContaining('Configuration error: no') as string,
    });

    await reader.modify(DEFINITION, TEMPLATE_DEFINITION);
    expect(reasons(await lab.apply(changed))).toEqual({});
    const [pool] = await lab.devices[0]!.list('/ltm/pool', PARTITION);
    expect(pool).toMatchObject({ loadBalancingMode: 'ratio-member' });
  });

  it('in the words that scripts of F5’s end with is looked at again before it is believed', async () => {
    lab = await startIappLab();
    const ca = lab.emulator.caPem;
    let told = 0;
    // What the device did stands; only its answer to the first change of a service is another one.
    const complaining = (): HttpClient => {
      const client = createHttpClient({ tls: { ca } });
      return {
        close: () => client.close(),
        request: async (request) => {
          const response = await client.request(request);
          const isChange = request.method === 'PATCH' && request.url.toString().includes('.app~');
          if (!isChange || told > 0) return response;
          told += 1;
          const message = 'script did not successfully complete: (The monitor rule  was not found.';
          const body = JSON.stringify({ code: 400, message, errorStack: [], apiError: 3 });
          return { ...response, status: 400, body };
        },
      };
    };
    await lab.apply(ordinary());
    await lab.driver.stop();
    lab.driver = createIControlDriver({
      ...lab.driverOptions,
      ...{ configMode: 'iapp', http: complaining },
    });
    lab.driver.start();
    await allReady(lab.driver, 1);

    expect(reasons(await lab.apply(ordinary({ healthmonitors: [] })))).toEqual({});
    expect(told).toBe(1);
    expect(await lab.devices[0]!.list('/ltm/monitor/http', PARTITION)).toEqual([]);
  });
});

describe('a device group', () => {
  it.each(['replication', 'autosync'] as const)(
    'has it on all devices, with %s',
    async (syncMode) => {
      lab = await startIappLab({ devices: 2, driver: { syncMode } });
      expect(reasons(await lab.apply(ordinary()))).toEqual({});

      for (const device of [0, 1]) {
        expect(await implementation(device)).toBe(IMPLEMENTATION);
        await soon(async () =>
          expect(await contents(lab, device)).toContain(`Project_${POOL}.app/Project_${POOL}`),
        );
      }
      expect(await configurationOf(lab.devices[1]!)).toEqual(
        await configurationOf(lab.devices[0]!),
      );
      expect(reasons(await lab.apply(deleted(ordinary())))).toEqual({});
      await soon(async () => {
        const folders = await lab.devices[1]!.list('/sys/folder');
        expect(folders.map(({ fullPath }) => fullPath)).not.toContain(`/${PARTITION}`);
      });
    },
  );
});
