import { expect, test } from 'vitest';
import { NO_DISTANCE } from '../../plan/distance.ts';
import { summarizeTrial } from '../summarize.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import {
  both,
  type Change,
  drifting,
  overloading,
  settlesAfter,
  shareOfDropped,
  unchanged,
  withAfter,
  withAttempts,
  withGates,
  withGenerator,
  withHost,
  withLedger,
  withLoad,
  withSeconds,
  withServer,
} from '../test/observation-changes.ts';
import {
  POOLER,
  POOLER_READING,
  SECONDS,
  soundObservations,
  soundOpenObservations,
  soundSecond,
  worker,
} from '../test/observations.ts';
import {
  SERVICE_READING,
  serviceObservations,
  withoutShape,
  withService,
} from '../test/service-observations.ts';
import type { WatchedObservations } from '../trial-observations.ts';
import type { Caveat } from '../trial-result.ts';
import { CAVEAT_CODES, type CaveatCode } from './caveat-codes.ts';

function found(code: CaveatCode, change: Change, sound = soundObservations()): Caveat | undefined {
  return summarizeTrial(change(sound), decodeFake).caveats.find((it) => it.code === code);
}

const arrivals = (change: { readonly due: number; readonly issued: number }): Change =>
  withLoad(() => ({ offered: { expected: 12_000, ...change } }));

/** SQL errors behind something that cannot carry named statements. */
const namedBehind = (sqlErrors: number, api: Partial<WatchedObservations['api']> = {}): Change =>
  both(withAttempts({ httpErrors: { sql_error: sqlErrors } }), (sound) => ({
    ...sound,
    api: { ...sound.api, statementsProblem: 'PgBouncer 1.18.0 cannot carry them', ...api },
  }));

const pooled =
  (pooler: WatchedObservations['pooler']): Change =>
  (sound) => ({ ...sound, plan: { ...sound.plan, pooler: POOLER }, pooler });

/** A stall that was asked for at 5 s. */
const fault =
  ({ startedMs }: { readonly startedMs: number | null }): Change =>
  (sound) => ({
    ...sound,
    faults: [
      {
        ...{ kind: 'stall', atMs: 5_000, durationMs: 1_000 },
        ...{ startedMs, endedMs: startedMs === null ? null : startedMs + 1_000 },
        ...{ connections: 4, bytesLost: 0, bytesHeld: 900 },
      },
    ],
  });

/** A network of 20 ms. */
const networkLate =
  (late: { readonly lateMsP50?: number; readonly lateMsP99?: number }): Change =>
  (sound) => ({
    ...sound,
    plan: { ...sound.plan, distance: { ...NO_DISTANCE, rttMs: 20 } },
    distance: {
      ...{ connections: 4, deliveries: 20_000, lateMsMax: 100, eventLoopUtilization: 0.1 },
      ...{ lateMsP50: 0.1, lateMsP99: 0.3, ...late },
    },
  });

/** 2 × 2+2 are 8, and of the 4 of the overflow one in ten may be ending, and a half more. */
const SERVED = serviceObservations();
const withConnections = (peakWorkers: number): Change => withServer({ peakWorkers });
const WRONG = { name: 'GET /orders', got: 'status 500' };
const OPEN = soundOpenObservations();

/** At the edge nothing is said; a little further it is, with that grade. */
const EDGES: readonly (readonly [
  CaveatCode,
  { readonly sound?: WatchedObservations; readonly edge: Change; readonly beyond: Change },
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
    'generator_busy',
    {
      edge: both(
        withGates({ generatorStalledShare: { degraded: 5e-4, invalid: 1 } }),
        stalledFor(6),
      ),
      beyond: both(
        withGates({ generatorStalledShare: { degraded: 5e-4, invalid: 1 } }),
        stalledFor(7),
      ),
    },
    'DEGRADED',
  ],
  // With a p99.9 that is not withheld, of 12 s.
  ['generator_busy', { edge: stalledFor(12), beyond: stalledFor(13) }, 'DEGRADED'],
  ['generator_busy', { edge: unchanged, beyond: stalledFor(601) }, 'INVALID'],
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
  // Over half of the median, and yet a lag that no longer latency would mind.
  [
    'dispatch_late',
    {
      edge: lagOf(2),
      beyond: both(
        withGates({ dispatchLagShareOfP50: { degraded: 0.1, invalid: 0.3 } }),
        lagOf(4.9),
      ),
    },
    'DEGRADED',
  ],
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
  [
    'distance_late',
    { edge: networkLate({ lateMsP50: 2, lateMsP99: 5 }), beyond: networkLate({ lateMsP50: 2.1 }) },
    'DEGRADED',
  ],
  ['distance_late', { edge: unchanged, beyond: networkLate({ lateMsP50: 10.1 }) }, 'INVALID'],
  ['distance_late', { edge: unchanged, beyond: networkLate({ lateMsP99: 5.1 }) }, 'DEGRADED'],
  [
    'fault_off',
    { edge: fault({ startedMs: 5_100 }), beyond: fault({ startedMs: 5_101 }) },
    'DEGRADED',
  ],
  ['fault_off', { edge: unchanged, beyond: fault({ startedMs: null }) }, 'DEGRADED'],
  ['statements_lost', { edge: namedBehind(0), beyond: namedBehind(1) }, 'DEGRADED'],
  [
    'statements_lost',
    { edge: namedBehind(9, { preparedStatements: false }), beyond: namedBehind(9) },
    'DEGRADED',
  ],
  ['pooler_untold', { edge: pooled(POOLER_READING), beyond: pooled(null) }, 'DEGRADED'],
  [
    'shape_exceeded',
    {
      sound: SERVED,
      edge: withService({ busiestSecondMean: 8.9 }),
      beyond: withService({ busiestSecondMean: 9 }),
    },
    'INVALID',
  ],
  [
    'no_connection',
    { sound: SERVED, edge: withConnections(1), beyond: withConnections(0) },
    'DEGRADED',
  ],
  [
    'wrong_before_load',
    { sound: SERVED, edge: withService({}), beyond: withService({ wrongBefore: [WRONG] }) },
    'DEGRADED',
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

function stalledFor(stalledMs: number): Change {
  return withGenerator({ stalledMs });
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

test.each<[string, Change]>([
  [
    'that was refused each of them',
    withService({ reading: { ...SERVICE_READING, refusalsLogged: 3 } }),
  ],
  ['that answered nothing', withLedger({ ok: 0 })],
])('no connection of a service %s is no other database', (_, change) => {
  expect(found('no_connection', both(withConnections(0), change), SERVED)).toBeUndefined();
});

test('a service that answers nothing right, and was wrong before any load, has failed by itself', () => {
  const silent = both(withLedger({ ok: 0 }), withService({ wrongBefore: [WRONG] }));
  expect(found('no_answers', silent, SERVED)).toMatchObject({
    grade: 'INVALID',
    detail:
      '0 of 12000 requests were answered right, and before any load GET /orders was answered by status 500',
  });
  expect(found('wrong_before_load', silent, SERVED)).toBeUndefined();
  expect(found('no_answers', withLedger({ ok: 0 }), SERVED)).toMatchObject({ grade: 'DEGRADED' });
});

test.each<[what: string, Change]>([
  ['was told nothing', withoutShape],
  ['connects through a pooler', (sound) => ({ ...sound, plan: { ...sound.plan, pooler: POOLER } })],
  [
    'connects through a pooler of somebody else',
    (sound) => ({ ...sound, api: { ...sound.api, via: 'db:6432' } }),
  ],
  [
    'is left by faults with connections that PostgreSQL goes on with',
    (sound) => ({
      ...sound,
      plan: { ...sound.plan, faults: [{ kind: 'reset', atMs: 1_000, durationMs: 0 }] },
    }),
  ],
])('a service that %s exceeds no shape', (_, change) => {
  expect(
    found('shape_exceeded', both(withService({ busiestSecondMean: 90 }), change), SERVED),
  ).toBeUndefined();
});

test('in a deploy a service may have what two instances have', () => {
  const deploys: Change = (sound) => ({ ...sound, plan: { ...sound.plan, rolloutSurge: 2 } });
  const twice = both(deploys, withService({ busiestSecondMean: 17 }));
  expect(found('shape_exceeded', twice, SERVED)).toBeUndefined();
  expect(
    found('shape_exceeded', both(deploys, withService({ busiestSecondMean: 18 })), SERVED),
  ).toMatchObject({ detail: expect.stringContaining('16 at most (4 × 2+2)') });
});
