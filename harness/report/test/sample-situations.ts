import type { WatchedTrial } from '../../analysis/trial-result.ts';
import type { RawFlags } from '../../plan/option-table.ts';
import { parseTrialPlan } from '../../plan/parse-trial-plan.ts';
import { sampleTrial } from './sample-trial.ts';

/** What is different about the sample trial in other situations. */
export const NO_ERRORS = {
  requests: { ...sampleTrial().requests, scheduled: 8_094, httpErrors: {} },
  attempts: { ...sampleTrial().attempts, started: 8_094, httpErrors: {} },
  refusals: { total: 0, byReason: {} },
} satisfies Partial<WatchedTrial>;
export const FITTING = {
  ...NO_ERRORS,
  budget: {
    ...sampleTrial().budget,
    predicted: { ...sampleTrial().budget.predicted, usable: 96, fits: true },
    predictedRefusals: false,
    observedRefusals: false,
  },
} satisfies Partial<WatchedTrial>;

export const OVERLOADED = {
  ...FITTING,
  steadyState: {
    state: 'overloaded',
    fromSecond: 0,
    toSecond: 10,
    backlogPerSecond: 212,
    detail: 'requests in flight grow by 212.0/s',
  },
  offeredPerSecond: 800,
  throughputPerSecond: null,
  throughputInterval: null,
  goodputPerSecond: null,
  goodputInterval: null,
  wholeRun: {
    ...sampleTrial().wholeRun,
    throughputPerSecond: 585.4,
    goodputPerSecond: 310,
  },
  bottleneck: { kind: 'pool', evidence: 'the pools were full' },
} satisfies Partial<WatchedTrial>;
export const openPlan = (flags: RawFlags = {}): WatchedTrial['plan'] =>
  parseTrialPlan({ flags: { rate: '800/s', ...flags }, env: {} }).plan;
