import { WORKLOAD_PARAMETERS } from '../contract.ts';
import type { RequestScope } from '../http/request-scope.ts';
import { seededRandom } from '../random.ts';
import { hold } from './hold.ts';
import { hot } from './hot.ts';
import { point } from './point.ts';
import { report } from './report.ts';
import type { WorkloadAnswer, WorkloadDefinition } from './workload.ts';

export interface MixedParams {
  readonly point: number;
  readonly hot: number;
  readonly hold: number;
  readonly report: number;
  readonly seed: number;
}

/** Generators kept, one a seed; a request with one more starts the oldest seed afresh. */
const SEEDS_MAX = 64;

/**
 * Each request is one of several workloads with their default parameters, drawn by weight from a
 * generator that the seed fixes: a worker answers the same sequence in every trial.
 */
export function createMixed(): WorkloadDefinition<MixedParams> {
  const drawFor = seededDraws();
  return {
    name: 'mixed',
    parameters: WORKLOAD_PARAMETERS.mixed,
    async run(params, scope) {
      const choice = choose(params, drawFor(params.seed));
      return { workload: choice, answer: await RUN[choice](scope) };
    },
  };
}

type Choice = 'point' | 'hot' | 'hold' | 'report';

const RUN: Readonly<Record<Choice, (scope: RequestScope) => Promise<WorkloadAnswer>>> = {
  point: (scope) => point.run({ key: 0 }, scope),
  hot: (scope) => hot.run({ rows: 4, updates: 1 }, scope),
  hold: (scope) => hold.run({ ms: 20 }, scope),
  report: (scope) => report.run({ events: 10_000 }, scope),
};

const CHOICES = ['point', 'hot', 'hold', 'report'] as const;

/** The workload whose share of the weights `draw` in [0, 1) falls into; all zero means `point`. */
export function choose(weights: Readonly<Record<Choice, number>>, draw: number): Choice {
  const sum = CHOICES.reduce((total, name) => total + weights[name], 0);
  let left = draw * sum;
  for (const name of CHOICES) {
    left -= weights[name];
    if (left < 0) return name;
  }
  return 'point';
}

/** One generator a seed, which goes on from request to request. */
function seededDraws(): (seed: number) => number {
  const generators = new Map<number, () => number>();
  return (seed) => {
    let random = generators.get(seed);
    if (random === undefined) {
      random = seededRandom(seed);
      const [oldest] = generators.keys();
      if (generators.size >= SEEDS_MAX && oldest !== undefined) generators.delete(oldest);
      generators.set(seed, random);
    }
    return random();
  };
}
