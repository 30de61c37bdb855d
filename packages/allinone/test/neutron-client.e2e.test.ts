// Users of Neutron's own load balancing: Debian's `neutron` command drives LBaaS v1 and v2 against a lab, each command
// at least once; traffic goes through what either makes; a load balancer made by v1 goes on through v2 and Octavia.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../src/demo/backend.ts';
import { startBackend } from '../src/demo/backend.ts';
import { at, listAt, textAt } from './support/json.ts';
import { fetchText, LabApi } from './support/lab-api.ts';
import { LabProcess } from './support/lab-process.ts';
import { hasNeutronClient, NeutronCommand } from './support/neutron-command.ts';
import { waitUntil } from './support/wait-until.ts';

const SLOW_MS = 120_000;
const PORT = '8080';

// Skipped where the package python3-neutronclient is not installed.
describe.skipIf(!hasNeutronClient())('with the neutron command', () => {
  let lab: LabProcess;
  let tenant: NeutronCommand;
  let other: NeutronCommand;
  let admin: NeutronCommand;
  let api: LabApi;
  let backend: Backend;
  beforeAll(async () => {
    lab = await LabProcess.create();
    await lab.start();
    tenant = new NeutronCommand(lab.dataDir, 'lab');
    other = new NeutronCommand(lab.dataDir, 'lab-other', tenant.used);
    admin = new NeutronCommand(lab.dataDir, 'lab-admin', tenant.used);
    api = new LabApi(lab.dataDir);
    backend = await startBackend('hello');
  }, SLOW_MS);
  afterAll(async () => {
    await backend.stop();
    await lab.remove();
  });

  const serves = (address: string): Promise<unknown> =>
    waitUntil(`traffic through ${address}`, async () => {
      const { status, body } = await fetchText(`http://${address}:${PORT}/`);
      return status === 200 && body === 'hello';
    });
  /** v1: waits for the object's own status. */
  const v1Active = (kind: string, name: string): Promise<unknown> =>
    waitUntil(`${kind} ${name} is ACTIVE`, async () => {
      const { status, body } = await fetchNetwork(`lb/${kind}`);
      const items = status === 200 ? listAt(body, kind) : [];
      return items.some((item) => at(item, 'name') === name && at(item, 'status') === 'ACTIVE');
    });
  const fetchNetwork = (path: string): ReturnType<LabApi['neutron']> => api.neutron(path);

  it(
    'a tenant builds, changes and removes with LBaaS v1',
    async () => {
      const place = ['--protocol', 'HTTP', '--lb-method', 'ROUND_ROBIN', '--subnet-id', 'members'];
      const pool = await tenant.json('lb-pool-create', '--name', 'p1', ...place);
      await tenant.done('lb-pool-create', '--name', 'p2', ...place);
      const member = await tenant.json(
        ...(['lb-member-create', '--address', '127.0.0.1', '--protocol-port'] as const),
        ...[String(backend.port), 'p1'],
      );
      const vip = await tenant.json(
        ...(['lb-vip-create', '--name', 'v1', '--protocol', 'HTTP', '--protocol-port'] as const),
        ...[PORT, '--subnet-id', 'vip', 'p1'],
      );
      const monitor = await tenant.json(
        ...(['lb-healthmonitor-create', '--type', 'HTTP', '--delay', '1', '--timeout'] as const),
        ...['1', '--max-retries', '1'],
      );
      await tenant.done('lb-healthmonitor-associate', textAt(monitor, 'id'), 'p1');
      await v1Active('vips', 'v1');

      await serves(textAt(vip, 'address'));
      expect(await tenant.json('lb-vip-show', 'v1')).toMatchObject({
        status: 'ACTIVE',
        pool_id: textAt(pool, 'id'),
      });
      expect(await tenant.json('lb-pool-show', 'p1')).toMatchObject({
        status: 'ACTIVE',
        vip_id: textAt(vip, 'id'),
        members: [textAt(member, 'id')],
        health_monitors: [textAt(monitor, 'id')],
      });
      await tenant.done('lb-vip-update', 'v1', '--connection-limit', '1000');
      await tenant.done('lb-pool-update', 'p1', '--lb-method', 'LEAST_CONNECTIONS');
      await tenant.done('lb-member-update', textAt(member, 'id'), '--weight', '2');
      await tenant.done('lb-healthmonitor-update', textAt(monitor, 'id'), '--delay', '2');
      await serves(textAt(vip, 'address'));
      expect(at(await tenant.json('lb-member-show', textAt(member, 'id')), 'weight')).toBe(2);
      expect(at(await tenant.json('lb-healthmonitor-show', textAt(monitor, 'id')), 'delay')).toBe(
        2,
      );
      for (const list of [
        'lb-vip-list',
        'lb-pool-list',
        'lb-member-list',
        'lb-healthmonitor-list',
      ]) {
        expect(JSON.parse(await tenant.done(list, '-f', 'json'))).not.toHaveLength(0);
      }
      expect(await tenant.json('lb-pool-stats', 'p1')).toMatchObject({
        total_connections: expect.any(Number) as number,
      });
      const hosting = await admin.json('lb-agent-hosting-pool', textAt(pool, 'id'));
      const agent = textAt(listAt({ hosting }, 'hosting')[0], 'id');
      expect(await admin.done('lb-pool-list-on-agent', agent)).toContain(textAt(pool, 'id'));

      // Bad input.
      expect(await tenant.refused('lb-pool-delete', 'p1')).toContain('is still in use');
      expect(await tenant.refused('lb-healthmonitor-delete', textAt(monitor, 'id'))).toContain(
        'still has associations',
      );
      expect(await other.refused('lb-vip-show', textAt(vip, 'id'))).toContain('Unable to find vip');
      expect(
        await tenant.refused(
          ...([
            'lb-vip-create',
            '--name',
            'x',
            '--protocol',
            'TCP',
            '--protocol-port',
            '81',
          ] as const),
          ...['--subnet-id', 'vip', 'p2'],
        ),
      ).toContain('does not match pool protocol');
      expect(
        await tenant.refused(
          ...(['lb-member-create', '--address', 'nowhere', '--protocol-port', '80', 'p2'] as const),
        ),
      ).toContain("'nowhere' is not a valid IP address");

      await tenant.done('lb-healthmonitor-disassociate', textAt(monitor, 'id'), 'p1');
      await waitUntil('the association is gone', async () => {
        const { body } = await fetchNetwork(`lb/pools/${textAt(pool, 'id')}`);
        return listAt(body, 'pool.health_monitors').length === 0;
      });
      await tenant.done('lb-healthmonitor-delete', textAt(monitor, 'id'));
      await tenant.done('lb-member-delete', textAt(member, 'id'));
      await tenant.done('lb-vip-delete', 'v1');
      await waitUntil('the vip is gone', async () => {
        const { status } = await fetchNetwork(`lb/vips/${textAt(vip, 'id')}`);
        return status === 404;
      });
      await tenant.done('lb-pool-delete', 'p1');
      await tenant.done('lb-pool-delete', 'p2');

      const unused = tenant.known('lb-').filter((command) => !tenant.used.has(command));
      expect(unused).toEqual([]);
      await waitUntil('nothing is left', async () => (await api.everything()).flat().length === 0);
    },
    2 * SLOW_MS,
  );

  it(
    'a tenant builds, changes and removes with LBaaS v2',
    async () => {
      const lb = await tenant.json('lbaas-loadbalancer-create', '--name', 'lb', 'vip');
      const id = textAt(lb, 'id');
      const step = async (command: string, ...words: string[]): Promise<void> => {
        await tenant.done(command, ...words);
        await api.active(id);
      };
      await api.active(id);
      const http = ['--protocol', 'HTTP'];
      await step(
        ...(['lbaas-listener-create', '--name', 'l', '--loadbalancer', 'lb', ...http] as const),
        ...['--protocol-port', PORT],
      );
      const method = ['--lb-algorithm', 'ROUND_ROBIN'];
      await step('lbaas-pool-create', '--name', 'p', '--listener', 'l', ...http, ...method);
      await step('lbaas-pool-create', '--name', 'q', '--loadbalancer', 'lb', ...http, ...method);
      await step(
        ...(['lbaas-member-create', '--name', 'm', '--subnet', 'members', '--address'] as const),
        ...['127.0.0.1', '--protocol-port', String(backend.port), 'p'],
      );
      await step(
        ...([
          'lbaas-healthmonitor-create',
          '--name',
          'h',
          '--type',
          'HTTP',
          '--pool',
          'p',
        ] as const),
        ...['--delay', '1', '--timeout', '1', '--max-retries', '1'],
      );
      await step(
        ...(['lbaas-l7policy-create', '--name', 'y', '--listener', 'l', '--action'] as const),
        ...['REDIRECT_TO_POOL', '--redirect-pool', 'q'],
      );
      const match = ['--compare-type', 'STARTS_WITH', '--value', '/other', 'y'];
      const rule = await tenant.json('lbaas-l7rule-create', '--type', 'PATH', ...match);
      await api.active(id);

      await serves(textAt(lb, 'vip_address'));
      const statuses: unknown = JSON.parse(await tenant.done('lbaas-loadbalancer-status', 'lb'));
      expect(at(statuses, 'loadbalancer.listeners.0.pools.0.members.0.name')).toBe('m');
      expect(await tenant.json('lbaas-loadbalancer-stats', 'lb')).toMatchObject({
        total_connections: expect.any(Number) as number,
      });
      await step('lbaas-loadbalancer-update', 'lb', '--description', 'd');
      await step('lbaas-listener-update', 'l', '--connection-limit', '1000');
      await step('lbaas-pool-update', 'p', '--lb-algorithm', 'LEAST_CONNECTIONS');
      await step('lbaas-member-update', 'm', 'p', '--weight', '2');
      await step('lbaas-healthmonitor-update', 'h', '--delay', '2');
      await step('lbaas-l7policy-update', 'y', '--description', 'd');
      await step('lbaas-l7rule-update', textAt(rule, 'id'), 'y', '--value', '/another');
      await serves(textAt(lb, 'vip_address'));

      for (const [command, name, ...more] of [
        ['loadbalancer', 'lb'],
        ['listener', 'l'],
        ['pool', 'p'],
        ['member', 'm', 'p'],
        ['healthmonitor', 'h'],
        ['l7policy', 'y'],
        ['l7rule', textAt(rule, 'id'), 'y'],
      ] as const) {
        const [shown, list] = await Promise.all([
          tenant.json(`lbaas-${command}-show`, name, ...more),
          tenant.done(`lbaas-${command}-list`, ...more, '-f', 'json'),
        ]);
        expect(list).toContain(textAt(shown, 'id'));
      }
      const hosting = await admin.json('lbaas-agent-hosting-loadbalancer', id);
      const agent = textAt(listAt({ hosting }, 'hosting')[0], 'id');
      expect(await admin.done('lbaas-loadbalancer-list-on-agent', agent)).toContain(id);

      // Bad input.
      expect(await tenant.refused('lbaas-loadbalancer-delete', 'lb')).toContain(
        'is using listener',
      );
      expect(
        await tenant.refused(
          ...(['lbaas-listener-create', '--loadbalancer', 'lb', '--protocol', 'TCP'] as const),
          ...['--protocol-port', PORT],
        ),
      ).toContain('already has a listener with protocol_port');
      expect(await other.refused('lbaas-pool-show', 'p')).toContain('Unable to find pool');

      await step('lbaas-l7rule-delete', textAt(rule, 'id'), 'y');
      await step('lbaas-l7policy-delete', 'y');
      await step('lbaas-healthmonitor-delete', 'h');
      await step('lbaas-member-delete', 'm', 'p');
      await step('lbaas-pool-delete', 'p');
      await step('lbaas-pool-delete', 'q');
      await step('lbaas-listener-delete', 'l');
      await tenant.done('lbaas-loadbalancer-delete', 'lb');
      await api.gone(id);

      const unused = tenant.known('lbaas-').filter((command) => !tenant.used.has(command));
      expect(unused).toEqual([]);
    },
    2 * SLOW_MS,
  );

  it(
    'one load balancer goes from v1 through v2 to Octavia, its traffic uninterrupted',
    async () => {
      const pool = await tenant.json(
        ...(['lb-pool-create', '--name', 'up', '--protocol', 'HTTP', '--lb-method'] as const),
        ...['ROUND_ROBIN', '--subnet-id', 'members'],
      );
      const poolId = textAt(pool, 'id');
      await tenant.done(
        ...(['lb-member-create', '--address', '127.0.0.1', '--protocol-port'] as const),
        ...[String(backend.port), 'up'],
      );
      const vip = await tenant.json(
        ...(['lb-vip-create', '--name', 'up', '--protocol', 'HTTP', '--protocol-port'] as const),
        ...[PORT, '--subnet-id', 'vip', 'up'],
      );
      const url = `http://${textAt(vip, 'address')}:${PORT}/`;
      await serves(textAt(vip, 'address'));
      const root = textAt(await api.show('pools', poolId), 'loadbalancers.0.id');
      await api.active(root);

      const outcome = { ok: 0, failed: 0 };
      const over = new AbortController();
      const client = (async () => {
        while (!over.signal.aborted) {
          const good = await fetchText(url).then(
            ({ status, body }) => status === 200 && body === 'hello',
            () => false,
          );
          outcome[good ? 'ok' : 'failed'] += 1;
        }
      })();
      // v2 finds the vip as a listener.
      const listener = textAt(vip, 'id');
      await tenant.done('lbaas-listener-update', listener, '--connection-limit', '5000');
      await api.active(root);
      await tenant.done(
        ...(['lbaas-healthmonitor-create', '--type', 'HTTP', '--pool', poolId] as const),
        ...['--delay', '1', '--timeout', '1', '--max-retries', '1'],
      );
      await api.active(root);
      const second = await startBackend('hello');
      const member = { address: '127.0.0.1', protocol_port: second.port };
      await api.create(`pools/${poolId}/members`, 'member', member);
      await api.active(root);
      await api.send('PUT', `listeners/${listener}`, {
        listener: { insert_headers: { 'X-Forwarded-For': 'true' } },
      });
      await api.active(root);
      // And v1 still manages it.
      await tenant.done('lb-pool-update', 'up', '--lb-method', 'LEAST_CONNECTIONS');
      await api.active(root);
      over.abort();
      await client;
      await second.stop();

      expect(outcome.failed).toBe(0);
      expect(outcome.ok).toBeGreaterThan(100);
      expect(await tenant.json('lb-vip-show', 'up')).toMatchObject({ connection_limit: 5000 });
    },
    2 * SLOW_MS,
  );

  it(
    'the rest of the network endpoint is the real Neutron',
    async () => {
      const [extensions, networks] = [await tenant.done('ext-list'), await tenant.done('net-list')];

      for (const alias of ['lbaas', 'lbaasv2', 'lbaas_agent_schedulerv2']) {
        expect(extensions).toContain(alias);
      }
      expect(networks).toContain('vip');
    },
    SLOW_MS,
  );
});
