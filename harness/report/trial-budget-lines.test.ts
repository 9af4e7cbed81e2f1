import { expect, test } from 'vitest';
import { SERVICE_READING } from '../analysis/test/service-observations.ts';
import { DIRECT_API } from '../analysis/trial-machine.ts';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { createPaint } from './paint.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { trialBudgetLines } from './trial-budget-lines.ts';

const linesOf = (api: Partial<WatchedTrial['api']>) =>
  trialBudgetLines(sampleTrial({ api: { ...DIRECT_API, ...api } }), createPaint(false));

test('an API that was started for the trial has nothing more to say', () => {
  const labels = linesOf({ target: null, via: null }).map(({ label }) => label);
  expect(labels).not.toContain('TARGET');
  expect(labels).not.toContain('VIA');
});

test('of an API that ran before it says what could not be seen', () => {
  expect(linesOf({ target: 'http://127.0.0.1:8080', via: null })).toContainEqual({
    label: 'TARGET',
    text: expect.stringMatching(
      /^http:\/\/127\.0\.0\.1:8080, .* Not seen: whether it leaves connections/,
    ),
  });
});

test('what stands between the API and PostgreSQL is named beside the prediction', () => {
  expect(linesOf({ target: null, via: 'pgbouncer:6432' })).toContainEqual({
    label: 'VIA',
    text: expect.stringMatching(/^pgbouncer:6432, .* what its own settings allow$/),
  });
  const viaLimits = { mode: 'transaction', servers: 20, clients: 97 } as const;
  expect(linesOf({ target: null, via: 'pgbouncer:6432', viaLimits })).toContainEqual({
    label: 'VIA',
    text: expect.stringMatching(/in transaction mode, with 20 connections .* 97 clients free/),
  });
});

test('nothing is predicted behind something that did not tell its limits', () => {
  const { budget, api } = sampleTrial();
  const trial = sampleTrial({
    budget: { ...budget, reached: 'unknown' },
    api: { ...api, via: 'db:6432' },
  });
  const texts = trialBudgetLines(trial, createPaint(false)).map(({ text }) => text);
  expect(texts[0]).toMatch(/^nothing: the API connects through db:6432, which did not tell/);
  expect(texts[1]).toMatch(/nothing was predicted$/);
});

test('a service that opened no connection has not shown whether it came as predicted', () => {
  const { budget, connections } = sampleTrial();
  const observed = (peakWorkers: number) =>
    trialBudgetLines(
      sampleTrial({
        budget: { ...budget, observedRefusals: false, agrees: true },
        connections: { ...connections, peakWorkers },
        service: SERVICE_READING,
      }),
      createPaint(false),
    ).find(({ label }) => label === 'OBSERVED')?.text;
  expect(observed(0)).toMatch(/whether as predicted is not seen: it opened no connection$/);
  expect(observed(1)).toMatch(/✓ as predicted$/);
});

test('a service that opened less than it may is said to have', () => {
  const { budget } = sampleTrial();
  const trial = sampleTrial({
    budget: { ...budget, predictedRefusals: true, observedRefusals: false, agrees: false },
    service: SERVICE_READING,
  });
  const lines = trialBudgetLines(trial, createPaint(false));
  expect(lines.find(({ label }) => label === 'OBSERVED')?.text).toMatch(
    /✗ not as predicted: it opened \d+ at most$/,
  );
});

test('a prediction that fails behind a PgBouncer says why', () => {
  const seen = (via: string | null) => {
    const { budget, api } = sampleTrial();
    const trial = sampleTrial({ budget: { ...budget, agrees: false }, api: { ...api, via } });
    return trialBudgetLines(trial, createPaint(false)).find(({ label }) => label === 'OBSERVED');
  };
  expect(seen('a PgBouncer')?.text).toMatch(/✗ not as predicted: see VIA$/);
  expect(seen(null)?.text).toMatch(/✗ not as predicted$/);
});
