import { asyncProperty, assert as check, constantFrom, integer } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OTHER, startApi, TENANT, type Item, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
const COUNT = 7;
beforeAll(async () => {
  api = await startApi();
  for (let index = 0; index < COUNT; index += 1) {
    await api.loadBalancer({
      name: `lb-${index}`,
      description: index % 2 === 0 ? 'even' : 'odd',
      admin_state_up: index !== 3,
      tags: index < 2 ? ['a', 'b'] : index < 4 ? ['b'] : [],
    });
  }
});
afterAll(() => api.stop());

const names = (items: Item[]): unknown[] => items.map((item) => item.name);

describe('lists', () => {
  it('are ordered by creation', async () => {
    const { items } = await api.get('/loadbalancers');
    expect(names(items)).toEqual(['lb-0', 'lb-1', 'lb-2', 'lb-3', 'lb-4', 'lb-5', 'lb-6']);
  });

  it.each([
    ['name=lb-2', ['lb-2']],
    ['description=odd&admin_state_up=true', ['lb-1', 'lb-5']],
    ['admin_state_up=no', ['lb-3']],
    ['enabled=false', ['lb-3']],
    ['provisioning_status=ACTIVE&name=lb-6', ['lb-6']],
    ['provisioning_status=DELETED', []],
    ['sort=description:desc,name:asc&limit=2', ['lb-1', 'lb-3']],
    ['sort_key=name&sort_dir=desc&limit=1', ['lb-6']],
    ['tags=a,b', ['lb-0', 'lb-1']],
    ['tags=a&tags=b', ['lb-0', 'lb-1']],
    ['tags-any=a,b&sort=name:DESC&limit=1', ['lb-3']],
    ['not-tags=a,b&limit=2', ['lb-2', 'lb-3']],
    ['not-tags-any=a,b&limit=1', ['lb-4']],
    [`project_id=${TENANT}&limit=1`, ['lb-0']],
  ])('filter by %s', async (query, expected) => {
    expect(names((await api.get(`/loadbalancers?${query}`)).items)).toEqual(expected);
  });

  it('filter by VIP and by the second of creation', async () => {
    const [first] = (await api.get('/loadbalancers?limit=1')).items;
    const byVip = await api.get(`/loadbalancers?vip_address=${String(first!.vip_address)}`);
    expect(names(byVip.items)).toEqual(['lb-0']);
    const byTime = await api.get(`/loadbalancers?created_at=${String(first!.created_at)}`);
    expect(names(byTime.items)).toContain('lb-0');
  });

  it('show only the wanted fields', async () => {
    const { items } = await api.get('/loadbalancers?fields=id&fields=name&limit=1');
    expect(Object.keys(items[0]!)).toEqual(['id', 'name']);
    expect((await api.get('/loadbalancers?fields=id,name&limit=1')).items).toEqual([{}]);
  });

  it.each([
    ['limit=foo', "Supplied pagination limit 'foo' is not valid."],
    ['sort=name:up', "Supplied sort direction 'up' is not valid."],
    ['sort=a:b:c', "Supplied sort key 'a:b:c' is not valid."],
  ])('refuse %s in the form of the router', async (query, description) => {
    const { status, body } = await api.get(`/loadbalancers?${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({ code: 400, title: 'Bad Request', description });
  });

  it.each([
    ['sort=colour', "Supplied sort key 'colour' is not valid."],
    ['marker=unknown', "Supplied pagination marker 'unknown' is not valid."],
    ['colour=red', 'One or more arguments are either duplicate or invalid'],
    ['name=a&name=b', 'One or more arguments are either duplicate or invalid'],
    ['tenant_id=a', 'One or more arguments are either duplicate or invalid'],
    ['listeners=a', 'One or more arguments are either duplicate or invalid'],
  ])('refuse %s', async (query, faultstring) => {
    const { status, body } = await api.get(`/loadbalancers?${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({ faultcode: 'Client', faultstring, debuginfo: null });
  });

  it('link to the neighbouring pages', async () => {
    const ids = (await api.get('/loadbalancers')).items.map((item) => item.id);
    const path = `${api.url}/v2/lbaas/loadbalancers`;

    const first = await api.get('/loadbalancers?limit=3&sort=name:asc&description=even');
    const middle = await api.get(`/loadbalancers?limit=2&marker=${ids[1]}`);
    const last = await api.get(`/loadbalancers?limit=3&marker=${ids[4]}`);

    expect(first.body).toMatchObject({
      loadbalancers_links: [
        { href: `${path}?limit=3&sort=name:asc&marker=${ids[4]}`, rel: 'next' },
      ],
    });
    expect(middle.body).toMatchObject({
      loadbalancers_links: [
        { href: `${path}?limit=2&marker=${ids[2]}&page_reverse=True`, rel: 'previous' },
        { href: `${path}?limit=2&marker=${ids[3]}`, rel: 'next' },
      ],
    });
    expect(names(last.items)).toEqual(['lb-5', 'lb-6']);
    const reverse = await api.get(`/loadbalancers?limit=2&marker=${ids[4]}&page_reverse=True`);
    expect(names(reverse.items)).toEqual(['lb-0', 'lb-1']);
  });

  it('are the concatenation of their pages, whatever the order and page size', async () => {
    const keys = constantFrom('name', 'description:desc', 'updated_at:desc,name', 'vip_address');
    await check(
      asyncProperty(keys, integer({ min: 1, max: COUNT + 1 }), async (sort, limit) => {
        const whole = (await api.get(`/loadbalancers?sort=${sort}`)).items.map((item) => item.id);
        const paged: string[] = [];
        let next = `/loadbalancers?sort=${sort}&limit=${limit}`;
        for (;;) {
          const { items } = await api.get(next);
          paged.push(...items.map((item) => item.id));
          if (items.length < limit) break;
          next = `/loadbalancers?sort=${sort}&limit=${limit}&marker=${paged.at(-1)!}`;
        }
        expect(paged).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });
});

describe('whose objects are listed', () => {
  it.each([
    ['tenant', '', COUNT],
    ['other', '', 0],
    ['observer', '', COUNT],
    ['admin', '', COUNT],
    ['global', '', COUNT],
    ['admin', `?project_id=${OTHER}`, 0],
    ['global', `?project_id=${TENANT}`, COUNT],
  ])('%s sees with %s', async (token, query, count) => {
    const { status, items } = await api.get(`/loadbalancers${query}`, { token });
    expect(status).toBe(200);
    expect(items).toHaveLength(count);
  });

  it.each([
    ['other', `?project_id=${TENANT}`],
    ['nobody', ''],
    ['unscoped', ''],
  ])('%s may not list with "%s"', async (token, query) => {
    const { status, body } = await api.get(`/loadbalancers${query}`, { token });
    expect(status).toBe(403);
    expect(body).toEqual({
      faultcode: 'Client',
      faultstring: 'Policy does not allow this request to be performed.',
      debuginfo: null,
    });
  });
});
