import { defineConfig } from 'vitest/config';

const needsPostgres = '**/*.pg.test.ts';
const endToEnd = '**/*.e2e.test.ts';
const realTime = '**/*.realtime.test.ts';
const ignored = ['**/node_modules/**', '**/dist/**', 'harness/test/lint-fixtures/**'];

/** Where CI wants the result as JSON besides the text, to count it. */
const jsonReport = process.env['POOL_LAB_TEST_REPORT'];

/**
 * Tests against real processes meet moments of a shared machine that no deadline foresees. On CI such a
 * test gets one more try, which the reporter shows as `(retry x1)`; at a desk it fails at once.
 */
const REAL_TIME_RETRIES = process.env['CI'] === undefined ? 0 : 1;

export default defineConfig({
  test: {
    reporters:
      jsonReport === undefined ? ['default'] : ['default', ['json', { outputFile: jsonReport }]],
    // A process per file: what a file leaves behind can be told, and ends with it.
    pool: 'forks',
    isolate: true,
    setupFiles: ['harness/test/survivor-guard.ts'],
    // `groupOrder`: one project after the other, so that nothing else runs beside a test that starts
    // processes and waits for them. Two workers are what keeps two cores busy.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{server,harness,dashboards}/**/*.test.ts'],
          exclude: [...ignored, needsPostgres, endToEnd, realTime],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          retry: REAL_TIME_RETRIES,
          include: [needsPostgres],
          exclude: ignored,
          globalSetup: ['harness/test/postgres-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // They share one server and the lab's schema in it, which some of them drop.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          retry: REAL_TIME_RETRIES,
          include: [endToEnd],
          exclude: ignored,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // They wait for conditions, whenever those come, and mostly for processes that wait themselves; what
          // judges time is in the last project.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          // Measures, so nothing may run beside it: alone, and after everything else.
          name: 'realtime',
          retry: REAL_TIME_RETRIES,
          include: [realTime],
          exclude: ignored,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
