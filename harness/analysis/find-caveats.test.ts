import { expect, test } from 'vitest';
import type { Ledger, LoadResult, LoadSecond } from '../load/load-engine.ts';
import { GATE_DEFAULTS, type Gates } from '../plan/gates.ts';
import { CAVEAT_CODES, type CaveatCode } from './caveat-codes.ts';
import { CAVEAT_ADVICE } from './caveats.ts';
import { roundsSpreadCaveat } from './find-caveats.ts';
import { summarizeTrial } from './summarize.ts';
import { decodeFake } from './test/fake-histogram.ts';
import {
  SECONDS,
  soundObservations,
  soundOpenObservations,
  soundSecond,
  worker,
} from './test/observations.ts';
import type { TrialObservations } from './trial-observations.ts';
import type { Caveat } from './trial-result.ts';

type Change = (sound: TrialObservations) => TrialObservations;

const withLoad =
  (change: (load: LoadResult) => Partial<LoadResult>): Change =>
  (sound) => ({ ...sound, load: { ...sound.load, ...change(sound.load) } });

const withLedger = (change: Partial<Ledger>): Change =>
  withLoad(({ ledger }) => ({ ledger: { ...ledger, ...change } }));

const withGates =
  (gates: Partial<Gates>): Change =>
  (sound) => ({ ...sound, plan: { ...sound.plan, gates: { ...sound.plan.gates, ...gates } } });

const withGenerator = (change: Partial<LoadResult['generator']>): Change =>
  withLoad(({ generator }) => ({ generator: { ...generator, ...change } }));

const withHost =
  (change: Partial<TrialObservations['host']>): Change =>
  (sound) => ({ ...sound, host: { ...sound.host, ...change } });

const withServer =
  (change: Partial<TrialObservations['server']>): Change =>
  (sound) => ({ ...sound, server: { ...sound.server, ...change } });

const withAfter =
  (workers: TrialObservations['after']['workers']): Change =>
  (sound) => ({ ...sound, after: { ...sound.after, workers } });

const withSeconds = (change: (second: LoadSecond) => LoadSecond): Change =>
  withLoad(({ seconds }) => ({ seconds: seconds.map(change) }));

const both =
  (...changes: readonly Change[]): Change =>
  (sound) =>
    changes.reduce((changed, change) => change(changed), sound);

const unchanged: Change = (sound) => sound;

const summarized = (change: Change, sound = soundObservations()) =>
  summarizeTrial(change(sound), decodeFake);

function found(code: CaveatCode, change: Change, sound?: TrialObservations): Caveat | undefined {
  return summarized(change, sound).caveats.find((it) => it.code === code);
}

/** Each second right answers become fewer and slower, from 960 of them on. */
const drifting = withSeconds((it) => ({
  ...it,
  outcomes: { ...it.outcomes, ok: 960 - 40 * it.second },
  latencyUs: { ...it.latencyUs, ok: `${14 + 4 * it.second}x${960 - 40 * it.second}` },
}));

/** 960 of 1,000 arrivals are answered in each second, and the rest piles up. */
const overloading = withSeconds((it) => ({
  ...it,
  inFlightSeconds: 20 + 40 * it.second,
  latencyUs: { ...it.latencyUs, ok: `${14 + 40 * it.second}x960` },
}));

const settlesAfter = (seconds: number): Change =>
  withSeconds((it) => ({
    ...it,
    outcomes: { ...it.outcomes, ok: it.second < seconds ? 400 + 50 * it.second : 960 },
  }));

const arrivals = (change: { readonly due: number; readonly issued: number }): Change =>
  withLoad(() => ({ offered: { expected: 12_000, ...change } }));

const shareOfDropped = (dropped: number): Change => withLedger({ dropped, scheduled: 12_000 });

const OPEN = soundOpenObservations();

/** At the edge nothing is said; a little further it is, with that grade. */
const EDGES: readonly (readonly [
  CaveatCode,
  { readonly sound?: TrialObservations; readonly edge: Change; readonly beyond: Change },
  Caveat['grade'],
])[] = [
  ['law_broken', { edge: unchanged, beyond: withLedger({ scheduled: 12_001 }) }, 'INVALID'],
  [
    'worker_crashed',
    { edge: unchanged, beyond: (it) => ({ ...it, deaths: [{ worker: 2, reason: 'SIGKILL' }] }) },
    'INVALID',
  ],
  [
    'target_down',
    { edge: unchanged, beyond: withLoad(() => ({ ended: 'target_down' })) },
    'INVALID',
  ],
  ['interrupted', { edge: unchanged, beyond: withLoad(() => ({ ended: 'aborted' })) }, 'INVALID'],
  [
    'stopped_by_threshold',
    {
      edge: withLoad(() => ({ ended: 'aborted' })),
      beyond: both(
        withLoad(() => ({ ended: 'aborted' })),
        (it) => ({
          ...it,
          stoppedByThreshold: { expression: 'errors.total==0', detail: '480 is not 0' },
        }),
      ),
    },
    'DEGRADED',
  ],
  [
    'generator_busy',
    {
      edge: withGenerator({ eventLoopUtilization: 0.7 }),
      beyond: withGenerator({ eventLoopUtilization: 0.71 }),
    },
    'DEGRADED',
  ],
  [
    'generator_busy',
    {
      edge: unchanged,
      beyond: withGenerator({ eventLoopUtilization: 0.91 }),
    },
    'INVALID',
  ],
  [
    'dispatch_late',
    {
      edge: both(withGates({ dispatchLagShareOfP50: { degraded: 1, invalid: 2 } }), lagOf(5)),
      beyond: both(withGates({ dispatchLagShareOfP50: { degraded: 1, invalid: 2 } }), lagOf(5.1)),
    },
    'DEGRADED',
  ],
  ['dispatch_late', { edge: unchanged, beyond: lagOf(25.1) }, 'INVALID'],
  // The median latency is 14 ms.
  [
    'dispatch_late',
    {
      edge: both(withGates({ dispatchLagShareOfP50: { degraded: 0.2, invalid: 0.5 } }), lagOf(2.8)),
      beyond: lagOf(2.8),
    },
    'DEGRADED',
  ],
  ['dispatch_late', { edge: lagOf(2), beyond: lagOf(7.1) }, 'INVALID'],
  [
    'offered_short',
    {
      sound: OPEN,
      edge: arrivals({ due: 12_000, issued: 11_880 }),
      beyond: arrivals({ due: 12_000, issued: 11_879 }),
    },
    'DEGRADED',
  ],
  [
    'offered_short',
    { sound: OPEN, edge: unchanged, beyond: arrivals({ due: 12_000, issued: 11_399 }) },
    'INVALID',
  ],
  ['dropped_at_cap', { sound: OPEN, edge: unchanged, beyond: shareOfDropped(1) }, 'DEGRADED'],
  ['dropped_at_cap', { sound: OPEN, edge: unchanged, beyond: shareOfDropped(601) }, 'DEGRADED'],
  [
    'dropped_at_cap',
    {
      sound: OPEN,
      edge: unchanged,
      beyond: both(shareOfDropped(601), withGenerator({ eventLoopUtilization: 0.71 })),
    },
    'INVALID',
  ],
  ['drifting', { edge: unchanged, beyond: drifting }, 'INVALID'],
  ['overloaded', { sound: OPEN, edge: unchanged, beyond: overloading }, 'DEGRADED'],
  [
    'level_shift',
    {
      edge: unchanged,
      beyond: withSeconds((it) => ({
        ...it,
        outcomes: { ...it.outcomes, ok: (it.second < 8 ? 960 : 480) + (it.second % 2) },
      })),
    },
    'DEGRADED',
  ],
  [
    'short_steady_state',
    {
      edge: both(withGates({ steadySecondsMin: 8 }), settlesAfter(4)),
      beyond: both(withGates({ steadySecondsMin: 9 }), settlesAfter(4)),
    },
    'DEGRADED',
  ],
  [
    'too_few_seconds',
    {
      edge: withGates({ steadySecondsMin: SECONDS }),
      beyond: withGates({ steadySecondsMin: SECONDS + 1 }),
    },
    'DEGRADED',
  ],
  ['no_answers', { edge: withLedger({ ok: 1 }), beyond: withLedger({ ok: 0 }) }, 'DEGRADED'],
  [
    'few_samples',
    {
      edge: withGates({ samplesBeyondP99Min: 115 }),
      beyond: withGates({ samplesBeyondP99Min: 116 }),
    },
    'DEGRADED',
  ],
  ['wide_interval', { edge: p99Alternating(30, 35), beyond: p99Alternating(20, 200) }, 'DEGRADED'],
  ['unanswered_left', { edge: unchanged, beyond: withLedger({ unanswered: 1 }) }, 'DEGRADED'],
  ['unanswered_left', { edge: unchanged, beyond: withLedger({ timeouts: 1 }) }, 'DEGRADED'],
  [
    'little_off',
    {
      edge: withLoad(() => ({ residenceSeconds: 192 * 0.991 })),
      beyond: withLoad(() => ({ residenceSeconds: 192 * 0.989 })),
    },
    'DEGRADED',
  ],
  [
    'worker_stalled',
    {
      edge: unchanged,
      beyond: withAfter([worker(1, 6_000), { ...worker(2, 6_000), eventLoopStalls: 2 }]),
    },
    'DEGRADED',
  ],
  [
    'uneven_workers',
    {
      edge: withLoad(() => ({ answersByWorker: { '1': 8_000, '2': 4_000 } })),
      beyond: withLoad(() => ({ answersByWorker: { '1': 8_001, '2': 3_999 } })),
    },
    'DEGRADED',
  ],
  [
    'cpu_throttled',
    { edge: withHost({ throttledPeriods: 0 }), beyond: withHost({ throttledPeriods: 1 }) },
    'DEGRADED',
  ],
  [
    'cpu_stolen',
    { edge: withHost({ cpuStealShare: 0.01 }), beyond: withHost({ cpuStealShare: 0.011 }) },
    'DEGRADED',
  ],
  [
    'cpu_pressure',
    { edge: withHost({ cpuPressureShare: 0.75 }), beyond: withHost({ cpuPressureShare: 0.76 }) },
    'DEGRADED',
  ],
  [
    'monitor_late',
    { edge: withServer({ longestGapMs: 500 }), beyond: withServer({ longestGapMs: 501 }) },
    'DEGRADED',
  ],
  ['monitor_lost', { edge: unchanged, beyond: withServer({ lost: true }) }, 'DEGRADED'],
];

test.each(EDGES)('%s is raised beyond its edge, as what it is, with advice', (code, it, grade) => {
  expect(found(code, it.edge, it.sound)).toBeUndefined();
  const raised = found(code, it.beyond, it.sound);
  expect(raised?.grade).toBe(grade);
  expect(raised?.detail).not.toBe('');
  expect(raised?.advice).not.toBe('');
});

test('every code on the list is provoked here', () => {
  const provoked = new Set<string>(EDGES.map(([code]) => code));
  provoked.add('rounds_spread');
  expect([...provoked].sort()).toEqual([...CAVEAT_CODES].sort());
});

test.each([
  [0.15, undefined],
  [0.151, 'rounds_spread'],
])('rounds that differ by %f', (spread, code) => {
  expect(roundsSpreadCaveat({ what: 'throughput', spread }, GATE_DEFAULTS)?.code).toBe(code);
});

test('a worker of a rolling restart may have stood still while it started', () => {
  const fresh = { ...worker(3, 0), eventLoopStalls: 1 };
  const restarted = withAfter([worker(1, 6_000), worker(2, 6_000), fresh]);
  expect(found('worker_stalled', restarted)).toBeUndefined();
});

test('in a rolling restart nothing is said of steadiness and evenness', () => {
  const rollout = both(drifting, (it) => ({
    ...it,
    plan: { ...it.plan, rolloutSurge: 1 },
    load: { ...it.load, answersByWorker: { '1': 9_000, '2': 3_000 } },
  }));
  expect(found('drifting', rollout)).toBeUndefined();
  expect(found('uneven_workers', rollout)).toBeUndefined();
  expect(summarized(rollout).steadyState.state).toBe('not_judged');
});

test('a target that never let anybody in is down, whatever the engine called its end', () => {
  const refused = { ok: 0, httpErrors: {}, connectionErrors: { ECONNREFUSED: 12_000 } };
  expect(found('target_down', withLedger(refused))?.grade).toBe('INVALID');
});

test('an overloaded system is a finding, an overloaded generator a failed measurement', () => {
  const overloaded = summarized(overloading, OPEN);
  expect(overloaded.verdict).toBe('DEGRADED');
  expect(overloaded.steadyState.backlogPerSecond).toBeCloseTo(40, 0);
  const failed = summarized(both(overloading, withGenerator({ eventLoopUtilization: 0.95 })), OPEN);
  expect(failed.verdict).toBe('INVALID');
});

test.each([
  // 100 samples beyond the p99 are 10,000 latencies, at 960 a second.
  ['few_samples', withLoadOf(8), '--duration 11s'],
  ['few_samples', settlesAfter(4), '--duration 15s'],
  ['too_few_seconds', withGates({ steadySecondsMin: 20 }), '--duration 20s'],
  [
    'short_steady_state',
    both(withGates({ steadySecondsMin: 9 }), settlesAfter(4)),
    '--duration 13s, or --warmup 6s',
  ],
] as const)('the advice of %s is a command line', (code, change, advice) => {
  expect(found(code, change)?.advice).toContain(advice);
});

test('a percentile that is withheld is not short of samples', () => {
  const many = withGates({ samplesBeyondP99Min: 1_000 });
  expect(found('few_samples', many, OPEN)).toBeDefined();
  expect(found('few_samples', both(many, overloading), OPEN)).toBeUndefined();
});

test('the advice for a full cap is the next larger one, but not for a backlog that grows', () => {
  const dropping = shareOfDropped(10);
  expect(found('dropped_at_cap', dropping, OPEN)?.advice).toContain('--max-in-flight 512');
  const growing = found('dropped_at_cap', both(overloading, dropping), OPEN);
  expect(growing?.advice).toBe(CAVEAT_ADVICE.dropped_at_cap);
});

test('the advice for an overload names the rate that was answered', () => {
  expect(found('overloaded', overloading, OPEN)?.advice).toContain('960/s');
});

/** The whole trial, shortened to its first seconds. */
function withLoadOf(seconds: number): Change {
  return (sound) => ({
    ...sound,
    plan: { ...sound.plan, durationMs: seconds * 1_000 },
    load: {
      ...sound.load,
      durationMs: seconds * 1_000,
      seconds: sound.load.seconds.slice(0, seconds),
    },
  });
}

function lagOf(ms: number): Change {
  return withLoad(() => ({ lagUs: `${ms}x12000` }));
}

/** Another p99 in every other section of three seconds. */
function p99Alternating(evenMs: number, oddMs: number): Change {
  return withSeconds((it) => ({
    ...it,
    latencyUs: {
      ...soundSecond(it.second).latencyUs,
      ok: `14x500 16x440 ${Math.floor(it.second / 3) % 2 === 0 ? evenMs : oddMs}x20`,
    },
  }));
}
