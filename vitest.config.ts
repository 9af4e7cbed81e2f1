import { defineConfig } from 'vitest/config';

const needsPostgres = '**/*.pg.test.ts';
const endToEnd = '**/*.e2e.test.ts';
const ignored = ['**/node_modules/**', '**/dist/**', 'harness/test/lint-fixtures/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{server,harness,dashboards}/**/*.test.ts'],
          exclude: [...ignored, needsPostgres, endToEnd],
        },
      },
      {
        test: {
          name: 'postgres',
          include: [needsPostgres],
          exclude: ignored,
          globalSetup: ['harness/test/postgres-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: [endToEnd],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
