// The sweeper: what nobody reported on is repeated, timed out, and picked up again.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startDriver, type Harness } from './harness.ts';
import type { StubAgent } from './stub-agent.ts';

let server: Harness;
let agent: StubAgent;
let lb: string;

beforeEach(async () => {
  server = await startDriver({
    resendInitialMs: 10_000,
    resendMaxMs: 40_000,
    pendingTimeoutMs: 300_000,
    errorRetryIntervalMs: 100_000,
    agentDownTimeMs: 1_000_000,
  });
  agent = await server.agent('agent-1');
  lb = await server.api.createLoadBalancer();
  await server.settled();
  agent.messages.length = 0;
});
afterEach(() => server.stop());

const root = () => server.storage.read.loadbalancers.get(lb);

async function secondsOfHints(seconds: number): Promise<number[]> {
  const hints: number[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    await server.clock.advance(1000);
    await server.sweeper.sweep();
    await server.settled();
    if (agent.messages.splice(0).length > 0) hints.push(second);
  }
  return hints;
}

it('repeats an unanswered hint with growing, bounded pauses', async () => {
  expect(await secondsOfHints(170)).toEqual([10, 20, 40, 80, 120, 160]);
});

it('lets one of several servers repeat it', async () => {
  await server.clock.advance(10_000);

  await Promise.all([server.sweeper.sweep(), server.another().sweeper.sweep()]);
  await server.settled();

  expect(agent.messages).toHaveLength(1);
});

it('ends in ERROR what nobody reports on, keeps trying, and lifts it when it is done', async () => {
  await server.clock.advance(300_000);
  await server.sweeper.sweep();
  expect(await root()).toMatchObject({
    provisioning_status: 'ERROR',
    pending_since: null,
    status_reason: "Not finished within 300 s: agent 'agent-1' reported nothing.",
  });
  agent.messages.length = 0;

  await server.clock.advance(100_000);
  await server.sweeper.sweep();
  await server.settled();
  expect(agent.messages).toHaveLength(1);
  await agent.finish(lb);

  expect(await root()).toMatchObject({ provisioning_status: 'ACTIVE', status_reason: null });
});

it('goes on sweeping by itself until it is stopped', async () => {
  server.sweeper.start();
  await server.clock.advance(11_000);
  await server.settled();
  expect(agent.messages).toHaveLength(1);

  await server.sweeper.stop();
  await server.clock.advance(100_000);
  expect(agent.messages).toHaveLength(1);
});
