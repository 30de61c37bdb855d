// Load balancing, member states and persistence over real sockets.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  DataPlane,
  MemberConfig,
  PoolConfig,
  VirtualServer,
} from '../../src/data-plane/contract.ts';
import {
  aMember,
  aMonitor,
  anHttpVirtual,
  aPool,
  ask,
  Cleanup,
  freePort,
  httpBackend,
  newDataPlane,
  tally,
  until,
  type AskOptions,
  type Backend,
} from './fixtures.ts';

describe('a pool behind an HTTP virtual server', () => {
  const cleanup = new Cleanup();
  let dataPlane: DataPlane;
  let port: number;
  let a: Backend;
  let b: Backend;

  beforeEach(async () => {
    dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    port = await freePort();
    a = await httpBackend('a');
    b = await httpBackend('b');
    cleanup.add(() => a.stop());
    cleanup.add(() => b.stop());
  });
  afterEach(() => cleanup.run());

  async function serve(
    members: MemberConfig[],
    pool: Partial<PoolConfig> = {},
    virtual: Partial<VirtualServer> = {},
  ): Promise<void> {
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port, virtual)],
      pools: [aPool(members, pool)],
    });
  }

  async function bodies(count: number, options?: AskOptions): Promise<Record<string, number>> {
    const seen: string[] = [];
    for (let i = 0; i < count; i += 1) seen.push((await ask(port, options)).body);
    return tally(seen);
  }

  it('follows the ratios', async () => {
    await serve([aMember(a, { ratio: 3 }), aMember(b)], { loadBalancingMode: 'ratio-member' });

    expect(await bodies(12)).toEqual({ a: 9, b: 3 });
  });

  it('gives new connections to the member with the fewest', async () => {
    const hanging = await httpBackend('hanging', () => undefined);
    cleanup.add(() => hanging.stop());
    await serve([aMember(hanging), aMember(a)], { loadBalancingMode: 'least-connections-member' });
    const pending = ask(port).catch(() => undefined);
    await until('the first request hangs', () => hanging.requests === 1);

    expect(await bodies(4, {})).toEqual({ a: 4 });

    await dataPlane.stop();
    await pending;
  });

  it('uses the backup group only while too few members of the first are available', async () => {
    const primary = aMember(a, { priorityGroup: 2 });
    const backup = aMember(b, { priorityGroup: 1 });
    await serve([primary, backup], { minActiveMembers: 1 });

    expect(await bodies(4)).toEqual({ a: 4 });

    await serve([{ ...primary, adminState: 'forced-offline' }, backup], { minActiveMembers: 1 });

    expect(await bodies(4)).toEqual({ b: 4 });
  });

  it('leaves a member alone that has reached its connection limit', async () => {
    const hanging = await httpBackend('hanging', () => undefined);
    cleanup.add(() => hanging.stop());
    await serve([aMember(hanging, { connectionLimit: 1 }), aMember(a)]);
    const pending = ask(port).catch(() => undefined);
    await until('the first request hangs', () => hanging.requests === 1);

    expect(await bodies(3)).toEqual({ a: 3 });

    await dataPlane.stop();
    await pending;
  });

  it('sends persistent clients to a disabled member, but not to one forced offline', async () => {
    const persistence = { type: 'source-addr', timeoutSeconds: 180, mask: null } as const;
    const other = { localAddress: '127.0.0.77' };
    await serve([aMember(a), aMember(b)], {}, { persistence });
    expect(await bodies(3)).toEqual({ a: 3 });
    expect(await bodies(3, other)).toEqual({ b: 3 });

    await serve([aMember(a, { adminState: 'disabled' }), aMember(b)], {}, { persistence });
    expect(await bodies(2)).toEqual({ a: 2 });
    expect(await bodies(2, { localAddress: '127.0.0.78' })).toEqual({ b: 2 });

    await serve([aMember(a, { adminState: 'forced-offline' }), aMember(b)], {}, { persistence });
    expect(await bodies(2)).toEqual({ b: 2 });
  });

  it('binds clients of one network together with a mask', async () => {
    const persistence = {
      type: 'source-addr',
      timeoutSeconds: 180,
      mask: '255.255.255.0',
    } as const;
    await serve([aMember(a), aMember(b)], {}, { persistence });

    expect(await bodies(2, { localAddress: '127.0.5.1' })).toEqual({ a: 2 });
    expect(await bodies(2, { localAddress: '127.0.5.9' })).toEqual({ a: 2 });
    expect(await bodies(2, { localAddress: '127.0.6.1' })).toEqual({ b: 2 });
  });

  it('inserts the persistence cookie once and obeys it', async () => {
    const persistence = {
      type: 'cookie',
      cookieName: null,
      method: 'insert',
      timeoutSeconds: 0,
    } as const;
    await serve([aMember(a), aMember(b)], {}, { persistence });

    const first = await ask(port);
    const cookie = first.headers['set-cookie']?.[0] ?? '';
    const again = await ask(port, { headers: { Cookie: cookie.split(';')[0] ?? '' } });

    expect(cookie).toMatch(/^BIGipServer~T~pool=16777343\.\d+\.0000; path=\/; Httponly$/);
    expect(again.body).toBe(first.body);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('chooses anew and sets a new cookie when the bound member is offline', async () => {
    const persistence = {
      type: 'cookie',
      cookieName: 'Stick',
      method: 'insert',
      timeoutSeconds: 3600,
    } as const;
    await serve([aMember(a), aMember(b)], {}, { persistence });
    const bound = (await ask(port)).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    await serve([aMember(a, { adminState: 'forced-offline' }), aMember(b)], {}, { persistence });

    const answer = await ask(port, { headers: { Cookie: bound } });

    expect(answer.body).toBe('b');
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^Stick=.*; expires=.* GMT; path=\//);
  });

  it('marks a member down after its monitor timed out, and up again', async () => {
    const changes: string[] = [];
    dataPlane.onMemberChange((_pool, member, state) => {
      if (member.endsWith(String(b.port))) changes.push(state.monitorStatus);
    });
    const monitors = [aMonitor({ recv: 'HTTP/1.(0|1) 200' })];
    await serve([aMember(a), aMember(b)], { monitors });
    const stateOf = (each: Backend) =>
      dataPlane.memberState('/T/pool', `127.0.0.1:${each.port}`)?.monitorStatus;
    await until('both members are up', () => stateOf(a) === 'up' && stateOf(b) === 'up');

    await b.stop();
    const duringOutage: string[] = [];
    await until('b is down', async () => {
      duringOutage.push((await ask(port)).body);
      return stateOf(b) === 'down';
    });

    expect(new Set(duringOutage.slice(5))).toEqual(new Set(['a']));
    expect(changes).toEqual(['checking', 'up', 'down']);
  });

  it('keeps serving through members whose first verdict is still open after a monitor was added', async () => {
    await serve([aMember(a)]);
    await ask(port);
    const monitors = [aMonitor({ recv: 'never in the answer', timeoutSeconds: 30 })];

    await serve([aMember(a)], { monitors });

    expect(await bodies(2)).toEqual({ a: 2 });
  });

  it('sends nothing to a new member before its monitor approves', async () => {
    const monitors = [aMonitor({ recv: 'never in the answer', timeoutSeconds: 30 })];
    await serve([aMember(a)], { monitors });

    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(dataPlane.memberState('/T/pool', `127.0.0.1:${a.port}`)).toMatchObject({
      monitorStatus: 'checking',
    });
  });
});
