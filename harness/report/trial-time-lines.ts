import { poolerOfTrial } from '../analysis/estimates/pooler-of-trial.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { HELD_IDLE, latencyText, partWords } from '../analysis/verdict/evidence-text.ts';
import { BOTTLENECK_WORDS } from './bottleneck-words.ts';
import type { ReportLine } from './report-line.ts';

/** What a usual and a slow request were made of, and what to change first. */
export function trialTimeLines({
  composition,
  bottleneck,
  plan,
  api,
}: MeasuredTrial): readonly ReportLine[] {
  const { kind, evidence } = bottleneck;
  const usual = composition.find(({ quantile }) => quantile === 'p50');
  const slow = composition.at(-1);
  const words = {
    ...partWords({
      retries: plan.load.retry !== null,
      afar: plan.distance.rttMs > 0,
      pooled: poolerOfTrial({ plan, api }).pooler !== null,
    }),
    // Who held connections without a statement in them is told of the slow requests; the usual ones did the same.
    ...(evidence.includes(` ms ${HELD_IDLE.db}`) ? HELD_IDLE : {}),
  };
  const shown = [...new Set([usual, slow])].flatMap((it) => {
    if (it === undefined) return [];
    const composed = { at: `at ${it.quantile}`, ...it };
    const text = latencyText(composed, words);
    // What the evidence says already is not said twice.
    return evidence.includes(text) ? [] : [text];
  });
  return [
    ...shown.map((text, index) => ({ label: index === 0 ? 'TIME' : '', text })),
    { label: 'LIMITED BY', text: `${BOTTLENECK_WORDS[kind]}: ${evidence}` },
  ];
}
