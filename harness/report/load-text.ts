import { printStages } from '../plan/rate-parser.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { formatCount, formatMs, formatRate, plural } from './format.ts';

type Model = TrialPlan['load']['model'];

/** Who asks: `64 clients`, or `300/s poisson (seed 1), at most 256 in flight, more are dropped`. */
export function loadText({ load, seed }: Pick<TrialPlan, 'load' | 'seed'>): string {
  const { model, requestTimeoutMs } = load;
  const patience = requestTimeoutMs === null ? '' : `, patient for ${formatMs(requestTimeoutMs)}`;
  return `${modelText(model, seed)}${patience}`;
}

/** The rate that was asked for: `300/s`, or its stages as they were typed. */
export function scheduleText({ stages }: Extract<Model, { readonly kind: 'open' }>): string {
  const [first, ...others] = stages;
  const flat = first !== undefined && first.fromPerSecond === first.toPerSecond;
  return flat && others.length === 0
    ? `${formatRate(first.fromPerSecond)}/s`
    : printStages(stages).replaceAll(',', ', ');
}

function modelText(model: Model, seed: number): string {
  switch (model.kind) {
    case 'closed': {
      const thinking = model.thinkTimeMs === 0 ? '' : ` thinking ${formatMs(model.thinkTimeMs)}`;
      return `${plural(model.connections, 'client')}${thinking}`;
    }
    case 'open': {
      const drawn = model.arrivals === 'poisson' ? `poisson (seed ${seed})` : 'constant';
      const more = model.atCap === 'drop' ? 'are dropped' : 'queue';
      const threads = model.threads === 1 ? '' : `, ${formatCount(model.threads)} threads`;
      return `${scheduleText(model)} ${drawn}, at most ${formatCount(model.maxInFlight)} in flight, more ${more}${threads}`;
    }
  }
}
