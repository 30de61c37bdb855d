// From iControl REST to traffic: what clients configure on a device decides what its sockets do, and what they did is
// in the device's statistics.
import * as tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useEmulator } from '../control-plane/harness.ts';
import { certificateAuthority } from './certificates.ts';
import { ask, Cleanup, freePort, httpBackend, tally, until, type Backend } from './fixtures.ts';

const IP = '127.77.1.1';
const FOLDER = { partition: 'T1' };

type Stats = Record<string, { value: number; description: string }>;

describe('a device', () => {
  const harness = useEmulator();
  const cleanup = new Cleanup();
  let port: number;
  let a: Backend;
  let b: Backend;

  beforeEach(async () => {
    port = await freePort(IP);
    a = await httpBackend('a');
    b = await httpBackend('b');
    cleanup.add(() => a.stop());
    cleanup.add(() => b.stop());
    await created('auth/partition', { name: 'T1' });
  });
  afterEach(async () => {
    await harness.device.control('POST', '/wipe');
    await cleanup.run();
  });

  async function created(path: string, body: object): Promise<void> {
    const reply = await harness.device.post(path, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  }

  async function changed(path: string, body: object): Promise<void> {
    const reply = await harness.device.patch(path, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  }

  async function stats(path: string): Promise<Stats> {
    const { body } = await harness.device.get(`${path}/stats`);
    return Object.values(body.entries)[0]?.nestedStats.entries ?? {};
  }

  const figure = async (path: string, name: string): Promise<number> =>
    (await stats(path))[name]?.value ?? 0;

  /** `available enabled: The pool is available` */
  async function status(path: string): Promise<string> {
    const all = await stats(path);
    const word = (name: string): string => all[`status.${name}`]?.description ?? '';
    return `${word('availabilityState')} ${word('enabledState')}: ${word('statusReason')}`;
  }

  const nameOf = (backend: Backend): string => `${backend.host}:${backend.port}`;
  const memberPath = (backend: Backend): string => `ltm/pool/~T1~p/members/~T1~${nameOf(backend)}`;

  async function serve(virtual: object = {}, pool: object = {}): Promise<void> {
    await created('ltm/pool', { ...FOLDER, name: 'p', members: [nameOf(a), nameOf(b)], ...pool });
    await created('ltm/virtual', {
      ...FOLDER,
      name: 'v',
      destination: `/T1/${IP}:${port}`,
      ipProtocol: 'tcp',
      pool: '/T1/p',
      profiles: ['/Common/tcp', '/Common/http', '/Common/oneconnect'],
      ...virtual,
    });
    await until('the virtual server answers', answers);
  }

  const body = async (options = {}): Promise<string> =>
    (await ask(port, { host: IP, ...options })).body;

  async function answers(): Promise<boolean> {
    return (await body().catch(() => '')) !== '';
  }

  async function bodies(count: number, options = {}): Promise<Record<string, number>> {
    const found: string[] = [];
    for (let i = 0; i < count; i += 1) found.push(await body(options));
    return tally(found);
  }

  it('counts what passed in bits, up the tree, until it is reset', async () => {
    await serve();
    for (const path of ['ltm/virtual/~T1~v', 'ltm/pool/~T1~p'])
      await harness.device.post(path, { command: 'reset-stats' });

    const sizes = await bodies(4);

    expect(sizes).toEqual({ a: 2, b: 2 });
    expect(await figure('ltm/virtual/~T1~v', 'clientside.totConns')).toBe(4);
    expect(await figure('ltm/virtual/~T1~v', 'totRequests')).toBe(4);
    expect(await figure('ltm/virtual/~T1~v', 'clientside.pktsIn')).toBeGreaterThanOrEqual(4);
    const bitsIn = await figure('ltm/virtual/~T1~v', 'clientside.bitsIn');
    expect(bitsIn).toBeGreaterThan(4 * 8 * 40);
    expect(await figure(`ltm/virtual-address/~T1~${IP}`, 'clientside.bitsIn')).toBe(bitsIn);
    expect(await figure('ltm/pool/~T1~p', 'totRequests')).toBe(4);
    expect(await figure(memberPath(a), 'totRequests')).toBe(2);
    expect(await figure(`ltm/node/~T1~${a.host}`, 'totRequests')).toBe(4);
    expect(await figure('ltm/pool/~T1~p', 'serverside.bitsOut')).toBe(
      (await figure(memberPath(a), 'serverside.bitsOut')) +
        (await figure(memberPath(b), 'serverside.bitsOut')),
    );

    await harness.device.post('ltm/virtual/~T1~v', { command: 'reset-stats' });
    expect(await figure('ltm/virtual/~T1~v', 'clientside.totConns')).toBe(0);
  });

  it('shows the health of members in pool, virtual server and address', async () => {
    await created('ltm/monitor/http', { ...FOLDER, name: 'm', interval: 1, timeout: 2 });
    await serve({}, { monitor: '/T1/m' });
    const tree = ['ltm/pool/~T1~p', 'ltm/virtual/~T1~v', `ltm/virtual-address/~T1~${IP}`];
    const all = async (): Promise<string[]> => Promise.all(tree.map(status));

    await until('the members are up', async () =>
      (await status(memberPath(a))).startsWith('available'),
    );
    await until('both are', async () => (await status(memberPath(b))).startsWith('available'));
    expect(await all()).toEqual([
      'available enabled: The pool is available',
      'available enabled: The virtual server is available',
      'available enabled: The virtual server is available',
    ]);

    await a.stop();
    await until('a is down', async () => (await status(memberPath(a))).startsWith('offline'));
    expect((await all())[0]).toBe('available enabled: The pool is available');
    expect((await harness.device.get(memberPath(a))).body).toMatchObject({
      state: 'down',
      session: 'monitor-enabled',
    });
    expect(await bodies(3)).toEqual({ b: 3 });

    await b.stop();
    await until('the pool is down', async () =>
      (await all()).every((text) => text.startsWith('offline')),
    );
    expect((await all())[1]).toBe('offline enabled: The children pool member(s) are down');
  });

  it('drains a disabled member and forces one offline, by member and by node', async () => {
    await serve({ persist: [{ name: '/Common/cookie' }] });
    await until('a answered', async () => (await body()) === 'a');
    let cookie = '';
    await until('a gave its cookie', async () => {
      const answer = await ask(port, { host: IP });
      cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      return answer.body === 'a';
    });
    const bound = { headers: { Cookie: cookie } };

    await changed(memberPath(a), { session: 'user-disabled' });
    await until('a is drained', async () => (await bodies(2)).b === 2);
    expect(await bodies(3, bound)).toEqual({ a: 3 });
    expect(await status(memberPath(a))).toBe(
      'unknown disabled: Pool member does not have service checking enabled, user disabled',
    );

    await changed(memberPath(a), { session: 'user-disabled', state: 'user-down' });
    await until('a is offline', async () => (await bodies(2, bound)).b === 2);
    expect(await status(memberPath(a))).toBe('offline disabled: Forced down');

    await changed(memberPath(a), { session: 'user-enabled', state: 'user-up' });
    await until('a is back', async () => (await bodies(2)).a === 1);
    await changed(`ltm/node/~T1~${a.host}`, { session: 'user-disabled' });
    await until('the node refuses', async () => !(await answers()));
    expect(await status(memberPath(a))).toContain('disabled-by-parent');
  });

  it('reports limits that are reached, of member, node and address', async () => {
    const stuck = await httpBackend('stuck', () => undefined);
    cleanup.add(() => stuck.stop());
    await serve();
    await created('ltm/pool', { ...FOLDER, name: 'one', members: [nameOf(stuck)] });
    await changed('ltm/virtual/~T1~v', { pool: '/T1/one' });
    await until('the pool changed', async () => {
      void ask(port, { host: IP }).catch(() => undefined);
      return (
        (await stats(`ltm/pool/~T1~one/members/~T1~${nameOf(stuck)}`))['serverside.curConns']
          ?.value === 1
      );
    });
    const member = `ltm/pool/~T1~one/members/~T1~${nameOf(stuck)}`;

    await changed(member, { connectionLimit: 1 });
    await until('the member is full', async () => (await status(member)).startsWith('unavailable'));
    await expect(body()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await changed(member, { connectionLimit: 0 });

    await changed(`ltm/node/~T1~${stuck.host}`, { connectionLimit: 1 });
    await until('the node is full', async () => (await status(member)).startsWith('unavailable'));
    await expect(body()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await changed(`ltm/node/~T1~${stuck.host}`, { connectionLimit: 0 });

    await changed(`ltm/virtual-address/~T1~${IP}`, { connectionLimit: 1 });
    await until('the address is full', async () =>
      (await status('ltm/virtual/~T1~v')).startsWith('unavailable'),
    );
    await expect(body()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('routes by a policy as agents write it, and by what it becomes', async () => {
    await serve();
    await created('ltm/pool', { ...FOLDER, name: 'only-b', members: [nameOf(b)] });
    const forward = { name: '0', request: true, forward: true, pool: '/T1/only-b' };
    const path = {
      name: '0',
      request: true,
      httpUri: true,
      path: true,
      startsWith: true,
      values: ['/b'],
    };
    const refuse = { name: '0', request: true, forward: true, reset: true };
    const host = {
      name: '0',
      request: true,
      httpHost: true,
      host: true,
      equals: true,
      values: ['bad.org'],
    };
    await created('ltm/policy', {
      ...FOLDER,
      name: 'w',
      strategy: 'first-match',
      legacy: true,
      requires: ['http'],
      controls: ['forwarding'],
      rules: [
        { name: 'reject_1', ordinal: 1, actions: [refuse], conditions: [host] },
        { name: 'pool_2', ordinal: 2, actions: [forward], conditions: [path] },
      ],
    });
    await changed('ltm/virtual/~T1~v', { policies: [{ name: 'w', partition: 'T1' }] });

    await until('the policy works', async () => (await bodies(4, { path: '/b/1' })).b === 4);
    await expect(body({ headers: { Host: 'bad.org' } })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(await bodies(4)).toEqual({ a: 2, b: 2 });

    const rules = [{ name: 'reject_all', ordinal: 1, actions: [refuse] }];
    await changed('ltm/policy/~T1~w', { rules });
    await until('everything is refused', async () => !(await answers()));
  });

  it('counts the runs of an iRule and names rules it does not run', async () => {
    const apiAnonymous = 'when HTTP_REQUEST {\n  HTTP::header insert X-R 1\n}';
    await created('ltm/rule', { ...FOLDER, name: 'r', apiAnonymous });
    await created('ltm/rule', {
      ...FOLDER,
      name: 'odd',
      apiAnonymous: 'when HTTP_REQUEST { ASM::disable }',
    });
    await serve({ rules: ['/T1/r', '/T1/odd'] });
    await harness.device.post('ltm/virtual/~T1~v', { command: 'reset-stats' });

    await bodies(3);

    const { body: read } = await harness.device.get('ltm/rule/~T1~r/stats');
    const [[key, entry] = ['', undefined]] = Object.entries(read.entries);
    expect(key).toMatch(/~T1~r:HTTP_REQUEST\/stats$/);
    expect(entry?.nestedStats.entries['totalExecutions']?.value).toBe(3);
    expect((await harness.device.control('GET', '/status')).body['rules_not_executed']).toEqual([
      '/T1/odd',
    ]);
  });

  it('terminates TLS with certificates that were uploaded, by server name', async () => {
    const authority = await certificateAuthority('Test CA');
    const names = ['a.test', 'b.test'];
    for (const name of names) {
      const { certPem, keyPem } = await authority.issue(name);
      for (const [kind, text] of [
        ['cert', certPem],
        ['key', keyPem],
      ] as const) {
        const file = `${name}.${kind === 'cert' ? 'crt' : 'key'}`;
        const range = `0-${text.length - 1}/${text.length}`;
        await harness.device.call('POST', `/mgmt/shared/file-transfer/uploads/${file}`, {
          body: Buffer.from(text),
          headers: { 'content-type': 'application/octet-stream', 'content-range': range },
        });
        await created(`sys/crypto/${kind}`, {
          command: 'install',
          name: file,
          'from-local-file': `/var/config/rest/downloads/${file}`,
        });
      }
      const chain = { name, cert: `/Common/${name}.crt`, key: `/Common/${name}.key` };
      const profile = {
        name,
        serverName: name,
        sniDefault: name === 'a.test',
        certKeyChain: [chain],
      };
      await created('ltm/profile/client-ssl', profile);
    }
    await created('ltm/pool', { ...FOLDER, name: 'p', members: [nameOf(a)] });
    const contexts = names.map((name) => ({ name: `/Common/${name}`, context: 'clientside' }));
    await created('ltm/virtual', {
      ...FOLDER,
      name: 'v',
      destination: `/T1/${IP}:${port}`,
      ipProtocol: 'tcp',
      pool: '/T1/p',
      profiles: ['/Common/tcp', '/Common/http', ...contexts],
    });
    const subject = (servername: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = tls.connect({ host: IP, port, servername, ca: authority.certPem }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.on('error', reject);
      });

    await until('TLS is served', () =>
      subject('a.test').then(
        () => true,
        () => false,
      ),
    );
    expect(await Promise.all(names.map(subject))).toEqual(names);
  });

  it('serves one route domain per address and says so for the other', async () => {
    await created('net/route-domain', { name: 'rd5', id: 5 });
    await serve();
    await created('ltm/virtual', {
      ...FOLDER,
      name: 'v5',
      destination: `/T1/${IP}%5:${port}`,
      source: '0.0.0.0%5/0',
      ipProtocol: 'tcp',
      profiles: ['/Common/tcp'],
    });

    await until('the second is refused', async () =>
      (await status('ltm/virtual/~T1~v5')).startsWith('offline'),
    );
    expect(await status('ltm/virtual/~T1~v5')).toContain(`${IP}:${port} serves route domain 0`);
    expect(await answers()).toBe(true);

    await harness.device.delete('ltm/virtual/~T1~v');
    await until(
      'it takes over',
      async () => !(await status('ltm/virtual/~T1~v5')).startsWith('offline'),
    );
  });

  it('says of what it cannot listen on why, and takes over what becomes free', async () => {
    await created('ltm/virtual', {
      ...FOLDER,
      name: 'gw',
      destination: '/T1/0.0.0.0:0',
      mask: 'any',
      ipForward: true,
    });
    await created('ltm/virtual', {
      ...FOLDER,
      name: 'far',
      destination: '/T1/192.0.2.77:80',
      ipProtocol: 'tcp',
    });

    await until('the sockets were tried', async () =>
      (await status('ltm/virtual/~T1~far')).startsWith('offline'),
    );
    expect(await status('ltm/virtual/~T1~far')).toBe(
      'offline enabled: The virtual server cannot listen: EADDRNOTAVAIL 192.0.2.77:80',
    );
    expect(await status('ltm/virtual/~T1~gw')).toContain('cannot listen on port 0');
  });

  it('follows the switches of virtual server and address', async () => {
    await serve();

    await changed(`ltm/virtual-address/~T1~${IP}`, { enabled: 'no' });
    await until('the address is silent', async () => !(await answers()));
    expect(await status('ltm/virtual/~T1~v')).toContain(
      'disabled-by-parent: The virtual address is disabled',
    );
    await changed(`ltm/virtual-address/~T1~${IP}`, { enabled: 'yes' });
    await until('the address answers', answers);

    await changed('ltm/virtual/~T1~v', { disabled: true });
    await until('the virtual server is silent', async () => !(await answers()));
    expect(await status('ltm/virtual/~T1~v')).toContain('disabled: The virtual server is disabled');
  });

  it('monitors nodes, with or without members', async () => {
    await created('ltm/monitor/gateway-icmp', { ...FOLDER, name: 'ping', interval: 1, timeout: 2 });
    await created('ltm/node', {
      ...FOLDER,
      name: 'alone',
      address: '127.77.9.9',
      monitor: '/T1/ping',
    });

    await until('the node is up', async () =>
      (await status('ltm/node/~T1~alone')).startsWith('available'),
    );
    expect((await harness.device.get('ltm/node/~T1~alone')).body).toMatchObject({
      state: 'up',
      session: 'monitor-enabled',
    });
  });

  it('reports rates of its traffic', async () => {
    await serve();
    await harness.device.get('sys/performance/all-stats');
    const text = async (): Promise<string> => {
      const { body: read } = await harness.device.get('sys/performance/all-stats');
      return (read['apiRawValues'] as { apiAnonymous: string }).apiAnonymous;
    };

    await until('requests were sampled', async () => {
      await bodies(5);
      return /HTTP Requests {2,}[1-9]/.test(await text());
    });
    expect(await text()).toMatch(/Client Connections {2,}[1-9]/);
  });
});
