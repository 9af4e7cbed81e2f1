import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLoadEngine } from '../load/load-process-engine.ts';
import type { LoadSession } from '../load/load-session.ts';
import { openStubProcess, type StubProcess } from '../load/stubs/stub-process-link.ts';
import { createPaint } from '../report/paint.ts';
import { selftestTerminal } from '../report/selftest-terminal.ts';
import { FAMILIES } from './families.ts';
import { runSelftest } from './run-selftest.ts';

/*
 * The self-test as a user runs it, in real time. A wrong count fails anywhere; a wrong time fails on a
 * quiet host, and on a noisy one it is told on stderr: it was not tested here and now.
 */

let load: LoadSession;
let stubs: StubProcess;

beforeAll(async () => {
  stubs = await openStubProcess();
  load = await createLoadEngine({ onSpawn: () => () => undefined }).open();
});

afterAll(async () => {
  await load.close();
  await stubs[Symbol.asyncDispose]();
});

test.each(FAMILIES)('$title: measured as it is', async (family) => {
  const { signal } = new AbortController();
  const result = await runSelftest([family], { load, stubs, signal, say: () => undefined });
  const text = selftestTerminal(result, { columns: 100, paint: createPaint(false) });
  expect(result.rows).toHaveLength(family.rows.length);
  if (result.rows.some(({ status }) => status === 'inconclusive')) {
    process.stderr.write(`\nINCONCLUSIVE, and therefore not tested: a noisy host.\n${text}\n`);
  }
  const failed = result.rows.filter(({ status }) => status === 'fail').map(({ id }) => id);
  expect(failed, text).toEqual([]);
});
