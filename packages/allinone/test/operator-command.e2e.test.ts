// An operator finds out why something is in ERROR: `f5-lbaas errors` and `f5-lbaas status` against a lab whose device refuses.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCloud, readLabJson } from '../src/lab/lab-description.ts';
import { at, listAt, textAt } from './support/json.ts';
import type { CloudName } from './support/lab-api.ts';
import { COMMAND, runNode, type Finished } from './support/lab-process.ts';
import { createFullyPopulated } from './support/scenario.ts';
import { startStack, type Stack } from './support/start-stack.ts';
import { waitUntil } from './support/wait-until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

function run(
  words: readonly string[],
  cloud: CloudName = 'lab-admin',
  env: Record<string, string> = {},
): Promise<Finished> {
  const { username, password, project } = readCloud(join(stack.dataDir, 'clouds.yaml'), cloud);
  const { auth_url } = readLabJson(join(stack.dataDir, 'lab.json'));
  return runNode([...COMMAND, ...words], {
    ...{ OS_AUTH_URL: auth_url, OS_USERNAME: username, OS_PASSWORD: password },
    ...{ OS_PROJECT_NAME: project, OS_CACERT: '', OS_REGION_NAME: '', OS_INTERFACE: 'public' },
    ...env,
  }).finished;
}

it('tells the device’s words of each object, and when all is well again', async () => {
  expect(await run(['errors'])).toEqual({ code: 0, stdout: 'Nothing is in ERROR.\n', stderr: '' });
  for (const device of stack.devices) {
    await device.addFault({
      kind: 'refuse-transaction',
      message: '01070734:3: Configuration error: not today',
    });
  }
  const api = stack.api();
  const id = await createFullyPopulated(api, 'shop');
  const body = await waitUntil('it is in ERROR', async () => {
    const shown = await api.show('loadbalancers', id);
    return at(shown, 'provisioning_status') === 'ERROR' ? shown : undefined;
  });
  const listenerId = textAt(listAt(body, 'listeners')[0], 'id');

  const status = await run(['status', id]);
  const errors = await run(['errors']);
  const data = await run(['errors', '--json', '--limit', '1']);

  expect(status).toMatchObject({ code: 2, stderr: '' });
  expect(status.stdout).toContain(`load balancer ${id} 'shop': ERROR`);
  expect(status.stdout).toContain('  agent lab-agent\n');
  expect(status.stdout).toContain(`listener ${listenerId} 'shop-listener': ERROR`);
  expect(status.stdout).toContain('not today');
  expect(errors).toMatchObject({ code: 2, stderr: '' });
  expect(errors.stdout).toContain(
    `listener ${listenerId} 'shop-listener'\n  of load balancer ${id}`,
  );
  expect(data.code).toBe(2);
  expect(JSON.parse(data.stdout)).toMatchObject({ is_truncated: true });

  for (const device of stack.devices) await device.clearFaults();
  await stack.api('lab-admin').send('PUT', `loadbalancers/${id}/failover`);
  await api.active(id);
  expect(await run(['status', id])).toMatchObject({ code: 0 });
});

it('says in a sentence what is wrong', async () => {
  const sentence = async (finished: Promise<Finished>): Promise<string> => {
    const { code, stdout, stderr } = await finished;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };

  expect(await sentence(run(['errors'], 'lab'))).toBe(
    'f5-lbaas: The server refused (403): This is for administrators.\n',
  );
  expect(await sentence(run(['status', 'nope']))).toMatch(
    /\(404\): There is no load balancer 'nope'/,
  );
  expect(await sentence(run(['errors'], 'lab-admin', { OS_PASSWORD: 'wrong' }))).toMatch(
    /Keystone refused the log-in \(401\)/,
  );
  expect(await sentence(run(['errors'], 'lab-admin', { OS_USERNAME: '' }))).toMatch(
    /OS_USERNAME is not set/,
  );
  expect(await sentence(run(['errors', '--url', 'http://127.0.0.1:9']))).toMatch(
    /The server does not answer/,
  );
});
