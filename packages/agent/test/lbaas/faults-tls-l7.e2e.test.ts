// The device or the agent stops at any request of a change to a load balancer with everything about TLS and L7: what was
// begun is finished by the next try, to the same configuration, and no key is left in the download directory.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asText } from '../../src/object-types/property.ts';
import { startLab, type Lab } from '../driver/lab.ts';
import { DEVICE_FAULTS, Story } from '../driver/story.ts';
import { tlsL7Scenario, type TlsL7Scenario } from './tls-l7.ts';

let scenario: TlsL7Scenario;
let lab: Lab;
let story: Story;

beforeAll(async () => {
  scenario = tlsL7Scenario();
  const { secrets, esdDirectory } = scenario;
  lab = await startLab({ driver: { secrets, esdDirectory } });
  story = await Story.of(lab, [scenario.build(), scenario.change(), scenario.remove()]);
});
afterEach(async () => {
  expect(await downloads()).not.toContain('f5-lbaas-');
});
afterAll(async () => {
  await lab.stop();
  scenario.close();
});

async function downloads(): Promise<string> {
  const { commandResult } = await lab.devices[0]!.reader.run('/util/unix-ls', {
    command: 'run',
    utilCmdArgs: '/var/config/rest/downloads/',
  });
  return asText(commandResult);
}

it('is a story about every kind of object, in which something changes', () => {
  const [built, changed, removed] = story.chapters.map(({ expected }) => expected as object);
  const kinds = new Set(Object.keys(built!).map((key) => key.split(' ')[0]));
  expect([...kinds]).toEqual(
    expect.arrayContaining([
      ...['/ltm/profile/client-ssl', '/ltm/profile/server-ssl', '/ltm/policy', '/ltm/rule'],
      ...['/sys/file/ssl-cert', '/sys/file/ssl-key', '/sys/file/ssl-crl'],
    ]),
  );
  expect(changed).not.toEqual(built);
  expect(removed).toEqual({});
  expect(story.chapters[0]!.requests).toBeGreaterThan(20);
});

describe.each(DEVICE_FAULTS)('a device that %s', (_what, fault) => {
  it('any request converges to the same configuration', () => story.withFaultAtEveryRequest(fault));
});

describe('an agent that dies', () => {
  it('at any request is finished by the next one', () => story.withAgentsDyingAtEveryRequest());
});
