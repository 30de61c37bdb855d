// Typed lint for the whole workspace: promise safety and exhaustiveness decide reconciler bugs, size limits cap tails.
import tseslint from 'typescript-eslint';

const boundaries = [
  { name: 'Date', property: 'now', why: 'Take a Clock from @f5-lbaas/platform.' },
  { name: 'Math', property: 'random', why: 'Take a Random from @f5-lbaas/platform.' },
  { name: 'process', property: 'exit', why: 'Only main.ts ends the process.' },
  { name: 'process', property: 'env', why: 'Configuration comes in as options.' },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'coverage/**',
      '**/*.generated.ts',
      '**/*.cjs',
      '**/*.mjs',
      'eslint.config.js',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unified-signatures': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 11],
      'max-depth': ['error', 4],
      'max-params': ['error', 5],
      'no-restricted-properties': [
        'error',
        ...boundaries.map((b) => ({ object: b.name, property: b.property, message: b.why })),
      ],
    },
  },
  {
    files: [
      'vitest.config.ts',
      'packages/platform/src/**',
      '**/main.ts',
      '**/*.test.ts',
      '**/test/**',
      '**/bench/**',
      'tools/**',
    ],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
  {
    files: ['packages/cli/src/**', 'packages/allinone/src/demo/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/test/**', '**/bench/**', 'packages/testkit/**'],
    rules: {
      'max-lines': ['error', { max: 800, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
);
