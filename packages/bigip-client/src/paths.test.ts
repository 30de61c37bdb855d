import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absolutePath, itemPath, listQuery, subcollectionPath } from './paths.ts';

describe('paths', () => {
  it('spell full paths with tildes and escape the route domain', () => {
    expect(itemPath('/ltm/pool', '/T1/App/p1')).toBe('/ltm/pool/~T1~App~p1');
    expect(itemPath('/ltm/node', '/T1/10.0.0.1%5')).toBe('/ltm/node/~T1~10.0.0.1%255');
    expect(itemPath('/ltm/pool/~T~p/members', '/T/10.0.0.1:80')).toBe(
      '/ltm/pool/~T~p/members/~T~10.0.0.1:80',
    );
    expect(subcollectionPath('/ltm/pool', '/T/p', 'members')).toBe('/ltm/pool/~T~p/members');
  });

  it('lead back to the full path', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][\w.:%-]{0,20}$/);
    fc.assert(
      fc.property(name, name, (partition, object) => {
        const path = itemPath('/c', `/${partition}/${object}`);
        const id = decodeURIComponent(path.slice('/c/'.length)).replaceAll('~', '/');
        expect(id).toBe(`/${partition}/${object}`);
      }),
    );
  });

  it('are below /mgmt/tm unless they say otherwise', () => {
    expect(absolutePath('/ltm/pool')).toBe('/mgmt/tm/ltm/pool');
    expect(absolutePath('/mgmt/shared/x')).toBe('/mgmt/shared/x');
    expect(listQuery({})).toBe('');
    expect(listQuery({ select: ['name', 'state'] })).toBe('?$select=name,state');
  });
});
