import { expect, test } from 'vitest';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { latencyText } from '../analysis/verdict/evidence-text.ts';
import { createPaint } from './paint.ts';
import { flat, report } from './test/flat-report.ts';
import { FITTING, openPlan } from './test/sample-situations.ts';
import { percentiles, sampleTrial } from './test/sample-trial.ts';
import { visibleLength } from './text-layout.ts';
import { trialTerminal } from './trial-terminal.ts';

test('predicted stands beside observed, and a disagreement is marked', () => {
  expect(flat()).toContain(
    'PREDICTED refused: idle 20, busy 60; usable 26 = 30 − 3 reserved − 1 other',
  );
  expect(flat()).toContain('OBSERVED refused: peak 26 of 26, 1,204 refused ✓ as predicted');
  const budget = { ...sampleTrial().budget, agrees: false };
  expect(flat({ budget })).toContain('✗ not as predicted');
});

test('each worker has its peak and its answers: keep-alive may starve one pool and spare another', () => {
  expect(flat()).toContain('peak by worker: w1 7, w2 6, w3 7, w10 6 answers by worker: w1 2,327,');
  const [alone] = sampleTrial().workers;
  expect(flat({ workers: alone === undefined ? [] : [alone] })).not.toContain('answers by worker');
});

test('refusals that retries made up for are observed all the same', () => {
  const changes = { refusals: { total: 0, byReason: {} }, plan: openPlan({ retries: '1' }) };
  expect(flat(changes)).toContain('OBSERVED refused: peak 26 of 26, 0 refused (1,204 attempts)');
});

test('where no attempt was refused, none is told', () => {
  const changes = { ...FITTING, plan: openPlan({ retries: '1' }) };
  expect(flat(changes)).toContain('0 refused ✓ as predicted');
});

test('fewer clients than the ceiling: what they can reach is said', () => {
  const budget = { ...sampleTrial().budget, reachable: 40 };
  expect(flat({ budget })).toContain('busy 60, by 64 clients 40;');
  expect(flat({ budget, plan: openPlan() })).toContain('busy 60, by 256 requests in flight 40;');
});

test('unlimited claims are words', () => {
  const { budget, plan } = sampleTrial();
  const text = flat({
    plan: { ...plan, pool: { ...plan.pool, poolSize: 0 } },
    budget: { ...budget, predicted: { ...budget.predicted, floor: null, ceiling: null } },
  });
  expect(text).toContain('4 workers × (unlimited) can open unlimited');
  expect(text).toContain('idle unlimited, busy unlimited');
});

test('the null pool has no size to show', () => {
  const { budget, plan } = sampleTrial();
  const text = flat({
    plan: { ...plan, pool: { ...plan.pool, kind: 'null' } },
    budget: { ...budget, predicted: { ...budget.predicted, floor: null, ceiling: null } },
  });
  expect(text).toContain('4 workers × (no pool) can open unlimited; 26 are usable');
});

test('a withheld percentile is a dash, and unanswered requests are counted "at least"', () => {
  const { latencyMs } = sampleTrial();
  const ok = percentiles({ samples: 1_000, censored: 7, p99: null, p999: null });
  const text = report({ latencyMs: { ...latencyMs, ok } });
  const line = text.split('\n').find((row) => row.includes('right or ≥ ('));
  expect(line).toMatch(/right or ≥ \(1,000\) .* – +– +1\.24s$/);
  expect(text.replace(/\s+/g, ' ')).toContain('(with 7 unanswered as "at least", ≥)');
});

test('a withheld percentile stands in the row of the whole run', () => {
  const { latencyMs } = sampleTrial();
  const ok = percentiles({ p50: null, p90: null, p95: null, p99: null });
  const row = (text: string) => text.split('\n').find((line) => line.includes('whole run ('));
  expect(row(report({ latencyMs: { ...latencyMs, ok } }))).toMatch(/ 39ms .* 214ms +– +1\.24s$/);
  expect(row(report())).toBeUndefined();
});

test('percentiles stand above both ends of their 95 % intervals, which are not evenly far', () => {
  const lines = report().split('\n');
  const from = lines.findIndex((row) => row.includes('95 % interval from'));
  expect(lines[from]).toMatch(/ – +37ms +– +92ms +171ms +– +–$/);
  expect(lines[from + 1]).toMatch(/^ +to +– +39ms +– +107ms +209ms +– +–$/);
});

test('where the time went adds up, and what limits it comes with its evidence', () => {
  expect(flat()).toContain(
    "of 190 ms at p99: 120 ms waiting for a connection, 9 ms connecting, 33 ms in PostgreSQL, 8 ms late in the API's event loop, 20 ms rest",
  );
  expect(flat()).toContain(
    "LIMITED BY PostgreSQL's slots: PostgreSQL refused 1,204 connections; 26 of 26 usable",
  );
});

test('what the evidence says is not said twice', () => {
  const [, , slow] = sampleTrial().composition;
  const said = slow === undefined ? '' : latencyText({ at: 'at p99', ...slow });
  const evidence = `${said}; the pools were busy`;
  const text = flat({ bottleneck: { kind: 'pool', evidence } });
  expect(text.split('at p99:')).toHaveLength(2);
  expect(text).toContain('TIME of 38 ms at p50:');
  const inOtherWords = {
    kind: 'pool' as const,
    evidence: evidence.replace('in PostgreSQL', 'holding it'),
  };
  expect(flat({ bottleneck: inOtherWords }).split('at p99:')).toHaveLength(2);
  // A connection that is held while PostgreSQL has nothing to do is so in a usual request as well.
  const [usual = ''] = flat({ bottleneck: inOtherWords }).split('LIMITED BY');
  expect(usual).toMatch(/TIME of 38 ms at p50: .*holding it/);
});

test('what clients did before their last try is no lateness of the generator', () => {
  const composition = [
    {
      quantile: 'p50' as const,
      latencyMs: 500,
      partsMs: { lag: 300, wait: 150, connect: 0, db: 40, loop: 0, rest: 10 },
    },
  ];
  const retrying = flat({ composition, plan: openPlan({ retries: '2' }) });
  expect(retrying).toContain('of 500 ms at p50: 300 ms before its last try, 150 ms waiting');
  expect(flat({ composition })).toContain('of 500 ms at p50: 300 ms before it was sent, 150 ms');
});

test.each<[WatchedTrial['steadyState']['state'], string]>([
  ['steady', 'STEADY seconds 1 to 10 of 10: why'],
  ['level_shift', 'STEADY seconds 1 to 10 of 10, with a step in them: why'],
  ['drifting', 'STEADY no: it drifts, so no number stands for it: why'],
  ['overloaded', 'STEADY no: more arrives than is answered'],
  ['insufficient', 'STEADY cannot be told: why'],
  ['not_judged', 'STEADY why'],
])('which seconds the numbers are from: %s', (state, says) => {
  const steadyState = { ...sampleTrial().steadyState, state, detail: 'why' };
  expect(flat({ steadyState })).toContain(says);
});

test('the machine has a line only when it has something to say', () => {
  expect(flat()).toContain('HOST somebody waited for a CPU 12 % of the time WOULD FIT');
  const calm = { cpuPressureShare: null, throttledPeriods: 0, throttledMs: 0, cpuStealShare: null };
  expect(flat({ host: calm })).not.toContain('HOST');
  const busy = { cpuPressureShare: 0, throttledPeriods: 3, throttledMs: 120, cpuStealShare: 0.02 };
  expect(flat({ host: busy })).toContain(
    'HOST 2.0 % of the CPU went to other machines; out of CPU quota in 3 periods, 120 ms in all',
  );
});

test('the limits of the verdict are printed, those that were changed are marked', () => {
  expect(flat()).toContain('generator busy > 70 %, 90 %; dropped > 0 %, 5 %;');
  expect(flat()).toContain('under 100 samples beyond p99; interval beyond ± 25 %;');
  expect(flat()).not.toContain('(changed)');
  const { plan } = sampleTrial();
  const gates = { ...plan.gates, generatorUtilization: { degraded: 0.5, invalid: 0.9 } };
  expect(flat({ plan: { ...plan, gates } })).toContain('generator busy > 50 %, 90 % (changed);');
});

test('a doubtful result shows each reason with its advice', () => {
  const text = flat({
    verdict: 'DEGRADED',
    caveats: [
      { code: 'few_samples', grade: 'DEGRADED', detail: 'p99 has 5', advice: 'Measure longer.' },
    ],
    laws: [{ name: 'ledger', holds: false, detail: '5 ≠ 6' }],
  });
  expect(text).toContain('VERDICT DEGRADED; 1 law of 1 broken');
  expect(text).toContain('DEGRADED few_samples: p99 has 5 → Measure longer.');
  expect(text).toContain('✗ ledger: 5 ≠ 6');
});

test('every report ends with what carries over, what does not and what is unknown', () => {
  expect(flat()).toMatch(/CARRIES OVER .* DOES NOT .* UNKNOWN .* shared by all\) $/);
});

test('a shape that fits is spelt in other words', () => {
  expect(flat(FITTING)).toContain(
    'FITS (5+10) a worker, written as create_engine(url, pool_size=5, max_overflow=10) maximumPoolSize=15 minimumIdle=5',
  );
});

test('instead of a shape that does not fit, the largest that would is spelt', () => {
  expect(flat()).toContain(
    'WOULD FIT (4+2) a worker, written as create_engine(url, pool_size=4, max_overflow=2) maximumPoolSize=6 minimumIdle=6 database.yml: pool: 6',
  );
  const deploy = sampleTrial({ plan: { ...sampleTrial().plan, rolloutSurge: 1 } });
  expect(flat({ plan: deploy.plan })).toContain('WOULD FIT (3+2) a worker');
});

test('where not even one connection a worker fits, none is advised', () => {
  const { budget } = sampleTrial();
  const text = flat({ budget: { ...budget, predicted: { ...budget.predicted, usable: 3 } } });
  expect(text).toContain('WOULD FIT nothing: 3 usable for 4 workers');
});

test('what the system did not tell is a dash, not a zero', () => {
  expect(flat({ cpuMs: { postgres: null, api: 5_000, generator: 0, pooler: null } })).toContain(
    'PostgreSQL –, API 0.50, load generator 0.00 of 2 cores',
  );
});

test('a deploy in mid-window has its own line', () => {
  const rollout = { surge: 1, replaced: 4, workersPeak: 5, durationMs: 3_200, failure: null };
  expect(flat({ rollout })).toContain(
    'DEPLOY 4 workers replaced in 3.20 s, at most 5 at the same time',
  );
});

test('the table of latencies fits 80 columns with the widest numbers there are', () => {
  const widest = percentiles({
    ...{ samples: 12_345_678, mean: 0.12, p50: 0.12, p90: 0.12, p95: 0.12 },
    ...{ p99: 0.12, p999: 0.12, max: 3_599_000 },
  });
  const { okIntervals } = sampleTrial().latencyMs;
  const ok = { ...widest, p50: null };
  const rows = report({
    latencyMs: { ok, okIntervals, okHistogram: null, error: widest },
    wholeRun: { ...sampleTrial().wholeRun, latencyMs: widest },
  }).split('\n');
  expect(Math.max(...rows.map(visibleLength))).toBeLessThanOrEqual(80);
});

test.each([80, 100, 200])('no line is wider than %d columns', (columns) => {
  const caveats = [
    {
      code: 'few_samples' as const,
      grade: 'DEGRADED' as const,
      detail: 'word '.repeat(60),
      advice: 'word '.repeat(60),
    },
  ];
  const wide = report({ caveats }, columns)
    .split('\n')
    .filter((line) => visibleLength(line) > columns);
  expect(wide).toEqual([]);
});

test('without colour there is no escape character; with colour the words are the same', () => {
  const plain = report();
  expect(plain).not.toContain('\u001b');
  const colored = trialTerminal(sampleTrial(), { columns: 80, paint: createPaint(true) });
  expect(colored).toContain('\u001b[31mEXHAUSTED');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});
