// util/bash, tmsh behind it, configuration files and uploads.
import { expect, it } from 'vitest';
import { useEmulator } from './harness.ts';

const harness = useEmulator();

async function bash(command: string): Promise<string> {
  const reply = await harness.device.post('util/bash', {
    command: 'run',
    utilCmdArgs: `-c "${command}"`,
  });
  expect(reply).toMatchObject({ status: 200, body: { kind: 'tm:util:bash:runstate' } });
  return (reply.body['commandResult'] as string | undefined) ?? '';
}

async function upload(name: string, content: string): Promise<void> {
  const size = Buffer.byteLength(content);
  const reply = await harness.device.call('POST', `/mgmt/shared/file-transfer/uploads/${name}`, {
    body: Buffer.from(content),
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `0-${size - 1}/${size}`,
    },
  });
  expect(reply.status).toBe(200);
}

it('creates, changes, lists and deletes through tmsh what REST shows', async () => {
  const created = await bash(
    'tmsh create ltm pool tp members add { 10.0.0.1:80 { ratio 3 } 10.0.0.2:80 } monitor http',
  );
  await bash('tmsh modify ltm pool tp load-balancing-mode ratio-member');
  await bash('tmsh modify ltm pool tp members add { 10.0.0.3:80 }');
  await bash('tmsh modify ltm pool tp members delete { 10.0.0.2:80 }');
  await bash('tmsh modify ltm pool tp members modify { 10.0.0.3:80 { ratio 5 } }');
  const listed = await bash('tmsh list ltm pool tp');
  const shown = await harness.device.get('ltm/pool/tp?expandSubcollections=true');
  const removed = await bash('tmsh delete ltm pool tp');

  expect(created).toBe('');
  expect(listed).toBe(
    'ltm pool tp {\n    load-balancing-mode ratio-member\n    monitor /Common/http\n' +
      '    members {\n        10.0.0.1:80 {\n            ratio 3\n        }\n' +
      '        10.0.0.3:80 {\n            ratio 5\n        }\n    }\n}\n',
  );
  expect(shown.body).toMatchObject({ loadBalancingMode: 'ratio-member' });
  expect(shown.body.membersReference.items).toMatchObject([
    { name: '10.0.0.1:80', ratio: 3 },
    { name: '10.0.0.3:80', ratio: 5 },
  ]);
  expect(removed).toBe('');
  expect((await harness.device.get('ltm/pool/tp')).status).toBe(404);
});

it('prints refusals instead of failing the call', async () => {
  expect(await bash('tmsh delete ltm pool none')).toContain(
    '01020036:3: The requested Pool (/Common/none) was not found.',
  );
  expect(await bash('tmsh frobnicate ltm pool')).toContain('Syntax Error');
  expect(await bash('no-such-program')).toBe('bash: no-such-program: command not found\n');
});

it('refuses arguments that are no script', async () => {
  const bare = await harness.device.post('util/bash', { command: 'run', utilCmdArgs: 'ls' });
  const open = await harness.device.post('util/bash', { command: 'run', utilCmdArgs: "-c 'ls" });

  expect([bare.status, open.status]).toEqual([400, 400]);
  expect(open.body.message).toBe('quotes are not balanced');
});

it('merges a configuration file: all of it or nothing', async () => {
  await upload(
    'good.conf',
    'ltm monitor http /Common/file_mon { interval 7 timeout 22 }\n' +
      'ltm pool /Common/file_pool {\n    members { 10.0.0.7:80 { } }\n    monitor /Common/file_mon\n}\n' +
      'ltm rule /Common/file_rule { \n when CLIENT_ACCEPTED { log local0. "x" } \n}\n',
  );
  await upload(
    'bad.conf',
    'ltm pool /Common/half { }\nltm pool /Common/other { monitor /Common/no }\n',
  );

  const moved = await harness.device.post('util/unix-mv', {
    command: 'run',
    utilCmdArgs: '/var/config/rest/downloads/good.conf /tmp/good.conf',
  });
  const merged = await bash('tmsh load sys config file /tmp/good.conf merge');
  const refused = await bash('tmsh load sys config file /var/config/rest/downloads/bad.conf merge');
  const closed = await harness.device.post('sys/config', {
    command: 'load',
    options: [{ file: '/var/config/rest/downloads/bad.conf', merge: true }],
  });

  expect(moved.status).toBe(200);
  expect(merged).toBe('');
  expect((await harness.device.get('ltm/pool/file_pool')).body).toMatchObject({
    monitor: '/Common/file_mon',
  });
  expect((await harness.device.get('ltm/rule/file_rule')).body['apiAnonymous']).toContain(
    'log local0',
  );
  expect(refused).toContain('The requested monitor (/Common/no) was not found');
  expect((await harness.device.get('ltm/pool/half')).status).toBe(404);
  expect(closed.body.message).toContain('is not in the list of allowed paths');
});

it('reads a file again when its source is named again', async () => {
  await upload('words.txt', '"a" := "1",\n');
  const source = { sourcePath: 'file:/var/config/rest/downloads/words.txt' };
  const first = await harness.device.post('sys/file/data-group', {
    name: 'words',
    type: 'string',
    ...source,
  });
  await upload('words.txt', '"a" := "2",\n');
  const same = await harness.device.patch('sys/file/data-group/words', { separator: ':=' });
  const again = await harness.device.patch('sys/file/data-group/words', source);

  expect(first.body).toMatchObject({ revision: 1 });
  expect(same.body['checksum']).toBe(first.body['checksum']);
  expect(again.body).toMatchObject({ revision: 2 });
  expect(again.body['checksum']).not.toBe(first.body['checksum']);
});

it('keeps variables of an external monitor', async () => {
  await harness.device.post('ltm/monitor/external', { name: 'ext', run: '/Common/sample_monitor' });
  await bash(
    'tmsh modify ltm monitor external ext user-defined depth \\"2\\" user-defined host \\"a b\\"',
  );

  expect((await harness.device.get('ltm/monitor/external/ext')).body).toMatchObject({
    apiRawValues: { 'userDefined depth': '2', 'userDefined host': 'a b' },
  });
});

it('answers queries for iApps LX packages and notes archives', async () => {
  const path = '/mgmt/shared/iapp/package-management-tasks';
  const started = await harness.device.post(path, { operation: 'QUERY' });
  const task = await harness.device.get(`${path}/${String(started.body['id'])}`);
  await harness.device.post('sys/ucs', { command: 'save', name: 'nightly' });
  const archives = await harness.device.get('sys/ucs');

  expect(started.status).toBe(202);
  expect(task.body).toMatchObject({ status: 'FINISHED', queryResponse: [] });
  expect(archives.body.items).toMatchObject([
    { apiRawValues: { filename: '/var/local/ucs/nightly.ucs' } },
  ]);
});
