import { distanceProblems } from '../distance-options.ts';
import { faultProblems } from '../fault-problems.ts';
import { loadProblems } from '../load-problems.ts';
import type { OptionSources, Problem } from '../option-table.ts';
import { REQUESTS_WORKLOAD } from '../plan-workload.ts';
import { shapeProblems, slotProblems } from '../setting-problems.ts';
import { thresholdProblems } from '../thresholds/threshold-problems.ts';
import { paramProblems } from '../workload-params.ts';
import { countCells } from './count-cells.ts';
import { SWEEP_PLAN_OPTIONS } from './sweep-options.ts';
import { SWEEP_LIMITS } from './sweep-plan.ts';
import { totalMsOf } from './sweep-time.ts';
import { axesOf, firstTrialOf, type SweepValues } from './sweep-values.ts';

type Sources = OptionSources<typeof SWEEP_PLAN_OPTIONS>;

/** What settings get wrong only together, in any of the cells. Those wrong on their own are left out. */
export function sweepProblems(read: {
  readonly values: SweepValues;
  readonly sources: Sources;
  readonly problems: readonly Problem[];
}): readonly Problem[] {
  const { values, sources, problems } = read;
  const wrong = new Set(problems.map(({ field }) => field));
  const sound = (...fields: readonly string[]): boolean => fields.every((f) => !wrong.has(f));
  const first = { values: firstTrialOf(values), sources, problems };
  const found: Problem[] = [
    ...loadProblems(first, {
      connections: SWEEP_PLAN_OPTIONS.connections.parser.print(values.connections),
      rate: SWEEP_PLAN_OPTIONS.rate.parser.print(values.rate),
    }),
    ...thresholdProblems(first),
  ];
  if (sound('--pool-size', '--max-overflow')) {
    // Of all combinations the largest is the first to be too large.
    const largest = {
      poolSize: Math.max(...values.poolSize),
      maxOverflow: Math.max(...values.maxOverflow),
    };
    found.push(...shapeProblems(largest, sources));
  }
  if (sound('--superuser-reserved', '--reserved', '--max-connections')) {
    // In ascending order: what is wrong with the smallest says how large they must be.
    const { superuserReserved, reserved } = values;
    const smallest = { maxConnections: Math.min(...values.maxConnections) };
    found.push(...slotProblems({ ...smallest, superuserReserved, reserved }, sources));
  }
  if (sound('--db-rtt', '--db-jitter')) {
    const { dbRtt, dbJitter } = values;
    // In ascending order, and without a round trip there is no jitter either.
    const shortest = dbRtt.find((ms) => ms > 0) ?? 0;
    found.push(...distanceProblems({ dbRtt: shortest, dbJitter }, sources));
  }
  if (sound('--db-fault', '--duration', '--stages')) {
    found.push(...faultProblems(first.values, sources));
  }
  if (sound('--workload', '--param')) {
    const { workload, param, command } = values;
    const workloads = command === null ? workload : [REQUESTS_WORKLOAD];
    found.push(...paramProblems({ workloads, params: param, source: sources.param }));
  }
  return found.length > 0 || problems.length > 0 ? found : extentProblems(values, sources);
}

/** More than a sweep may be. Asked last: of settings that are wrong otherwise it would say nothing. */
function extentProblems(values: SweepValues, sources: Sources): readonly Problem[] {
  const axes = axesOf(values);
  const cells = countCells(axes);
  if (cells > SWEEP_LIMITS.cellsMax) {
    const several = SEVERAL.filter((name) => (values[name]?.length ?? 0) > 1);
    return [
      {
        field: several.map((name) => `--${SWEEP_PLAN_OPTIONS[name].flag}`).join(' × '),
        value: several.map((name) => values[name]?.length ?? 0).join(' × '),
        source: several.map((name) => sources[name]).join(', '),
        problem: `make ${cells} cells, more than ${SWEEP_LIMITS.cellsMax}`,
        remedy: 'give fewer values, or measure in two sweeps',
      },
    ];
  }
  const { rounds, warmup, duration, drain } = values;
  const base = { warmupMs: warmup, durationMs: duration, drainMs: drain };
  const totalMs = totalMsOf({ axes, rounds, base });
  if (totalMs <= SWEEP_LIMITS.totalMsMax) return [];
  return [
    {
      field: '--rounds',
      value: String(rounds),
      source: sources.rounds,
      problem: `× ${cells} cells take up to ${hours(totalMs)}, more than ${hours(SWEEP_LIMITS.totalMsMax)}`,
      remedy: 'give fewer values or rounds, or shorten --warmup, --duration or --drain',
    },
  ];
}

const SEVERAL = [
  'workload',
  'connections',
  'rate',
  'dbRtt',
  'maxConnections',
  'poolKind',
  'maxOverflow',
  'workers',
  'poolSize',
] as const;

const hours = (ms: number): string => `${Math.ceil(ms / 3_600_000)} h`;
