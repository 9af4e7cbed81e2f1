import { expect, test } from 'vitest';
import { flat, report } from './test/flat-report.ts';
import { openPlan } from './test/sample-situations.ts';
import { percentiles, sampleTrial } from './test/sample-trial.ts';

const { latencyMs, componentsMs, wholeRun } = sampleTrial();
const NOTHING = percentiles({
  ...{ mean: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null },
});
const WITHHELD = {
  composition: [],
  latencyMs: {
    ...latencyMs,
    ok: { ...NOTHING, samples: 1_000 },
    okIntervals: { p50: null, p90: null, p95: null, p99: null, p999: null },
  },
  componentsMs: {
    lag: NOTHING,
    wait: NOTHING,
    connect: NOTHING,
    db: NOTHING,
    loop: NOTHING,
    rest: NOTHING,
  },
};

test('where nothing stands for the window only the rows that say something are shown', () => {
  const text = report(WITHHELD);
  expect(text).toContain('whole run (');
  expect(text).toContain('failed (');
  expect(text).not.toMatch(
    /^ +(right \(|± {2}|before it|waiting in|connecting|holding a|rest +[\d–])/m,
  );
  expect(text).toMatch(/^LATENCY +as the clients saw it$/m);
});

test('without any answer there is no table', () => {
  const none = { ...NOTHING, samples: 0 };
  const changes = {
    ...WITHHELD,
    latencyMs: { ...WITHHELD.latencyMs, ok: none, error: none },
    wholeRun: { ...wholeRun, latencyMs: none },
  };
  expect(flat(changes)).toContain('LATENCY none: nobody got an answer STEADY');
  expect(report(changes)).not.toContain('p99.9');
});

test('requests that were never answered are not called right', () => {
  const ok = percentiles({ samples: 835, censored: 822 });
  const text = report({ latencyMs: { ...latencyMs, ok } });
  expect(text).toContain('right or ≥ (835)');
  expect(flat({ latencyMs: { ...latencyMs, ok } })).toContain(
    '(with 822 unanswered as "at least", ≥)',
  );
  expect(report()).toContain('  right (');
});

test('a client that retries has sent before, and that time is told as what it is', () => {
  expect(report({ plan: openPlan({ retries: '1' }), componentsMs })).toContain(
    'before its last try',
  );
  expect(report()).toContain('before it was sent');
});
