import { expect, test } from 'vitest';
import { LabError } from '../../lab-error.ts';
import type { LoadProgress } from '../../load/load-engine.ts';
import { parseTrialPlan } from '../../plan/parse-trial-plan.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { orderTrials } from '../../plan/sweep/trial-order.ts';
import { fakeTrial } from '../../test/fake-sweep.ts';
import { createPaint } from '../paint.ts';
import { createSweepProgress, type SweepProgressOptions } from './sweep-progress.ts';
import { FakeTerminal } from './test/fake-terminal.ts';

const { plan: base } = parseTrialPlan({ flags: { warmup: '700ms', duration: '8s' }, env: {} });
const PLAN: SweepPlan = {
  schemaVersion: 1,
  axes: {
    workload: ['hot', 'point'],
    load: [base.load.model],
    dbRttMs: [0],
    maxConnections: [30, 100],
    poolKind: ['queue'],
    maxOverflow: [5],
    workers: [4],
    poolSize: [8],
  },
  base,
  rounds: 3,
  predictedSurge: 1,
  settings: {},
};
const trials = orderTrials(PLAN);
const [first] = trials;
if (first === undefined) throw new Error('a plan without trials');

function progressOn(
  output: SweepProgressOptions['output'],
  { live = true, doneBefore = 0 }: { live?: boolean; doneBefore?: number } = {},
) {
  const clock = { nowMs: 0 };
  const progress = createSweepProgress({
    output,
    live,
    paint: createPaint(false),
    plan: PLAN,
    pending: trials.slice(doneBefore),
    doneBefore,
    nowMs: () => clock.nowMs,
  });
  return { progress, clock };
}

const ledger = { scheduled: 4_000, ok: 3_900 } as const;
function load(elapsedMs: number): LoadProgress {
  const endings = {
    ...ledger,
    httpErrors: {},
    refusalReasons: {},
    connectionErrors: {},
    timeouts: 0,
    lost: 0,
    unanswered: 0,
    dropped: 0,
  };
  return {
    elapsedMs,
    ledger: { ...endings, attempts: { ...endings, started: 4_000 } },
    good: 3_800,
    inFlight: 64,
    latencyUs: null,
    recent: { latencyUs: null, lagUs: null, eventLoopUtilization: 0 },
  };
}

test('a terminal shows where the sweep is, the cell, the throughput and the connections', () => {
  const terminal = new FakeTerminal(80);
  const { progress } = progressOn(terminal);
  expect(terminal.rows()).toEqual(['0 of 12 trials: starting PostgreSQL; about 2 min left']);
  progress.trial(first, 1);
  progress.phase('warmup');
  expect(terminal.rows()[0]).toBe('trial 1 of 12, round 1 of 3: warming up; about 2 min left');
  progress.load(load(3_100), { now: 30, peak: 40 });
  const [where, cell, rate, bar, ...more] = terminal.rows();
  expect(where).toBe('trial 1 of 12, round 1 of 3: measuring 3/8 s; about 2 min left');
  expect(cell).toBe(
    `${first.plan.workload}: 4 × (8+5) at max_connections ${first.plan.postgres.maxConnections}`,
  );
  expect(rate).toBe('1,258 right answers/s (1,226 in time), 12 failed/s, 64 in flight');
  expect(bar).toMatch(/^\[█+▒*[·|!]+\] 30 now, may be \| 52, ! \d+ usable/);
  expect(more).toEqual([]);
  progress.end();
  expect(terminal.rows()).toEqual(['']);
});

test('while the API stops no connections are shown, since nobody looks', () => {
  const terminal = new FakeTerminal(80);
  const { progress } = progressOn(terminal);
  progress.trial(first, 1);
  progress.load(load(8_100), { now: 30, peak: 40 });
  progress.phase('stop');
  expect(terminal.rows().at(-1)).toMatch(/^\[[^█▒]+\] – now, may be \| 52/);
});

test('in a trial with a rolling restart the extra workers count', () => {
  const terminal = new FakeTerminal(80);
  const { progress } = progressOn(terminal);
  const rolling = { ...first, plan: { ...first.plan, rolloutSurge: 2 } };
  progress.trial(rolling, 1);
  // 6 × (8+5); without the restart 52.
  expect(terminal.rows().at(-1)).toContain(' may be | 78,');
});

test('after a trial its result is seen, and what is started next', () => {
  const terminal = new FakeTerminal(80);
  const { progress, clock } = progressOn(terminal);
  progress.trial(first, 1);
  clock.nowMs = 20_000;
  progress.measured(first, fakeTrial(first));
  const rows = terminal.rows();
  expect(rows[0]).toMatch(/^1 of 12 trials: [^;]+; about 4 min left$/);
  expect(rows.at(-1)).toMatch(
    /^last: \w+: 4 × \(8\+5\) at max_connections \d+: [\d,]+\/s in time, p99/,
  );
});

test('what is started anew is PostgreSQL after a failure, or when its settings change', () => {
  const shownAfter = (state: 'measured' | 'failed', at: number): string => {
    const terminal = new FakeTerminal(80);
    const { progress } = progressOn(terminal);
    const trial = trials[at];
    if (trial === undefined) throw new Error('no such trial');
    progress.trial(trial, at + 1);
    progress.phase('stop');
    if (state === 'measured') progress.measured(trial, fakeTrial(trial));
    else progress.failed(trial, new LabError('POSTGRES_DIED', { message: 'gone', hint: '' }));
    return /: (.*);/.exec(terminal.rows()[0] ?? '')?.[1] ?? '';
  };
  expect(shownAfter('measured', 0)).toBe('stopping the API');
  expect(shownAfter('measured', 1)).toBe('starting PostgreSQL');
  expect(shownAfter('failed', 0)).toBe('starting PostgreSQL');
  expect(shownAfter('measured', 11)).toBe('stopping PostgreSQL');
});

test('a sweep that goes on counts what was measured before', () => {
  const terminal = new FakeTerminal(80);
  const { progress } = progressOn(terminal, { doneBefore: 7 });
  const next = trials[7];
  if (next === undefined) throw new Error('no such trial');
  progress.trial(next, 1);
  expect(terminal.rows()[0]).toBe('trial 8 of 12, round 2 of 3: starting the API; about 50 s left');
});

test('a log has a line for each trial, with its result and nothing else', () => {
  let log = '';
  const { progress, clock } = progressOn(
    { columns: 100, write: (text) => (log += text) },
    { live: false },
  );
  for (const [index, trial] of trials.slice(0, 2).entries()) {
    progress.trial(trial, index + 1);
    progress.phase('measure');
    progress.load(load(1_000), { now: 1, peak: 1 });
    clock.nowMs += 10_000;
    if (index === 0) progress.measured(trial, fakeTrial(trial));
    else
      progress.failed(
        trial,
        new LabError('POSTGRES_DIED', { message: 'PostgreSQL\n\u001b[31mended', hint: '' }),
      );
  }
  progress.note('the watchdog ended');
  progress.end();
  const text = log.replaceAll(/\n {2}/g, ' ');
  expect(text).toMatch(
    /^1\/12 round 1, \w+: 4 × \(8\+5\) at max_connections \d+: [\d,]+\/s in time, p99 [\d.]+ ms,/,
  );
  expect(text).toMatch(/ VALID; about 2 min left\n2\/12 round 1, /);
  expect(text).toMatch(/FAILED, POSTGRES_DIED: PostgreSQL \ufffd\[31mended; about/);
  expect(log).toMatch(/the watchdog ended\n$/);
});

test.each([10, 20, 40, 80])(
  'at %i columns the block never takes more rows than lines',
  (columns) => {
    const terminal = new FakeTerminal(columns);
    const { progress } = progressOn(terminal);
    for (const trial of trials) {
      progress.trial(trial, 1);
      progress.load(load(2_000), { now: 12, peak: 99 });
      expect(terminal.rows().length).toBeLessThanOrEqual(5);
      progress.measured(trial, fakeTrial(trial));
    }
    progress.end();
    expect(terminal.rows()).toEqual(['']);
  },
);
