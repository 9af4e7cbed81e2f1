import { expect, test } from 'vitest';
import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import {
  measuredFake,
  type SampleSweepOptions,
  sampleSweepResult,
  troubledSweepResult,
} from '../../analysis/sweep/test/sample-sweep.ts';
import { failedTrial } from '../../analysis/sweep/test/troubled-trials.ts';
import { POOLER_DEFAULTS, type Pooler } from '../../plan/pooler.ts';
import { createPaint } from '../paint.ts';
import { visibleLength } from '../text-layout.ts';
import { sweepTerminal } from './sweep-terminal.ts';

function report(result: SweepResult, { columns = 80, color = false } = {}): string {
  return sweepTerminal(result, { columns, paint: createPaint(color), directory: 'runs/mine' });
}
const flat = (result: SweepResult): string => report(result).replace(/\s+/g, ' ');
const HOT: SampleSweepOptions = { axes: { workload: ['hot'] } };
const WHOLE = sampleSweepResult();
const WHOLE_HOT = sampleSweepResult(HOT);
const TROUBLED_HOT = troubledSweepResult(HOT);

test('the first line names the best shape of one situation, with its rate and what choosing wrong costs', () => {
  expect(flat(WHOLE_HOT)).toMatch(
    /^hot: 1 × \(1\+0\) answers 1,8\d\d \[1,8\d\d–1,9\d\d\]\/s in time, 4\.9 \[[\d.–]+\] × as much as 4 × \(16\+5\), whose p99 is [\d.]+ \[[\d.–]+\] × as long/,
  );
});

test('the first line names the best shapes of all situations, and a line each says more', () => {
  const lines = report(WHOLE).split('\n');
  expect(lines[0]).toBe('BEST of hot: 1 × (1+0); hold: 2 × (32+0) (≈ 3 others)');
  expect(lines[1]).toMatch(/^hot: 1 × \(1\+0\) answers/);
});

test('what cannot be told from the best is named', () => {
  expect(flat(WHOLE)).toMatch(/; not to be told from 2 × \(32\+5\), 4 × \(16\+0\)/);
});

test('a control in which nothing differs is said to be one', () => {
  expect(flat(sampleSweepResult({ axes: { workload: ['point'], poolSize: [1, 4] } }))).toMatch(
    /^point: .* (practically as much as|not to be told from) the worst, /,
  );
});

test('what is missing is said before the answer, and how to go on', () => {
  const text = flat(TROUBLED_HOT);
  expect(text).toMatch(
    /^INCOMPLETE: \d+ of 72 trials measured, 4 TRIALS FAILED, 1 FILE DAMAGED\. hot: /,
  );
  expect(text).toContain('npx pool-lab sweep --resume runs/mine');
  expect(text).toContain('4 × POSTGRES_START_FAILED, e.g. hot 1 × (4+0), round 1: PostgreSQL');
  expect(text).toContain('trials/c048-r2.json is cut short');
});

test('a whole sweep offers nothing to resume', () => {
  expect(report(WHOLE_HOT)).not.toMatch(/INCOMPLETE|FAILED|DAMAGED|--resume/);
});

test('no usable shape is said, with what was found instead', () => {
  const text = flat(
    sampleSweepResult({
      axes: { workload: ['hot'], workers: [8], poolSize: [32], maxOverflow: [0] },
    }),
  );
  expect(text).toMatch(
    /^hot: no shape of 1 is usable: 1 exhausted; 8 × \(32\+0\) \(exhausted\) answers the most, 3\d\d \[/,
  );
  expect(text).not.toContain('★');
});

test('nothing measured is a report too', () => {
  const text = flat(sampleSweepResult({ ...HOT, trial: () => null }));
  expect(text).toMatch(/^INCOMPLETE: 0 of 72 trials measured\. hot: no shape of 24 is usable/);
});

test('every cell stands in each map of its panel, an unusable one with its mark', () => {
  const lines = report(WHOLE_HOT).split('\n');
  const rows = lines.filter((line) => /^ {6}[124][ │┊]/.test(line) && !line.includes('×'));
  // Two panels of three workers, three maps each.
  expect(rows).toHaveLength(18);
  for (const row of rows) expect(row.slice(7).match(/[★≈x░▒▓█]?[\d.<>]+[k%sm]?/g)).toHaveLength(4);
  // The best one, in each map of its panel.
  expect(rows.filter((row) => row.includes('★')).map((row) => row.slice(7, 16).trim())).toEqual([
    '★1.9k',
    '★95',
    '★0',
  ]);
  expect(rows.filter((row) => row.includes('│')).every((row) => row.includes('x'))).toBe(true);
});

test('a state has its mark in the legend, and only states that are there', () => {
  const legend = flat(TROUBLED_HOT);
  for (const entry of [
    '! invalid',
    'o overloaded',
    's starved',
    't threshold missed',
    'x exhausted',
  ]) {
    expect(legend).toContain(entry);
  }
  expect(flat(WHOLE_HOT)).not.toContain('o overloaded');
});

test('each threshold says how many meet it, and whether the best one does', () => {
  const text = flat(TROUBLED_HOT);
  expect(text).toMatch(/THRESHOLDS ✓ latency\.p99<50ms: met by \d+ of 24 cells; hot /);
});

test('a caveat is told once however many cells have it', () => {
  const text = flat(
    sampleSweepResult({
      ...HOT,
      trial: (cell, round) => {
        const trial = measuredFake(cell, round);
        if (trial.state === 'failed') return failedTrial(round);
        const { result } = trial;
        const caveat = {
          code: 'cpu_pressure',
          grade: 'DEGRADED',
          detail: 'waited',
          advice: 'Wait.',
        } as const;
        return { ...trial, result: { ...result, verdict: 'DEGRADED', caveats: [caveat] } };
      },
    }),
  );
  expect(text.match(/DEGRADED cpu_pressure/g)).toHaveLength(1);
  expect(text).toContain(
    'DEGRADED cpu_pressure in 24 of 24 cells, e.g. hot 1 × (1+0), rounds 1, 2, 3: waited',
  );
});

test('it ends with what carries over, the best shape as libraries spell it, and commands', () => {
  const text = flat(WHOLE_HOT);
  expect(text).toContain('sqlalchemy: create_engine(url, pool_size=1, max_overflow=0)');
  expect(text).toContain('DOES NOT requests per second, milliseconds, the best size');
  expect(text).toContain('RUN runs/mine');
  expect(text).toContain('npx pool-lab report runs/mine --format html');
  expect(text).toContain('npx pool-lab sweep --config none --workers 1,2,4');
});

test.each([40, 60, 80, 200])('at %d columns no line is wider, but commands to copy', (columns) => {
  for (const result of [WHOLE, TROUBLED_HOT]) {
    const lines = report(result, { columns }).split('\n');
    const wide = lines.filter(
      (line) => visibleLength(line) > columns && !line.startsWith('  npx pool-lab'),
    );
    // A ranking cannot be narrower than its shapes and rates; code is not broken.
    const allowed =
      columns < 60 ? / (\(|×|=)|\d \[|create_engine|maximumPool|db\.Set|new Pool/ : /^$/;
    expect(wide.filter((line) => !allowed.test(line))).toEqual([]);
  }
});

test('colours are there when wanted, and say nothing that the text does not', () => {
  const plain = report(WHOLE);
  const painted = report(WHOLE, { color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about
  expect(plain).not.toMatch(/\u001b/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  expect(painted).not.toBe(plain);
});

test('texts of strangers cannot move the cursor, turn the text or start a new line', () => {
  const hostile = 'a\u001b[2Jb\r\nc\u202ed\u0007';
  const text = report(troubledSweepResult({ ...HOT, hostile }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get out
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text).toContain('a\ufffd[2Jb');
});

test('a wide terminal shows all columns of the ranking, a narrow one what decides', () => {
  const titlesAt = (columns: number): string =>
    report(WHOLE_HOT, { columns })
      .split('\n')
      .find((line) => /^ +# +shape/.test(line)) ?? '';
  expect(titlesAt(200).split(/ {2,}/)).toEqual([
    '',
    '#',
    'shape',
    'opens',
    'in time/s',
    'of the best',
    'p99',
    'errors',
  ]);
  expect(titlesAt(80)).toMatch(/# +shape +in time\/s +of the best +p99$/);
  expect(titlesAt(60)).toMatch(/# +shape +in time\/s/);
});

test('a ratio of a single pair of rounds is told as one, without a claim', () => {
  const [situation] = WHOLE_HOT.situations;
  const against = situation?.bestOverWorst;
  if (situation === undefined || against === undefined || against === null) throw new Error('none');
  const goodput = { pairs: 1, ratio: 3.7, interval: null, finding: 'not_distinguishable' } as const;
  const alone = { ...situation, bestOverWorst: { ...against, goodput } };
  expect(flat({ ...WHOLE_HOT, situations: [alone] })).toContain(
    '3.7 × as much as 4 × (16+5) in the one round that both have: too few to tell them apart',
  );
});

test('where nothing failed a sentence stands for the map of zeros', () => {
  const quiet = sampleSweepResult({ axes: { workload: ['point'], poolSize: [1, 4] } });
  expect(report(quiet)).toContain('\nrequests refused or failed: none\n');
  expect(report(quiet)).not.toContain('requests refused or failed; across');
  expect(report(WHOLE_HOT)).toContain('requests refused or failed; across');
  expect(report(WHOLE_HOT)).not.toContain('requests refused or failed: none');
});

test('what a deploy was seen to take is a column where a rolling restart was measured', () => {
  const titles = /workers +fits +seen to fit +fits in a deploy +seen to +knee/;
  expect(report(WHOLE_HOT)).not.toMatch(/seen to +knee/);
  const situations = WHOLE_HOT.situations.map((situation) => ({
    ...situation,
    frontier: situation.frontier.map((line) => ({ ...line, observedRollout: 4 })),
  }));
  expect(report({ ...WHOLE_HOT, situations })).toMatch(titles);
});

test.each([40, 60, 80])(
  'at %d columns no shape of the headline is broken between lines',
  (columns) => {
    const [headline = ''] = report(WHOLE, { columns }).split('\n\n');
    const shapes = (text: string): readonly string[] => text.match(/\d × \(\d+\+\d+\)/g) ?? [];
    const whole = headline.split('\n').flatMap(shapes);
    expect(whole.length).toBeGreaterThan(5);
    expect(whole).toEqual(shapes(headline.replaceAll(/\s+/g, ' ')));
  },
);

test('an answer is green, and yellow where nothing is decided', () => {
  const situations = WHOLE_HOT.situations.map((situation) => {
    const { bestOverWorst: against, cells } = situation;
    if (against?.goodput === undefined || against.goodput === null) throw new Error('none');
    const goodput = { ...against.goodput, finding: 'not_distinguishable' as const };
    const best = cells.at(3) ?? null;
    return {
      ...situation,
      best,
      notDistinguishable: cells,
      bestOverWorst: { ...against, goodput },
    };
  });
  const undecided = { ...WHOLE_HOT, situations };
  expect(report(undecided)).toMatch(/^hot: no difference/);
  expect(report(undecided, { color: true }).slice(0, 5)).toBe('\u001b[33m');
  expect(report(WHOLE_HOT, { color: true }).slice(0, 5)).toBe('\u001b[32m');
});

test('a pooler that all trials went through is named, and what it may have kept from them', () => {
  const { plan } = WHOLE_HOT;
  const through = (mode: Pooler['mode']): string => {
    const base = { ...plan.base, pooler: { ...POOLER_DEFAULTS, mode } };
    return flat({ ...WHOLE_HOT, plan: { ...plan, base } });
  };
  expect(through('transaction')).toContain(
    'POOLER PgBouncer, transaction mode, 20 connections, at most 100 clients; named statements are off where',
  );
  expect(through('session')).toContain('session mode, 20 connections, at most 100 clients CARRIES');
  expect(flat(WHOLE_HOT)).not.toContain('POOLER');
});
