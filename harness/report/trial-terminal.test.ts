import { expect, test } from 'vitest';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { createPaint } from './paint.ts';
import { percentiles, sampleTrial } from './test/sample-trial.ts';
import { visibleLength } from './text-layout.ts';
import { trialHeadline } from './trial-headline.ts';
import { trialTerminal } from './trial-terminal.ts';

const report = (changes: Partial<MeasuredTrial> = {}, columns = 80): string =>
  trialTerminal(sampleTrial(changes), { columns, paint: createPaint(false) });
/** Wrapped lines joined again, to look for sentences. */
const flat = (changes: Partial<MeasuredTrial> = {}): string => report(changes).replace(/\s+/g, ' ');

const NO_ERRORS = {
  requests: { ...sampleTrial().requests, scheduled: 8_094, httpErrors: {} },
  refusals: { total: 0, byReason: {} },
} satisfies Partial<MeasuredTrial>;
const FITTING = {
  ...NO_ERRORS,
  budget: {
    ...sampleTrial().budget,
    predicted: { ...sampleTrial().budget.predicted, usable: 96, fits: true },
    predictedRefusals: false,
    observedRefusals: false,
  },
} satisfies Partial<MeasuredTrial>;

test.each<[string, Partial<MeasuredTrial>, string, boolean]>([
  [
    'refused',
    {},
    'EXHAUSTED: 1,204 of 9,310 requests refused (13 %, SQLSTATE 53300). 4 workers × (5+10) can open 60; 26 are usable',
    false,
  ],
  [
    'pool timeouts without a refusal are another thing',
    {
      refusals: NO_ERRORS.refusals,
      requests: { ...sampleTrial().requests, httpErrors: { pool_timeout: 12 } },
    },
    'STARVED, not exhausted: 12 of 9,310 requests got no connection from the pool (pool_timeout); 0 refused.',
    false,
  ],
  [
    'other errors',
    { ...NO_ERRORS, requests: { ...NO_ERRORS.requests, scheduled: 8_100, lost: 6 } },
    'FAILED REQUESTS: 6 of 8,100, none of them refused.',
    false,
  ],
  [
    'fits',
    FITTING,
    'FITS: 0 refused at 809 requests/s, p99 190 ms. 4 workers × (5+10) can open 60; 96 are usable',
    true,
  ],
  ['could, but did not', NO_ERRORS, 'NOT EXHAUSTED THIS TIME: 0 refused', false],
  [
    'stopped early',
    { ...FITTING, ended: 'aborted', measuredMs: 4_200 },
    'INCOMPLETE, 4.20 s of 10.0 s: FITS',
    false,
  ],
  [
    'stopped early is no reason to hide what was seen',
    {
      ended: 'aborted',
      measuredMs: 4_200,
      verdict: 'INVALID',
      caveats: [{ code: 'interrupted', grade: 'INVALID', detail: 'stopped', advice: 'a' }],
    },
    'INCOMPLETE, 4.20 s of 10.0 s: EXHAUSTED: 1,204',
    false,
  ],
  [
    'not believable, whatever was seen',
    {
      verdict: 'INVALID',
      caveats: [
        { code: 'law_broken', grade: 'INVALID', detail: 'the ledger is off by 3', advice: 'a' },
      ],
    },
    'INVALID, not to be believed: the ledger is off by 3',
    false,
  ],
])('the first line: %s', (_, changes, text, good) => {
  const headline = trialHeadline(sampleTrial(changes));
  expect(headline.text).toContain(text);
  expect(headline.good).toBe(good);
  expect(report(changes).startsWith(headline.text.slice(0, 30))).toBe(true);
});

test('predicted stands beside observed, and a disagreement is marked', () => {
  expect(flat()).toContain(
    'PREDICTED refused: idle 20, busy 60; usable 26 = 30 − 3 reserved − 1 other',
  );
  expect(flat()).toContain('OBSERVED refused: peak 26 of 26, 1,204 refused ✓ as predicted');
  const budget = { ...sampleTrial().budget, agrees: false };
  expect(flat({ budget })).toContain('✗ not as predicted');
});

test('fewer clients than the ceiling: what they can reach is said', () => {
  const budget = { ...sampleTrial().budget, reachable: 40 };
  expect(flat({ budget })).toContain('busy 60, by 64 clients 40;');
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

test('errors come by cause, the most frequent first, refusals in PostgreSQL’s own words', () => {
  const text = flat();
  const order = [
    '1,204 too_many_connections',
    '1,004 × "remaining',
    '200 × "sorry',
    '12 pool_timeout',
  ];
  const places = order.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('a withheld percentile is a dash, and unanswered requests are counted "at least"', () => {
  const ok = percentiles({ samples: 1_000, censored: 7, p99: null });
  const line = report({ latencyMs: { ok, error: percentiles({ samples: 0 }) } })
    .split('\n')
    .find((text) => text.includes('right ('));
  expect(line).toMatch(/right \(1,000, 7 "at least"\) .* – +– +1\.24s$/);
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
  expect(flat({ cpuMs: { postgres: null, api: 5_000, generator: 0 } })).toContain(
    'PostgreSQL –, API 0.50, load generator 0.00 of 2 cores',
  );
});

test('a deploy in mid-window has its own line', () => {
  const rollout = { surge: 1, replaced: 4, workersPeak: 5, durationMs: 3_200 };
  expect(flat({ rollout })).toContain(
    'DEPLOY 4 workers replaced in 3.20 s, at most 5 at the same time',
  );
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

test('a failed trial is its message and the next step', () => {
  const { plan, startedAt } = sampleTrial();
  const text = trialTerminal(
    {
      schemaVersion: 1,
      state: 'failed',
      plan,
      startedAt,
      error: {
        code: 'SERVER_NOT_READY',
        message: 'the API was not ready in 10 s',
        hint: 'see its log',
      },
    },
    { columns: 80, paint: createPaint(false) },
  );
  expect(text).toBe('FAILED: the API was not ready in 10 s\n→ see its log\n');
});
