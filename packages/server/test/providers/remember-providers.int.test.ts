// A server that is started: does every provider that load balancers have still mean their environment?
import type { Storage } from '@f5-lbaas/storage';
import { aLoadBalancerRow } from '@f5-lbaas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds, type TestDatabase } from '../../../storage/test/databases.ts';
import type { Providers } from '../../src/providers/providers.ts';
import { rememberProviders } from '../../src/providers/remember-providers.ts';

const as = (environments: Record<string, string>): Providers =>
  Object.fromEntries(
    Object.entries(environments).map(([name, environment]) => [
      name,
      { description: '', environment },
    ]),
  );

for (const kind of await databaseKinds()) {
  const title = kind.skip === undefined ? kind.name : `${kind.name}: skipped, ${kind.skip}`;
  describe.skipIf(kind.skip !== undefined)(title, () => {
    let database: TestDatabase;
    let storage: Storage;
    beforeEach(async () => {
      database = await kind.create();
      storage = await database.open();
      await storage.migrate();
    });
    afterEach(async () => {
      await storage.close();
      await database.drop();
    });
    const start = (environments: Record<string, string>) =>
      rememberProviders(storage, as(environments));
    const addLoadBalancer = (provider: string) =>
      storage.transaction(({ loadbalancers }) =>
        loadbalancers.insert(aLoadBalancerRow({ provider })),
      );
    const remembered = async () =>
      Object.fromEntries(
        (await storage.read.providerEnvironments.list()).map((row) => [
          row.provider,
          row.environment,
        ]),
      );

    it('takes any change of a provider that has no load balancers', async () => {
      await start({ f5networks: 'Project', gold: 'Gold' });
      await start({ f5networks: 'Project' });
      await start({ f5networks: 'Prod', gold: 'Gilt' });

      expect(await remembered()).toEqual({ f5networks: 'Prod', gold: 'Gilt' });
    });

    it('refuses to lose load balancers, or to make them a second time elsewhere', async () => {
      await start({ f5networks: 'Project', gold: 'Gold' });
      await addLoadBalancer('gold');
      await addLoadBalancer('f5networks');

      await expect(start({ f5networks: 'Prod' })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'ERR_PROVIDER_IN_USE',
        message:
          "Provider 'f5networks' has load balancers (1) in environment 'Project', but is configured for " +
          "environment 'Prod', where they are not: give the other environment a provider of its own, or " +
          'delete them first.\n' +
          "Provider 'gold' has load balancers (1) in environment 'Gold', but is not configured: add it to " +
          '[service_providers], or delete them first.',
      });
      expect(await remembered()).toEqual({ f5networks: 'Project', gold: 'Gold' });
      // Other names for the environments are no harm.
      await start({ f5networks: 'Project', gold: 'Gold', bronze: 'Project' });
    });

    it('learns the environment of load balancers that are older than its memory', async () => {
      await addLoadBalancer('f5networks');
      await storage.transaction(({ providerEnvironments }) =>
        providerEnvironments.insert({ provider: 'f5networks', environment: null }),
      );

      await expect(start({ gold: 'Gold' })).rejects.toThrow(/'f5networks'.*is not configured/);
      await start({ f5networks: 'Project' });

      await expect(start({ f5networks: 'Prod' })).rejects.toThrow(/'Project'/);
    });

    it('may be started several times at once', async () => {
      const other = await database.open();
      const both = as({ f5networks: 'Project', gold: 'Gold' });

      await Promise.all([storage, other, storage].map((one) => rememberProviders(one, both)));

      await other.close();
      expect(await remembered()).toEqual({ f5networks: 'Project', gold: 'Gold' });
    });
  });
}
