import { expect, test } from 'vitest';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import type { Contrast, DemoResult } from '../scenarios/demo.ts';
import { renderDemo } from './demo-screen.ts';
import { createPaint } from './paint.ts';
import { sampleTrial } from './test/sample-trial.ts';

const sound = sampleTrial();

function trial(
  poolSize: number,
  maxOverflow: number,
  budget: { predicted: boolean; refused: number; ceiling: number; rolloutCeiling: number },
): WatchedTrial {
  return {
    ...sound,
    plan: { ...sound.plan, workers: 4, pool: { ...sound.plan.pool, poolSize, maxOverflow } },
    refusals: {
      total: budget.refused,
      byReason: budget.refused > 0 ? { all_slots: budget.refused } : {},
    },
    budget: {
      ...sound.budget,
      predicted: {
        ...sound.budget.predicted,
        usable: 26,
        ceiling: budget.ceiling,
        rolloutCeiling: budget.rolloutCeiling,
      },
      predictedRefusals: budget.predicted,
      observedRefusals: budget.refused > 0,
      agrees: budget.predicted === budget.refused > 0,
    },
  };
}

function contrast(workload: 'hot' | 'point', throughput: Contrast['throughput']): Contrast {
  const side = (poolSize: number): WatchedTrial => ({
    ...sound,
    plan: { ...sound.plan, pool: { ...sound.plan.pool, poolSize } },
    waitEventShares: { 'Lock/tuple': 0.6, 'Lock/transactionid': 0.31, CPU: 0.09 },
  });
  return {
    workload,
    small: [side(2)],
    large: [side(200)],
    throughput,
    goodput: throughput,
    tail: { percentile: 'p99', ratio: throughput },
  };
}

const ratio = { pairs: 3, ratio: 4.1, low: 3.6, high: 4.5, finding: 'higher' } as const;
const fits = { ceiling: 24, rolloutCeiling: 30 };
const safe = { ceiling: 20, rolloutCeiling: 25 };

const demo: DemoResult = {
  reproducedAfterMs: 10_800,
  elapsedMs: 50_000,
  surge: 1,
  tooBig: trial(5, 10, { predicted: true, refused: 1_204, ceiling: 60, rolloutCeiling: 75 }),
  fits: {
    shape: { poolSize: 4, maxOverflow: 2 },
    steady: trial(4, 2, { predicted: false, refused: 0, ...fits }),
    rollout: trial(4, 2, { predicted: true, refused: 311, ...fits }),
  },
  safe: {
    shape: { poolSize: 3, maxOverflow: 2 },
    steady: trial(3, 2, { predicted: false, refused: 0, ...safe }),
    rollout: trial(3, 2, { predicted: false, refused: 0, ...safe }),
  },
  hot: contrast('hot', ratio),
  control: contrast('point', {
    pairs: 3,
    ratio: 1.01,
    low: 0.9,
    high: 1.12,
    finding: 'not_distinguishable',
  }),
};

function screen(change: Partial<DemoResult> = {}, columns = 80): string {
  return renderDemo({ ...demo, ...change }, { paint: createPaint(false), columns });
}

/** Wrapped lines joined again, to look for sentences. */
const flat = (change: Partial<DemoResult>): string => screen(change).replace(/\s+/g, ' ');

test('the first line is the answer', () => {
  expect(screen().split('\n')[0]).toBe(
    '"Too many connections": reproduced in 11 s on PostgreSQL 18.4',
  );
});

test('the whole screen fits a terminal of 80 columns', () => {
  expect(
    Math.max(
      ...screen()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80);
});

test('reason, refusals, both fixes, the ratio and the control are on it', () => {
  expect(screen()).toMatchInlineSnapshot(`
    ""Too many connections": reproduced in 11 s on PostgreSQL 18.4

    WHY     4 workers × (5+10) can open 60; 26 are free for them
            (30 − 3 reserved − 1 this lab's monitor)
    SEEN    predicted: refused   observed: refused   ✓
            1,204 of 9,310 requests refused (SQLSTATE 53300), peak 26 of 26
            connections
            1,204 × "sorry, too many clients already"
    FIX?    4 × (4+2) = 24  0 refused    rolling deploy +1: 30  311 refused  ✗
    FIX     4 × (3+2) = 20  0 refused    rolling deploy +1: 25    0 refused  ✓
    BIGGER CAN BE SLOWER
            hot rows: 200 per worker answers 4.1 [3.6–4.5] × less than 2 per worker,
            p99 4.1 [3.6–4.5] × as long, waiting for row locks 91 %
            read by key: no difference that 3 pairs could tell from noise, 1.01
            [0.90–1.12] ×
    NEXT    npx pool-lab budget --preset fastapi --replicas 6 --workers 4
            --max-connections 100
    TRUST   VALID; windows of 10.0 s, steady state not judged; intervals [–] are
            over pairs.
            Carries over: the arithmetic, the errors. Does not: requests/s, ms, the
            size 2 (2 cores shared by all, no network in between, data in memory).
            Unknown: your network, your data, your clients.
    "
  `);
});

test('nothing refused is said to be not reproduced', () => {
  const tooBig = trial(5, 10, { predicted: true, refused: 0, ceiling: 60, rolloutCeiling: 75 });
  const text = screen({ tooBig });
  expect(text.split('\n')[0]).toContain('NOT reproduced');
  expect(text).toContain('predicted: refused   observed: not refused   ✗ they disagree');
});

test('a deploy that was lucky is no fix, and the prediction is named', () => {
  const lucky = {
    ...demo.fits,
    rollout: trial(4, 2, { predicted: true, refused: 0, ...fits }),
  };
  expect(screen({ fits: lucky }, 100)).toMatch(/^FIX\? .*30 +0 refused +✗ +← refusals predicted$/m);
});

test('a shape that was refused against the prediction is no fix', () => {
  const unlucky = {
    ...demo.safe,
    rollout: trial(3, 2, { predicted: false, refused: 2, ...safe }),
  };
  expect(screen({ safe: unlucky }, 100)).toMatch(/^FIX\? .*25 +2 refused +✗ +← none predicted$/m);
});

test('a difference that noise explains is said to be none', () => {
  const hot = contrast('hot', { ...ratio, low: 0.8, finding: 'not_distinguishable' });
  expect(screen({ hot })).toContain('no difference that 3 pairs could tell from noise');
});

test.each([
  ['higher', 'within 1.00 s 2.0 [0.50–8.0] × less, p99 2.0 [0.50–8.0] × as long'],
  ['lower', 'within 1.00 s 0.50 [0.13–2.0] × more, p99 0.50 [0.13–2.0] × as short'],
  [
    'equivalent',
    'within 1.00 s no difference, 2.0 [0.50–8.0] ×, p99 no different, 2.0 [0.50–8.0] ×',
  ],
  [
    'not_distinguishable',
    'within 1.00 s too uncertain to tell, 2.0 [0.50–8.0] ×, p99 too uncertain to tell, 2.0 [0.50–8.0] ×',
  ],
] as const)('goodput and tail are called what was found of them: %s', (finding, words) => {
  const found = { pairs: 3, ratio: 2, low: 0.5, high: 8, finding };
  const hot = { ...demo.hot, goodput: found, tail: { ...demo.hot.tail, ratio: found } };
  expect(flat({ hot })).toContain(words);
});

test('goodput is told where it tells another story than throughput', () => {
  const later = { ...demo.hot, goodput: { ...ratio, ratio: 7.2, low: 6.1, high: 8.5 } };
  expect(flat({ hot: later })).toContain('within 1.00 s 7.2 [6.1–8.5] × less');
  const late = {
    ...demo.hot,
    goodput: null,
    large: demo.hot.large.map((it) => ({ ...it, goodputPerSecond: 0 })),
  };
  expect(flat({ hot: late })).toContain('within 1.00 s 0/s against 790/s');
});

test('a throughput that was withheld is no ratio', () => {
  const hot = { ...demo.hot, throughput: null, goodput: null };
  expect(flat({ hot })).toContain('hot rows: no interval: a trial has no number for it,');
});

test('doubts are told once each, with the trials they concern', () => {
  const doubtful: WatchedTrial = {
    ...demo.tooBig,
    verdict: 'INVALID',
    caveats: [{ code: 'law_broken', grade: 'INVALID', detail: 'ledger: 3 = 4', advice: '' }],
  };
  expect(screen({ tooBig: doubtful })).toMatch(
    /TRUST {3}INVALID[\s\S]*· law_broken in 1 of 9 trials, e\.g\. ledger: 3 = 4/,
  );
});
