// Runs the strange requests of one API on every database that is here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { apiDatabases } from '../../api/support/databases.ts';
import { startNetworkApi, type NetworkApi } from './network-api.ts';
import { checkStrangeRequests, type Template } from './strange-requests.ts';

/**
 * @param templatesOf makes objects, and answers a right request for every resource
 * @param fullRuns requests on a database whose share is 1
 */
export async function describeStrangeRequests(
  templatesOf: (network: NetworkApi) => Promise<Template[]>,
  fullRuns: number,
): Promise<void> {
  for (const database of await apiDatabases()) {
    describe.skipIf(database.skip !== undefined)(database.name, () => {
      let opened: Awaited<ReturnType<typeof database.create>>;
      let n: NetworkApi;
      let templates: Template[];
      beforeAll(async () => {
        opened = await database.create();
        n = await startNetworkApi({}, { databaseUrl: opened.url, driver: { sweepIntervalMs: 50 } });
        templates = await templatesOf(n);
      });
      afterAll(async () => {
        await n.api.stop();
        await opened.drop();
      });

      it('is answered below 500, and refusals leave nothing behind', async () => {
        const runs = fullRuns * database.share;
        const statuses = await checkStrangeRequests(n, templates, runs);

        // The property says something only if both kinds of answers came.
        expect(statuses.get(400)).toBeGreaterThan(runs / 10);
        const accepted = (statuses.get(200) ?? 0) + (statuses.get(201) ?? 0);
        expect(accepted).toBeGreaterThan(runs / 10);
      }, 60_000);
    });
  }
}
