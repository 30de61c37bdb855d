// `npm run demo` against a running lab: what it shows, and that it leaves nothing behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnAt } from './support/json.ts';
import { DEMO, LabProcess, runCommand, runNode, signalGroup } from './support/lab-process.ts';

const SLOW = { timeoutMs: 90_000 };

describe('the demo', () => {
  let lab: LabProcess;
  beforeAll(async () => {
    lab = await LabProcess.create();
    await lab.start();
  });
  afterAll(async () => lab.remove());

  async function expectNothingLeft(): Promise<void> {
    const { body } = await lab.api().send('GET', 'loadbalancers');
    expect(columnAt(body, 'loadbalancers', 'name')).toEqual([]);
    for (const device of lab.devices()) expect(await device.ownObjects()).toEqual([]);
  }

  it('spreads requests, survives a stopped server without a failed request, and cleans up', async () => {
    const args = ['run', 'demo', '--', '--data-dir', lab.dataDir, '--requests', '20'];

    // A pipe gets plain text, also where the environment asks for colours as CI does.
    const { code, stdout, stderr } = await runCommand('npm', args, { CI: 'true' }).finished;

    expect(code, stdout + stderr).toBe(0);
    const [beforeStop = '', afterStop = ''] = stdout.split('Stopping server-1');
    expect(beforeStop).toMatch(/20 requests to http:\/\/127\.\S+: 0 failed/);
    expect(beforeStop).toMatch(/server-1 +#+ +10\n/);
    expect(beforeStop).toMatch(/server-2 +#+ +10\n/);
    expect(afterStop).toMatch(/member server-1 leaves ONLINE: ERROR/);
    expect(afterStop).toMatch(/20 requests to http:\/\/127\.\S+: 0 failed/);
    expect(afterStop).not.toMatch(/server-1 +#/);
    expect(afterStop).toMatch(/server-2 +#+ +20\n/);
    expect(afterStop).toContain('Done: no request failed.');
    await expectNothingLeft();
  });

  it('cleans up when it is interrupted', async () => {
    const demo = runNode([...DEMO, '--data-dir', lab.dataDir]);
    await demo.waitForOutput('ok  listener', SLOW);

    signalGroup(demo.child, 'SIGINT');

    const { code, stdout, stderr } = await demo.finished;
    expect(code).toBe(130);
    expect(stdout).toContain('load balancer and all below it deleted');
    expect(stderr).toContain('Interrupted.');
    await expectNothingLeft();
  });

  it('says how to start a lab when there is none', async () => {
    const nowhere = mkdtempSync(join(tmpdir(), 'f5-lbaas-nowhere-'));

    const { code, stderr } = await runNode([...DEMO, '--data-dir', nowhere]).finished;

    rmSync(nowhere, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toContain(`There is no lab description at '${join(nowhere, 'lab.json')}'`);
    expect(stderr).toContain("start the lab with 'npm start'");
  });
});
