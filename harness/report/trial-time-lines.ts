import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { latencyText } from '../analysis/verdict/evidence-text.ts';
import { BOTTLENECK_WORDS } from './bottleneck-words.ts';
import type { ReportLine } from './report-line.ts';

/** What a usual and a slow request were made of, and what to change first. */
export function trialTimeLines({ composition, bottleneck }: MeasuredTrial): readonly ReportLine[] {
  const { kind, evidence } = bottleneck;
  const usual = composition.find(({ quantile }) => quantile === 'p50');
  const slow = composition.at(-1);
  const shown = [usual, slow]
    .flatMap((it) => (it === undefined ? [] : latencyText({ at: `at ${it.quantile}`, ...it })))
    // What the evidence says already is not said twice, nor that p50 is all there is.
    .filter((text, index, all) => !evidence.includes(text) && all.indexOf(text) === index);
  return [
    ...shown.map((text, index) => ({ label: index === 0 ? 'TIME' : '', text })),
    { label: 'LIMITED BY', text: `${BOTTLENECK_WORDS[kind]}: ${evidence}` },
  ];
}
