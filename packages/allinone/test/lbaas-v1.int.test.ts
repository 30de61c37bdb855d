// LBaaS v1 through the whole lab: what its own model has more than the others', as the device has it.
import { createHttpClient } from '@f5-lbaas/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, startBackend } from '../src/demo/backend.ts';
import { at, textAt } from './support/json.ts';
import { fetchText, type LabApi, type Method } from './support/lab-api.ts';
import { type Stack, startStack } from './support/start-stack.ts';
import { waitUntil } from './support/wait-until.ts';

const http = createHttpClient({ connections: 4, requestTimeoutMs: 20_000 });
const PORT = 8080;

describe('LBaaS v1', () => {
  let stack: Stack;
  let api: LabApi;
  let backend: Backend;
  beforeAll(async () => {
    backend = await startBackend('v1');
    stack = await startStack();
    api = stack.api();
  });
  afterAll(async () => {
    await stack.stop();
    await http.close();
    await backend.stop();
  });

  async function send(method: Method, path: string, body?: object): Promise<unknown> {
    const answer = await http.request({
      method,
      url: `${api.lab.network_url}/v2.0/lb/${path}`,
      headers: { 'x-auth-token': await api.token(), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body === '' ? undefined : JSON.parse(answer.body);
  }
  const create = async (plural: string, singular: string, attributes: object): Promise<string> =>
    textAt(await send('POST', plural, { [singular]: attributes }), `${singular}.id`);
  const isActive = (path: string, singular: string): Promise<unknown> =>
    waitUntil(`${path} is ACTIVE`, async () => {
      const body = await send('GET', path);
      return at(body, `${singular}.status`) === 'ACTIVE' ? body : undefined;
    });
  const memberStatus = async (id: string): Promise<unknown> =>
    at(await send('GET', `members/${id}`), 'member.status');

  it('has a pool with several monitors, all of which have to succeed', async () => {
    const pool = await create('pools', 'pool', {
      ...{ subnet_id: api.lab.subnets.vip, protocol: 'HTTP', lb_method: 'ROUND_ROBIN' },
    });
    const vip = await create('vips', 'vip', {
      ...{ subnet_id: api.lab.subnets.vip, protocol: 'HTTP', protocol_port: PORT },
      pool_id: pool,
    });
    const member = await create('members', 'member', {
      ...{ pool_id: pool, address: '127.0.0.1', protocol_port: backend.port },
    });
    const times = { delay: 1, timeout: 1, max_retries: 1 };
    const alive = await create('health_monitors', 'health_monitor', { type: 'TCP', ...times });
    const picky = await create('health_monitors', 'health_monitor', {
      ...{ type: 'HTTP', ...times },
      expected_codes: '418',
    });
    const associate = (id: string) =>
      send('POST', `pools/${pool}/health_monitors`, { health_monitor: { id } });
    await associate(alive);
    const address = textAt(await isActive(`vips/${vip}`, 'vip'), 'vip.address');
    const url = `http://${address}:${PORT}/`;
    await waitUntil('the VIP answers', async () => (await fetchText(url)).body === 'v1');

    await associate(picky);
    await isActive(`pools/${pool}`, 'pool');

    const onDevice = async (): Promise<string[]> => {
      const pools = await stack.devices[0]!.list('ltm/pool');
      const found = pools.find((item) => textAt(item, 'fullPath').endsWith(pool));
      return textAt(found, 'monitor').trim().split(' and ');
    };
    expect(await onDevice()).toHaveLength(2);
    await waitUntil('the member is out', async () => (await memberStatus(member)) === 'INACTIVE');

    await send('DELETE', `pools/${pool}/health_monitors/${picky}`);
    await waitUntil('the member is back', async () => (await memberStatus(member)) === 'ACTIVE');
    expect(await onDevice()).toHaveLength(1);
    await waitUntil('the VIP answers again', async () => (await fetchText(url)).body === 'v1');
  });
});
