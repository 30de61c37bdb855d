import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RawDevice } from '../../test/driver/raw-device.ts';
import { arbitraryService } from '../../test/driver/service-arbitrary.ts';
import { compileService } from '../compile/compile-service.ts';
import type { CompiledService } from '../compile/compiled-service.ts';
import type { DeviceObjects } from '../object-types/device-object.ts';
import { desiredPartition } from './desired-partition.ts';
import { PartitionContents } from './partition-contents.ts';
import { planSteps } from './plan.ts';
import type { Step } from './step.ts';

const CONTEXT = { prefix: 'P_', trafficGroups: ['traffic-group-1'], hasDraftPolicies: true };

const compile = (service: ServiceDefinition): CompiledService => compileService(service, CONTEXT);
const plan = (current: DeviceObjects, compiled: CompiledService): Step[] =>
  planSteps(current, desiredPartition(current, compiled));

/** Three load balancers that share nodes, and the second one in another shape. */
const services = fc.tuple(
  arbitraryService('a'),
  arbitraryService('b'),
  arbitraryService('c'),
  arbitraryService('b'),
);

describe('the contents of a partition', () => {
  it('give around a service the plan that everything gives', () => {
    fc.assert(
      fc.property(services, ([a, b, c, changed]) => {
        const device = new RawDevice();
        for (const service of [a, b, c]) device.apply(plan(device.read(), compile(service)));
        const current = device.read();
        const compiled = compile(changed);

        const around = new PartitionContents(current.values()).around(compiled);

        expect(plan(around, compiled)).toEqual(plan(current, compiled));
      }),
    );
  });

  it('are what the device holds after each plan', () => {
    fc.assert(
      fc.property(services, (all) => {
        const device = new RawDevice();
        const contents = new PartitionContents();
        for (const service of all) {
          const compiled = compile(service);
          const before = contents.around(compiled);
          const after = desiredPartition(before, compiled);
          device.apply(planSteps(before, after));
          contents.replace(before, after);

          const shown = [...device.read().keys()].sort();
          expect([...contents.objects.keys()].sort()).toEqual(shown);
        }
      }),
    );
  });

  it('around a small service are few, however much there is', () => {
    const contents = new PartitionContents();
    const grown = (id: string): CompiledService =>
      compile(
        aService({
          id,
          tenantId: 't1',
          listeners: [{ default_pool_id: `${id}-pool-1` }],
          pools: [{}],
          members: [{ address: '10.0.0.1' }, { address: '10.0.0.2' }],
        }),
      );
    for (let n = 0; n < 200; n += 1) {
      const before = contents.around(grown(`lb${n}`));
      contents.replace(before, desiredPartition(before, grown(`lb${n}`)));
    }

    const around = contents.around(grown('lb7'));

    expect(contents.objects.size).toBe(200 * 5 + 3);
    // Its own five, partition and nodes, one other user of each node, one other object.
    expect(around.size).toBeLessThanOrEqual(11);
  });
});
