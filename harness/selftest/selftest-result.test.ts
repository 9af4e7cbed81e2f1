import { expect, test } from 'vitest';
import type { Family, Observation, Row } from './family.ts';
import { rowId } from './family.ts';
import { NEAR, time } from './quantity.ts';
import { CLOSES, RESETS } from './rows/breaks.ts';
import { FREEZE } from './rows/freeze.ts';
import { OVERLOAD } from './rows/overload.ts';
import { STALL } from './rows/stall.ts';
import { judgeRow } from './selftest-result.ts';
import { NOISY_HOST, QUIET_HOST } from './test/host-noise.ts';
import { ORIGIN, simulateOpen } from './test/simulated-runs.ts';

/*
 * What a defect of the engine does to its row. The observation is a true one, with the defect's trace
 * put into it.
 */

test('a request that is not counted fails its row, on a noisy host too', async () => {
  const { family, row, seen } = await observe(RESETS);
  const { load } = seen;
  const forgetful = { ...load, ledger: { ...load.ledger, lost: load.ledger.lost - 1 } };
  for (const noise of [QUIET_HOST, NOISY_HOST]) {
    const judged = judgeRow({ family, row }, { seen: { ...seen, load: forgetful }, noise });
    expect(judged.status).toBe('fail');
    expect(wrongNames(judged)).toEqual(['lost']);
  }
});

test('unanswered requests that are left out fail their row', async () => {
  const { family, row, seen } = await observe(STALL);
  const { load } = seen;
  const forgetful = {
    ...load,
    ledger: { ...load.ledger, unanswered: 0 },
    latencyUs: { ...load.latencyUs, censored: load.latencyUs.error },
  };
  const judged = judgeRow(
    { family, row },
    { seen: { ...seen, load: forgetful }, noise: QUIET_HOST },
  );
  expect(wrongNames(judged)).toEqual(['unanswered', 'max']);
});

test('latency from the sending instead of from the due moment fails the row of the freeze', async () => {
  const { family, row, seen } = await observe(FREEZE);
  const { load } = seen;
  const fromSending = { ...load, latencyUs: { ...load.latencyUs, ok: load.serviceUs } };
  const judged = judgeRow(
    { family, row },
    { seen: { ...seen, load: fromSending }, noise: QUIET_HOST },
  );
  expect(wrongNames(judged)).toEqual(['p99']);
});

test('a wrong time is a failure on a quiet host and tells nothing on a noisy one', async () => {
  const { family, row, seen } = await observe(CLOSES);
  const { load } = seen;
  // Every latency is another one's.
  const shifted = { ...load, latencyUs: { ...load.latencyUs, ok: load.lagUs } };
  const judge = (noise: typeof QUIET_HOST) =>
    judgeRow({ family, row }, { seen: { ...seen, load: shifted }, noise });
  expect(judge(QUIET_HOST)).toMatchObject({ status: 'fail', doubts: [] });
  expect(judge(NOISY_HOST).status).toBe('inconclusive');
  expect(judge(NOISY_HOST).doubts).toEqual(['the stub was 7.0 ms late at p99']);
});

test('a row that is right passes on a noisy host as well', async () => {
  const { family, row, seen } = await observe(RESETS);
  expect(judgeRow({ family, row }, { seen, noise: NOISY_HOST }).status).toBe('pass');
});

test('an overload that is called steady fails its row', async () => {
  const { family, row, seen } = await observe(OVERLOAD);
  const { load } = seen;
  // As an engine would that counts nothing in flight.
  const seconds = load.seconds.map((second) => ({ ...second, inFlightSeconds: 1 }));
  const judged = judgeRow(
    { family, row },
    { seen: { ...seen, load: { ...load, seconds } }, noise: QUIET_HOST },
  );
  expect(wrongNames(judged)).toEqual(expect.arrayContaining(['steady state', 'backlog growth']));
});

test('a broken law of the engine fails its row, in the engine’s words', async () => {
  const { family, row, seen } = await observe(CLOSES);
  const load = { ...seen.load, brokenLaws: ['one is not two'] };
  const judged = judgeRow({ family, row }, { seen: { ...seen, load }, noise: NOISY_HOST });
  expect(judged).toMatchObject({ status: 'fail', brokenLaws: ['one is not two'] });
});

async function observe(
  family: Family,
): Promise<{ readonly family: Family; readonly row: Row; readonly seen: Observation }> {
  const row = family.rows.find(({ engine }) => engine === 'open');
  if (row === undefined) throw new Error(`no ${rowId(family, { engine: 'open' })}`);
  return { family, row, seen: await simulateOpen(family.stub, row.load(ORIGIN)) };
}

function wrongNames({ quantities }: ReturnType<typeof judgeRow>): readonly string[] {
  return quantities.filter(({ holds }) => !holds).map(({ name }) => name);
}

test('a percentile of few samples that may be right is inconclusive, one that cannot be is a failure', async () => {
  const { family, row, seen } = await observe(STALL);
  const p99 = (known: { low: number; high: number } | null) => ({
    ...time('p99', { truth: 20, ours: 21.2, tolerance: NEAR }),
    known,
  });
  const judged = (known: { low: number; high: number } | null) =>
    judgeRow({ family, row: { ...row, judge: () => [p99(known)] } }, { seen, noise: QUIET_HOST });
  expect(judged({ low: 20.9, high: 23 })).toMatchObject({
    status: 'inconclusive',
    doubts: ['from so few samples the p99 is known as 20.9 to 23.0 ms only'],
  });
  expect(judged({ low: 21.1, high: 23 })).toMatchObject({ status: 'fail', doubts: [] });
  expect(judged(null).status).toBe('fail');
});
