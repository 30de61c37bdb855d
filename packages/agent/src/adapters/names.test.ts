import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  listenerPartPath,
  objectPath,
  objectPrefix,
  ownerOfName,
  partitionName,
  tenantOfPartition,
  wrapperPolicyPath,
} from './names.ts';

describe('names', () => {
  it('are those of F5’s agent', () => {
    const prefix = objectPrefix('Project');

    expect(partitionName(prefix, '0a1b')).toBe('Project_0a1b');
    expect(objectPath('Project_0a1b', prefix, 'ff-1')).toBe('/Project_0a1b/Project_ff-1');
    expect(objectPrefix('')).toBe('uuid__');
  });

  it('lead back to the tenant', () => {
    const environment = fc.stringMatching(/^[A-Za-z]\w{0,8}$/);
    fc.assert(
      fc.property(environment, fc.uuid(), (name, tenant) => {
        const prefix = objectPrefix(name);
        expect(tenantOfPartition(prefix, partitionName(prefix, tenant))).toBe(tenant);
      }),
    );
  });

  it('lead back to the object', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (tenant, id) => {
        const prefix = objectPrefix('Project');
        const partition = partitionName(prefix, tenant);
        const path = objectPath(partition, prefix, id);
        const cookie = listenerPartPath(partition, prefix, 'app_cookie', id);
        expect(ownerOfName(prefix, { type: 'pool', path })).toEqual({ kind: 'pools', id });
        expect(ownerOfName(prefix, { type: 'rule', path: cookie })).toEqual({
          kind: 'listeners',
          id,
        });
        const policy = wrapperPolicyPath(partition, id);
        expect(ownerOfName(prefix, { type: 'policy', path: policy })).toEqual({
          kind: 'listeners',
          id,
        });
      }),
    );
  });

  it('of an environment with a longer prefix are not ours', () => {
    expect(tenantOfPartition('Project_', 'Project_2_0a1b')).toBeUndefined();
    expect(tenantOfPartition('Project_', 'Common')).toBeUndefined();
    expect(ownerOfName('Project_', { type: 'pool', path: '/Project_1/by_hand' })).toBeUndefined();
  });
});
