import { beforeAll, expect, test } from 'vitest';
import { createLoadEngine } from '../load/load-process-engine.ts';
import { openStubProcess } from '../load/stubs/stub-process-link.ts';
import { createPaint } from '../report/paint.ts';
import { selftestTerminal } from '../report/selftest-terminal.ts';
import { FAMILIES, ROW_IDS } from './families.ts';
import { runSelftest } from './run-selftest.ts';
import type { SelftestResult } from './selftest-result.ts';

/*
 * The self-test as a user runs it, in real time. A wrong count fails anywhere; a wrong time fails on a
 * quiet host, and on a noisy one it is told on stderr: it was not tested here and now.
 */

/** All rows take about 50 s. */
const DEADLINE_MS = 120_000;

let result: SelftestResult;

beforeAll(async () => {
  await using stubs = await openStubProcess();
  await using load = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  const { signal } = new AbortController();
  result = await runSelftest(FAMILIES, {
    load,
    stubs,
    withAutocannon: false,
    signal,
    say: () => undefined,
  });
  if (result.rows.some(({ status }) => status === 'inconclusive')) {
    const text = selftestTerminal(result, { columns: 100, paint: createPaint(false) });
    process.stderr.write(`\nINCONCLUSIVE, and therefore not tested: a noisy host.\n${text}\n`);
  }
}, DEADLINE_MS);

test.each(ROW_IDS)('%s: measured as it is', (id) => {
  const row = result.rows.find((it) => it.id === id);
  expect(row).toBeDefined();
  expect(row?.status, JSON.stringify(row, null, 2)).not.toBe('fail');
});
