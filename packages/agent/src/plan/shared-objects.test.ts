// Files and TLS profiles are shared: they come with their first user and go with their last.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RawDevice } from '../../test/driver/raw-device.ts';
import { compileService } from '../compile/compile-service.ts';
import type { CompiledService } from '../compile/compiled-service.ts';
import type { TlsMaterial } from '../compile/tls-material.ts';
import type { DeviceObjects } from '../object-types/device-object.ts';
import { referencesOf } from '../object-types/references.ts';
import { desiredPartition } from './desired-partition.ts';
import { PartitionContents } from './partition-contents.ts';
import { planSteps } from './plan.ts';
import type { Step } from './step.ts';

const REFS = ['a', 'b', 'c'].map((name) => `https://x/v1/containers/${name}`);

/** Certificates of some generation: rotation gives all of them new contents. */
function material(generation: number): TlsMaterial {
  const sum = (what: string): string => `SHA1:${generation}:${what}`;
  return new Map(
    REFS.map((ref) => [
      ref,
      {
        kind: 'bundle',
        certificate: sum(`crt${ref}`),
        privateKey: sum(`key${ref}`),
        chain: generation % 2 === 0 ? sum(`inter${ref}`) : null,
      },
    ]),
  );
}

const arbitraryTls = (id: string): fc.Arbitrary<ServiceDefinition> =>
  fc
    .record({
      gone: fc.boolean(),
      listeners: fc.array(fc.subarray(REFS, { minLength: 1 }), { maxLength: 2 }),
    })
    .map(({ gone, listeners }) =>
      aService({
        ...{ id, tenantId: 't1' },
        loadbalancer: { provisioning_status: gone ? 'PENDING_DELETE' : 'ACTIVE' },
        listeners: listeners.map(([first, ...others]) => ({
          ...{ protocol: 'TERMINATED_HTTPS', default_tls_container_id: first ?? null },
          sni_containers: others.map((ref, position) => ({
            ...{ tls_container_id: ref, listener_id: '', position },
          })),
        })),
      }),
    );

const changes = fc.array(
  fc.record({
    service: fc.oneof(arbitraryTls('x'), arbitraryTls('y'), arbitraryTls('z')),
    generation: fc.nat({ max: 3 }),
  }),
  { minLength: 1, maxLength: 6 },
);

const compile = (service: ServiceDefinition, generation: number): CompiledService =>
  compileService(service, {
    ...{ prefix: 'P_', trafficGroups: ['traffic-group-1'], hasDraftPolicies: true },
    material: material(generation),
  });
const plan = (current: DeviceObjects, compiled: CompiledService): Step[] =>
  planSteps(current, desiredPartition(current, compiled));

describe('shared objects', () => {
  it('are there while something refers to them, and no longer', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const device = new RawDevice();
        for (const { service, generation } of all) {
          device.apply(plan(device.read(), compile(service, generation)));

          const now = device.read();
          const used = new Set([...now.values()].flatMap(referencesOf));
          const shared = [...now.keys()].filter((key) => /^(ssl|profile)-/.test(key));
          expect(shared.filter((key) => !used.has(key))).toEqual([]);
          const virtuals = [...now.values()].filter(({ type }) => type === 'virtual');
          const dangling = virtuals
            .flatMap(referencesOf)
            .filter((key) => key.startsWith('profile-client-ssl /P_t1'))
            .filter((key) => !now.has(key));
          expect(dangling).toEqual([]);
        }
      }),
    );
  });

  it('are planned from the surroundings of a service as from everything', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const contents = new PartitionContents();
        for (const { service, generation } of all) {
          const compiled = compile(service, generation);
          const around = contents.around(compiled);
          expect(plan(around, compiled)).toEqual(plan(contents.objects, compiled));
          contents.replace(around, desiredPartition(around, compiled));
        }
      }),
    );
  });
});
