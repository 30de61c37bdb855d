import { defineConfig } from 'vitest/config';

// Packages are imported from their sources: no build before a test run.
// No 'import' here: vitest hands the list to Node, where it would also apply to require().
const conditions = ['@f5-lbaas/source', 'node'];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

// Files of a worker share their modules, which hold no state of their own: half the time goes into loading them anew.
const isolate = false;

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          isolate,
          include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'component',
          isolate,
          include: ['packages/*/test/**/*.int.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['packages/*/test/**/*.e2e.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'openstack',
          include: ['packages/*/test/**/*.openstack.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
    // CI adds up the JSON reports of all runs.
    reporters: process.env.TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]]
      : ['default'],
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      exclude: ['**/*.test.ts', 'packages/testkit/**'],
    },
  },
});
