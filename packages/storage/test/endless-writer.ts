// Commits one row after the other and prints its key once it is committed, until it is killed.
import { silentLogger, systemClock } from '@f5-lbaas/platform';
import { openStorage } from '../src/index.ts';

const storage = await openStorage({
  url: process.argv[2] ?? '',
  clock: systemClock,
  logger: silentLogger,
});
await storage.migrate();
for (let number = 0; ; number += 1) {
  const project_id = `project-${number}`;
  await storage.transaction(({ quotas }) =>
    quotas.put({
      project_id,
      loadbalancer: number,
      listener: null,
      pool: null,
      member: null,
      healthmonitor: null,
      l7policy: null,
      l7rule: null,
    }),
  );
  process.stdout.write(`${project_id}\n`);
}
