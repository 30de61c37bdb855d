// The dependency table of ARCHITECTURE.md, one named rule per line; severity error everywhere.
const allowed = {
  model: [],
  platform: [],
  rpc: ['model', 'platform'],
  storage: ['model', 'platform'],
  server: ['model', 'platform', 'rpc', 'storage'],
  'bigip-client': ['platform'],
  agent: ['model', 'platform', 'rpc', 'bigip-client'],
  'bigip-emulator': ['platform'],
  cli: ['model', 'platform', 'server', 'agent', 'bigip-emulator', 'allinone'],
  allinone: ['model', 'platform', 'rpc', 'storage', 'server', 'agent', 'bigip-emulator'],
};
const NOT_TEST = '(\\.test\\.ts$|/test/|/bench/)';

const packageRules = Object.entries(allowed).map(([from, to]) => ({
  name: `${from}-may-import-only-its-row`,
  severity: 'error',
  comment: 'Imports only go down the dependency table (ARCHITECTURE.md).',
  from: { path: `^packages/${from}/`, pathNot: NOT_TEST },
  to: { path: '^packages/', pathNot: `^packages/(${[from, ...to].join('|')})/` },
}));

/** External library that belongs to one place. */
const only = (name, libraries, place, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: '^packages/', pathNot: `${place}|${NOT_TEST}` },
  to: { path: `node_modules/(${libraries})/` },
});

module.exports = {
  forbidden: [
    ...packageRules,
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Cycles are the best sign of a structure gone wrong.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'emulator-and-client-share-nothing',
      severity: 'error',
      comment: 'A shared mistake would hide itself.',
      from: { path: '^packages/bigip-emulator/' },
      to: { path: '^packages/(bigip-client|agent|model)/' },
    },
    {
      name: 'api-is-thin',
      severity: 'error',
      comment: 'Three APIs over one domain service.',
      from: { path: '^packages/server/src/api/', pathNot: NOT_TEST },
      to: { path: '^packages/(storage|rpc)/' },
    },
    {
      name: 'api-dialects-stand-alone',
      severity: 'error',
      comment: 'Each dialect can be read alone.',
      from: { path: '^packages/server/src/api/(octavia|v1|v2)/' },
      to: {
        path: '^packages/server/src/api/(octavia|v1|v2)/',
        pathNot: '^packages/server/src/api/$1/',
      },
    },
    {
      name: 'planning-is-pure',
      severity: 'error',
      comment: 'Planning takes data and returns data.',
      from: { path: '^packages/agent/src/(compile|plan|normalise)/', pathNot: NOT_TEST },
      to: {
        path: '(^packages/bigip-client/|^node:|^(fs|net|http|https|child_process|crypto|timers)$)',
      },
    },
    {
      name: 'config-managers-stand-alone',
      severity: 'error',
      comment: 'Order between kinds is decided in the builders.',
      from: { path: '^packages/agent/src/config-managers/([^/]+)/' },
      to: {
        path: '^packages/agent/src/config-managers/',
        pathNot: '^packages/agent/src/config-managers/$1/',
      },
    },
    {
      name: 'testkit-is-for-tests',
      severity: 'error',
      comment: 'Production stays clean.',
      from: { path: '^packages/', pathNot: `^packages/testkit/|${NOT_TEST}` },
      to: { path: '(^packages/testkit/|node_modules/(vitest|fast-check)/)' },
    },
    {
      name: 'doors-only',
      severity: 'error',
      comment: 'Packages are entered by their index.ts.',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/[^/]+/src/', pathNot: '^packages/($1/|[^/]+/src/index\\.ts$)' },
    },
    only(
      'sql-in-storage',
      'kysely|pg|mysql2|better-sqlite3',
      '^packages/storage/',
      'One place for SQL.',
    ),
    only(
      'undici-in-platform',
      'undici',
      '^packages/platform/src/http',
      'One place for TLS and timeouts.',
    ),
    only(
      'amqp-in-rpc',
      'rabbitmq-client',
      '^packages/rpc/src/amqp',
      'The in-process transport stays a full equal.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/coverage/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@f5-lbaas/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
