// docs/attribute-map.md names every attribute that travels to the agent, every ESD tag and every device type.
import { readFileSync } from 'node:fs';
import { aService } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import { ESD_TAGS } from '../../src/esd/enhanced-service.ts';
import { withPolicies } from './services.ts';

const map = readFileSync(new URL('../../../../docs/attribute-map.md', import.meta.url), 'utf8');

const service = withPolicies(
  aService({ listeners: [{}], pools: [{}], members: [{}], healthmonitors: [{}] }),
  [{ policy: { redirect_url: '', redirect_prefix: '', redirect_http_code: 301 }, rules: [{}] }],
);

/** Of every object, or how they hang together in the service definition. */
const COMMON = ['id', 'tenant_id', 'provisioning_status', 'operating_status'];

const HEADINGS = {
  'Load balancer': service.loadbalancer,
  Listener: service.listeners[0],
  Pool: service.pools[0],
  Member: service.members[0],
  'Health monitor': service.healthmonitors[0],
  'L7 policies and rules': { ...service.l7policies[0], ...service.l7policy_rules[0] },
};

function sectionOf(heading: string): string {
  const start = map.indexOf(`## ${heading}`);
  const end = map.indexOf('\n## ', start + 1);
  return start < 0 ? '' : map.slice(start, end < 0 ? undefined : end);
}

describe('the map of attributes', () => {
  it.each(Object.entries(HEADINGS))('%s: names every attribute', (heading, object) => {
    const section = sectionOf(heading);
    const lists = heading === 'Load balancer' ? ['listeners', 'pools'] : ['admin_state_up'];
    const attributes = Object.keys(object ?? {}).filter(
      (name) => !COMMON.includes(name) && !lists.includes(name),
    );

    expect(attributes.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
  });

  it('names every ESD tag', () => {
    expect(Object.keys(ESD_TAGS).filter((tag) => !map.includes(`\`${tag}\``))).toEqual([]);
  });
});
