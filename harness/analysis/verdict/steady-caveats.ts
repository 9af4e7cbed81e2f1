import { PLAN_LIMITS } from '../../plan/trial-plan.ts';
import { isWithheld } from '../estimates/steady-estimates.ts';
import { type PercentileName, QUANTILE_OF, samplesBeyond } from '../statistics/percentiles.ts';
import type { Interval } from '../trial-result.ts';
import type { CaveatInput } from './caveat-input.ts';
import { degraded, type Finding, invalid } from './caveats.ts';
import { percentText } from './evidence-text.ts';

type SteadyCaveat =
  | 'drifting'
  | 'overloaded'
  | 'level_shift'
  | 'short_steady_state'
  | 'too_few_seconds'
  | 'few_samples'
  | 'wide_interval';

const MS_PER_SECOND = 1000;
const LET_IT_RUN = 'It was stopped: let it run to its end';

/** Does a number stand for the window, and how exactly? */
export const STEADY_CHECKS: Readonly<Record<SteadyCaveat, (input: CaveatInput) => Finding | null>> =
  {
    drifting: ({ steady }) => (steady.state === 'drifting' ? invalid(steady.detail) : null),
    overloaded: (input) => {
      const { steady } = input;
      if (steady.state !== 'overloaded') return null;
      const answeredPerSecond = okPerSecond(input);
      const advice = `More arrives than is answered: no latency stands for that, since it grows with the length of the run. Right answers came at ${Math.round(answeredPerSecond)}/s: offer less than that with --rate, or see the bottleneck.`;
      return degraded(steady.detail, advice);
    },
    level_shift: ({ steady }) => (steady.state === 'level_shift' ? degraded(steady.detail) : null),
    short_steady_state: (input) => {
      const { steady, seen } = input;
      const { plan } = seen;
      const { fromSecond, toSecond, state } = steady;
      const seconds = toSecond - fromSecond;
      const { steadySecondsMin } = plan.gates;
      if (state !== 'steady' && state !== 'level_shift') return null;
      if (seconds >= steadySecondsMin) return null;
      return degraded(
        `the last ${seconds} s are steady, ${steadySecondsMin} s are wanted`,
        `It settles after ${fromSecond} s: ${withDuration(input, plan.durationMs / MS_PER_SECOND + steadySecondsMin - seconds)}, or --warmup ${Math.ceil(plan.warmupMs / MS_PER_SECOND) + fromSecond}s.`,
      );
    },
    too_few_seconds: (input) =>
      input.steady.state === 'insufficient'
        ? degraded(
            input.steady.detail,
            `Nothing shows in so few seconds whether it is steady. ${withDuration(input, Math.max(SHORTEST_JUDGED_S, input.seen.plan.gates.steadySecondsMin))}.`,
          )
        : null,
    few_samples: (input) => {
      const { estimates, steady, seen } = input;
      const { samples } = estimates.latencyMs;
      const wanted = seen.plan.gates.samplesBeyondP99Min;
      const beyond = samplesBeyond(samples, 'p99');
      if (samples === 0 || isWithheld(steady) || beyond >= wanted) return null;
      return degraded(
        `${samples} latencies leave ${beyond} beyond the p99, ${wanted} are wanted`,
        `${longer(input, wanted / (1 - QUANTILE_OF.p99) / samples)}, or use a lower percentile.`,
      );
    },
    wide_interval: (input) => {
      const { estimates, seen } = input;
      const { intervalHalfWidth } = seen.plan.gates;
      const found = highestWithInterval(estimates);
      if (found === null) return null;
      const { name, ms, interval } = found;
      const halfWidth = (interval.high - interval.low) / 2 / ms;
      if (halfWidth <= intervalHalfWidth) return null;
      return degraded(
        `the ${name} of ${ms.toFixed(1)} ms has a 95 % interval of ${interval.low.toFixed(1)} to ${interval.high.toFixed(1)} ms, wider than ±${percentText(intervalHalfWidth)}`,
        // The width falls with the root of the length.
        `${longer(input, (halfWidth / intervalHalfWidth) ** 2)}, or --rounds 3.`,
      );
    },
  };
/** The search for the steady part needs that many. */
const SHORTEST_JUDGED_S = 5;

const NAMED: readonly PercentileName[] = ['p99', 'p95', 'p90', 'p50'];

/** The p99's, or that of the highest percentile below it that has one. */
function highestWithInterval({ latencyMs, latencyIntervals }: CaveatInput['estimates']): {
  readonly name: PercentileName;
  readonly ms: number;
  readonly interval: Interval;
} | null {
  for (const name of NAMED) {
    const ms = latencyMs[name];
    const interval = latencyIntervals[name];
    if (ms !== null && ms > 0 && interval !== null) return { name, ms, interval };
  }
  return null;
}

function okPerSecond({ steady, seen: { load } }: CaveatInput): number {
  const seconds = load.seconds.slice(steady.fromSecond, steady.toSecond);
  const ok = seconds.reduce((sum, { outcomes }) => sum + outcomes.ok, 0);
  return seconds.length === 0 ? 0 : ok / seconds.length;
}

/** So many times the steady part, and what came before it once. */
function longer(input: CaveatInput, factor: number): string {
  const { steady, seen } = input;
  const seconds = seen.plan.durationMs / MS_PER_SECOND - steady.fromSecond;
  return withDuration(input, steady.fromSecond + seconds * factor);
}

/** How to get a run of that length, in the words of what was asked for. */
function withDuration({ seen: { plan, load } }: CaveatInput, seconds: number): string {
  if (load.ended === 'aborted') return LET_IT_RUN;
  const most = PLAN_LIMITS.durationMsMax / MS_PER_SECOND;
  if (seconds > most) {
    return `Not even an hour would do (${Math.round(seconds / 60)} min): raise the load, or ask for less`;
  }
  const { model } = plan.load;
  // A single flat stage is how --rate with --duration is planned.
  const staged =
    model.kind === 'open' &&
    (model.stages.length > 1 ||
      model.stages.some(({ fromPerSecond, toPerSecond }) => fromPerSecond !== toPerSecond));
  return staged
    ? `Measure longer: --stages of ${Math.ceil(seconds)}s in all`
    : `Measure longer: --duration ${Math.ceil(seconds)}s`;
}
