import { expect, test } from 'vitest';
import { GATE_DEFAULTS } from '../../plan/gates.ts';
import { summarizeTrial } from '../summarize.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import {
  both,
  type Change,
  drifting,
  overloading,
  settlesAfter,
  shareOfDropped,
  withAfter,
  withGates,
  withGenerator,
  withLedger,
  withLoad,
  withSeconds,
} from '../test/observation-changes.ts';
import { soundObservations, soundOpenObservations, worker } from '../test/observations.ts';
import type { WatchedObservations } from '../trial-observations.ts';
import type { Caveat } from '../trial-result.ts';
import type { CaveatCode } from './caveat-codes.ts';
import { CAVEAT_ADVICE } from './caveats.ts';
import { roundsSpreadCaveat } from './find-caveats.ts';

const summarized = (change: Change, sound = soundObservations()) =>
  summarizeTrial(change(sound), decodeFake);

function found(code: CaveatCode, change: Change, sound?: WatchedObservations): Caveat | undefined {
  return summarized(change, sound).caveats.find((it) => it.code === code);
}

const OPEN = soundOpenObservations();
const STAGED: WatchedObservations = {
  ...OPEN,
  plan: {
    ...OPEN.plan,
    load: {
      ...OPEN.plan.load,
      model: {
        kind: 'open',
        stages: [
          { fromPerSecond: 900, toPerSecond: 900, durationMs: 1_000 },
          { fromPerSecond: 1_000, toPerSecond: 1_000, durationMs: 7_000 },
        ],
        arrivals: 'poisson',
        maxInFlight: 256,
        atCap: 'drop',
        threads: 1,
      },
    },
  },
};

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

test('a wide interval is told by both of its ends, which are not evenly far', () => {
  const p99Ms = (second: number): number => (Math.floor(second / 3) % 2 === 0 ? 20 : 200);
  const alternating = withSeconds((it) => ({
    ...it,
    latencyUs: { ...it.latencyUs, ok: `14x500 16x440 ${p99Ms(it.second)}x20` },
  }));
  const ends =
    /^the p99 of 200\.0 ms has a 95 % interval of (?<low>[\d.]+) to (?<high>[\d.]+) ms, wider than ±25 %$/;
  const { low, high } = ends.exec(found('wide_interval', alternating)?.detail ?? '')?.groups ?? {};
  expect(200 - Number(low)).toBeLessThan(Number(high) - 200);
});

test.each(['few_samples', 'too_few_seconds'] as const)(
  'the advice of %s for stages is not a flag that they refuse',
  (code) => {
    const advice = found(
      code,
      both(withGates({ steadySecondsMin: 20 }), withLoadOf(8)),
      STAGED,
    )?.advice;
    expect(advice).toMatch(/--stages of \d+s in all/);
    expect(advice).not.toContain('--duration');
  },
);

test.each(['few_samples', 'too_few_seconds', 'unanswered_left'] as const)(
  'the advice of %s for a run that was stopped is to let it run',
  (code) => {
    const stopped = both(
      withLoadOf(4),
      withLoad(() => ({ ended: 'aborted' })),
      withLedger({ unanswered: 3 }),
    );
    const advice = found(code, stopped)?.advice;
    expect(advice).toContain('et it run to its end');
    expect(advice).not.toContain('--d');
  },
);

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
